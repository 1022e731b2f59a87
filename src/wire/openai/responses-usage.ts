// What OpenAI Responses report.
// https://platform.openai.com/docs/api-reference/responses/object

import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import { imagePassesOf } from "./image-tool.ts";
import { unknownCounts, usageOfCounts, withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage, WorkUnderWay } from "../wire-usage.ts";

const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "cached_tokens",
  "cache_write_tokens",
  "ttl_30m_tokens",
  "ttl_12h_tokens",
  "reasoning_tokens",
  "audio_tokens",
  "image_tokens",
  "text_tokens",
]);

/** Events of a stream that carry the whole response at its end, whichever way; each is billed. */
const ENDS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.cancelled",
]);

const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "in_progress"]);

/** Reads a response. */
export class OpenaiResponsesReading implements AnswerReading {
  outputBytes = 0;
  readonly hidesOutput = false;
  hasError = false;
  readonly #provider: Provider;
  /** What the container costs that the call may make. */
  readonly #codeSessionsMax: number;
  #response: unknown;
  /** The last that was said of the response itself. */
  #state: unknown;

  constructor(provider: Provider, codeSessionsMax = 0) {
    this.#provider = provider;
    this.#codeSessionsMax = codeSessionsMax;
  }

  /** The event that ends the answer carries its usage. */
  get awaitsUsage(): boolean {
    return false;
  }

  read(message: unknown, event: string): void {
    const type = textAt(message, "type") ?? event;
    if (type === "error" || has(message, "error")) this.hasError = true;
    if (type.startsWith("response.") && has(message, "response"))
      this.#state = fieldOf(message, "response");
    if (ENDS.has(type)) this.#ended(fieldOf(message, "response"));
    else if (type.endsWith(".delta")) this.outputBytes += bytesIn(fieldOf(message, "delta"));
    // A whole answer is the response itself, and has no type.
    else if (fieldOf(message, "object") === "response" || has(message, "usage"))
      this.#ended(message);
  }

  done(): void {}

  /**
   * A response in the background goes on whatever becomes of the answer to its request.
   * https://platform.openai.com/docs/guides/background
   */
  get later(): WorkUnderWay | undefined {
    const id = textAt(this.#state, "id");
    if (id === undefined || fieldOf(this.#state, "background") !== true) return undefined;
    return { id, isOver: !UNDER_WAY.has(textAt(this.#state, "status") ?? "") };
  }

  usage(): WireUsage | undefined {
    const response = this.#response;
    const report = fieldOf(response, "usage");
    const counted = usageOfCounts({
      input: countAt(report, "input_tokens"),
      cacheRead: countAt(report, "input_tokens_details", "cached_tokens"),
      cacheWrite: countAt(report, "input_tokens_details", "cache_write_tokens"),
      output: countAt(report, "output_tokens"),
      reasoning: countAt(report, "output_tokens_details", "reasoning_tokens"),
      total: countAt(report, "total_tokens"),
    });
    const { reportedUsd: charge, knownCounts = [], served } = this.#provider;
    const reportedUsd = charge?.(response, report);
    if (counted === undefined && reportedUsd === undefined) return undefined;
    const found = counted ?? { usage: {}, isWhole: false };
    const { usage, isWhole } =
      reportedUsd === undefined ? withoutEmptyCounts(found, this.outputBytes) : found;
    const tier = textAt(response, "service_tier");
    const webSearches = searchesIn(response);
    const fileSearches = fileSearchesIn(response);
    const images = imagePassesOf(response);
    const codeSessions = hasContainer(response) ? this.#codeSessionsMax : 0;
    return {
      usage: {
        ...usage,
        ...(codeSessions > 0 && { codeSessions }),
        ...(webSearches > 0 && { webSearches }),
        ...(fileSearches > 0 && { fileSearches }),
      },
      passes: reportedUsd === undefined ? images.passes : [],
      isWhole,
      doubts: [
        ...(reportedUsd === undefined ? unknownCounts(report, KNOWN_COUNTS, knownCounts) : []),
        ...images.doubts,
        ...(hasContainer(response) && codeSessions === 0
          ? ["the answer used a container, whose fee is not known"]
          : []),
      ],
      model: textAt(response, "model"),
      id: textAt(response, "id"),
      service: { ...(tier !== undefined && { tier }), ...served?.(response) },
      reportedUsd,
    };
  }

  #ended(response: unknown): void {
    if (has(response, "error")) this.hasError = true;
    this.#response = response;
    this.#state = response;
    if (this.outputBytes > 0) return;
    for (const item of listAt(response, "output")) {
      for (const name of ["content", "arguments", "input", "summary"])
        this.outputBytes += bytesIn(fieldOf(item, name));
    }
  }
}

/**
 * Searches that are billed: by the provider's own count, else by the items of the answer.
 * https://platform.openai.com/docs/guides/tools-web-search
 */
function searchesIn(response: unknown): number {
  const reported = countAt(response, "tool_usage", "web_search", "num_requests");
  if (reported !== undefined) return reported;
  const items = listAt(response, "output").filter((item) => typeOf(item) === "web_search_call");
  // Opening a page and looking for words in it are no searches.
  return items.filter((item) => {
    const action = textAt(item, "action", "type");
    return action === undefined || action === "search";
  }).length;
}

/**
 * Searches of files, each of which is billed as one call, however many queries it has.
 * https://platform.openai.com/docs/pricing#built-in-tools
 */
function fileSearchesIn(response: unknown): number {
  return listAt(response, "output").filter((item) => typeOf(item) === "file_search_call").length;
}

/** Whether code ran in a container. */
function hasContainer(response: unknown): boolean {
  return listAt(response, "output").some(
    (item) => typeOf(item) === "code_interpreter_call" && at(item, "container_id") !== undefined,
  );
}
