// The file of a batch: a request on each line, as it would be sent by itself.
// https://platform.openai.com/docs/guides/batch#1-prepare-your-batch-file

import { batchAsked } from "../batch-asked.ts";
import { inputBytesOf } from "../input-bound.ts";
import { repeatedName } from "../json/set-members.ts";
import { fieldOf, parsedOf, textAt } from "../json/untrusted.ts";
import type { Asked, Wire, WireRequest } from "../wire.ts";
import { openaiChat } from "./chat.ts";
import { openaiCompletions } from "./completions.ts";
import { openaiEmbeddings } from "./embeddings.ts";
import { openaiResponses } from "./responses.ts";

/** The formats of which a batch may have requests, by the end of the address of each. */
const FORMATS: readonly (readonly [path: RegExp, wire: Wire])[] = [
  [/\/chat\/completions$/, openaiChat],
  [/\/completions$/, openaiCompletions],
  [/\/responses$/, openaiResponses],
  [/\/embeddings$/, openaiEmbeddings],
];

/** Returns what the requests in a file ask for. */
export function askedByLines(text: string, sent: Pick<WireRequest, "url" | "provider">): Asked {
  const all: Asked[] = [];
  const besides = new Set<string>();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const asked = askedByLine(line, sent);
    if (typeof asked === "string") besides.add(asked);
    else all.push(asked);
  }
  const asked = batchAsked(all, [...besides]);
  const { input } = asked;
  // The texts are not kept: bytes bound them, and no tokenizer does.
  return { ...asked, input: { ...input, texts: () => [], besides: input.tokens } };
}

/** What one line asks for, or why it cannot be bounded. */
function askedByLine(
  line: string,
  { url: { origin }, provider }: Pick<WireRequest, "url" | "provider">,
): Asked | string {
  const request = parsedOf(line);
  const body = fieldOf(request, "body");
  const path = textAt(request, "url") ?? "";
  if (typeof body !== "object" || body === null) return "a line of the file that is no request";
  if (repeatedName(line, ["body"]) !== undefined) return "a request with a field twice";
  const wire = FORMATS.find(([pattern]) => pattern.test(path))?.[1];
  if (wire === undefined)
    return `a request to ${path.slice(0, 60)}, which is not read in batches; make such calls one by one`;
  const text = JSON.stringify(body);
  const url = new URL(origin);
  url.pathname = path;
  const asked = wire.asked({ body, text, bytes: inputBytesOf(text), url, provider });
  const [unclear] = asked.clarifications;
  // Nothing can be written into a file that was uploaded.
  return unclear === undefined
    ? asked
    : `a request that has to say ${unclear[0].join(".")}: ${String(unclear[1])} to be bounded`;
}
