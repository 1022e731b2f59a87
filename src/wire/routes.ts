// Which wire a request is written in, by the end of its path. What clients put before that differs:
// a version, a deployment, nothing.

import { anthropicMessages } from "./anthropic-wire.ts";
import { gemini } from "./gemini-wire.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat-wire.ts";
import { openaiEmbeddings, openaiResponses } from "./openai-responses-wire.ts";
import type { Wire } from "./wire.ts";

/** What a request is: read by a wire, free of charge, or nothing that is known. */
export type Route =
  | { readonly kind: "billable"; readonly wire: Wire }
  | { readonly kind: "free" }
  | { readonly kind: "unknown" };

const BILLABLE: readonly (readonly [RegExp, Wire])[] = [
  [/\/chat\/completions$/, openaiChat],
  [/\/responses$/, openaiResponses],
  [/\/embeddings$/, openaiEmbeddings],
  [/\/messages$/, anthropicMessages],
  [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, gemini],
  [/\/api\/(?:chat|generate)$/, ollama],
];
/** What is asked by POST and costs nothing. */
const FREE: readonly RegExp[] = [
  /\/messages\/count_tokens$/,
  /\/responses\/input_tokens$/,
  /\/responses\/[^/]+\/cancel$/,
  /:countTokens$/,
  /\/moderations$/,
  /(?:^|\/v\d\w*|\/openai)\/files$/,
  /\/conversations(?:\/[^/]+(?:\/items)?)?$/,
  /\/api\/(?:show|hello)$/,
];
const READ_ONLY: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

/** Where a request goes. Whatever is not known for free or readable is unknown. */
export function routeOf(method: string, path: string): Route {
  if (READ_ONLY.has(method.toUpperCase())) return { kind: "free" };
  const plain = path.replace(/\/+$/, "");
  if (FREE.some((pattern) => pattern.test(plain))) return { kind: "free" };
  const found = BILLABLE.find(([pattern]) => pattern.test(plain));
  return found === undefined ? { kind: "unknown" } : { kind: "billable", wire: found[1] };
}
