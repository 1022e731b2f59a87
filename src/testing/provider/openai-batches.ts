// OpenAI batches: a file of requests is uploaded, a batch is created from it, processed when it is
// first fetched, and reported in another file. All of it is billed at half the price.

import type { Behavior, ReceivedRequest } from "./behavior.ts";
import type { BatchAnswer } from "./message-batches.ts";
import { field, stringIn } from "./format.ts";
import type { Format } from "./format.ts";
import type { Work } from "./work.ts";

interface Batch {
  readonly id: string;
  readonly inputId: string;
  readonly results: readonly object[];
  readonly completed: number;
  pollsLeft: number;
}

/** Does the work of one request of a batch, and bills it. */
type DoWork = (request: ReceivedRequest, format: Format, behavior: Behavior) => Work;

const PATH = /\/(files|batches)(?:\/(?<id>[^/?]+)(?:\/(?<part>content|cancel))?)?(?:\?|$)/;

/** Files, and the batches created from them. */
export class OpenaiBatches {
  readonly #files = new Map<string, string>();
  readonly #batches = new Map<string, Batch>();
  readonly #work: DoWork;
  readonly #formatForPath: (path: string) => Format | undefined;

  constructor(work: DoWork, formatForPath: (path: string) => Format | undefined) {
    this.#work = work;
    this.#formatForPath = formatForPath;
  }

  /** Answers a request that is about a file or a batch; undefined for any other. */
  async answer(request: ReceivedRequest, behavior: Behavior): Promise<BatchAnswer | undefined> {
    const { method, path } = request;
    const match = path.includes("/messages/") ? null : PATH.exec(path);
    if (match === null) return undefined;
    const { id = "", part } = match.groups ?? {};
    if (match[1] === "files" && method === "POST") return { body: await this.#upload(request) };
    if (match[1] === "files") return this.#read(id, part === "content");
    if (id === "") return { body: this.#make(request, behavior) };
    const batch = this.#batches.get(id);
    if (batch === undefined) return undefined;
    if (part === "cancel") batch.pollsLeft = 0;
    else batch.pollsLeft--;
    return { body: stateOf(batch) };
  }

  async #upload({ index, text, headers }: ReceivedRequest): Promise<object> {
    const type = String(headers["content-type"]);
    const sent = new Response(text, { headers: { "content-type": type } });
    const form = await sent.formData().catch(() => new FormData());
    const file = form.get("file");
    const id = `file-${index}`;
    this.#files.set(id, typeof file === "string" ? file : ((await file?.text()) ?? ""));
    return { id, object: "file", purpose: form.get("purpose"), filename: "requests.jsonl" };
  }

  #read(id: string, isContent: boolean): BatchAnswer | undefined {
    const batch = [...this.#batches.values()].find((each) => outputIdOf(each) === id);
    if (!isContent) return { body: { id, object: "file", purpose: "batch_output" } };
    return batch && { lines: batch.results };
  }

  #make(request: ReceivedRequest, behavior: Behavior): object {
    const inputId = stringIn(request.body, "input_file_id");
    const lines = (this.#files.get(inputId) ?? "").split("\n").filter((line) => line !== "");
    const results = lines.map((line) => this.#resultOf(JSON.parse(line), request, behavior));
    const completed = results.filter((each) => field(each, "error") === null).length;
    const pollsLeft = behavior.polls ?? 1;
    const batch = { id: `batch_${request.index}`, inputId, results, completed, pollsLeft };
    this.#batches.set(batch.id, batch);
    return stateOf({ ...batch, pollsLeft: Number.POSITIVE_INFINITY });
  }

  #resultOf(line: unknown, request: ReceivedRequest, behavior: Behavior): object {
    const body = field(line, "body");
    const format = this.#formatForPath(stringIn(line, "url"));
    const about = { id: "batch_req_1", custom_id: stringIn(line, "custom_id") };
    if (format === undefined) return { ...about, response: null, error: { code: "bad_url" } };
    const one = { ...request, body, model: stringIn(body, "model"), text: JSON.stringify(body) };
    const work = this.#work(one, format, behavior);
    if ("refusal" in work) {
      const { status, message } = work.refusal;
      const response = { status_code: status, body: format.error(status, message) };
      return { ...about, response, error: { code: String(status) } };
    }
    const response = { status_code: 200, body: format.whole(work.answer, behavior, one) };
    return { ...about, response, error: null };
  }
}

function outputIdOf({ id }: Batch): string {
  return `file-of-${id}`;
}

function stateOf(batch: Batch): object {
  const { id, inputId, results, completed, pollsLeft } = batch;
  const hasEnded = pollsLeft < 0;
  const total = results.length;
  const counts = { total, completed, failed: total - completed };
  return {
    id,
    object: "batch",
    endpoint: "/v1/chat/completions",
    input_file_id: inputId,
    completion_window: "24h",
    status: hasEnded ? "completed" : "in_progress",
    output_file_id: hasEnded && completed > 0 ? outputIdOf(batch) : null,
    request_counts: hasEnded ? counts : { total, completed: 0, failed: 0 },
  };
}
