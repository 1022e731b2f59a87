// Tools of Gemini: who runs them, and how often the model reads on.

import type { InputTally } from "../input-bound.ts";
import { fieldOf } from "../json/untrusted.ts";
import { plainName } from "../json/set-members.ts";

/** Tools that run on the caller's side. */
const CALLERS_TOOLS: ReadonlySet<string> = new Set(["functiondeclarations", "computeruse"]);
/**
 * What a search finds is not billed as input; there is a fee for it.
 * https://ai.google.dev/gemini-api/docs/google-search#pricing
 */
const SEARCHES: ReadonlySet<string> = new Set([
  "googlesearch",
  "googlesearchretrieval",
  "enterprisewebsearch",
]);
/**
 * Tools that put what they find or compute into the context, and how often the model reads it at
 * the most: once more for pages and files; code that fails is written again up to five times.
 * https://ai.google.dev/gemini-api/docs/url-context
 * https://ai.google.dev/gemini-api/docs/file-search
 * https://ai.google.dev/gemini-api/docs/code-execution
 */
const PASSES: Readonly<Record<string, number>> = {
  urlcontext: 2,
  filesearch: 2,
  codeexecution: 6,
};

/** Counts tools, and reports those that the provider runs. */
export function tallyGeminiTools(body: object, tally: InputTally): void {
  const tools = fieldOf(body, "tools");
  for (const tool of Array.isArray(tools) ? tools : [tools]) {
    if (typeof tool !== "object" || tool === null) continue;
    tally.hasTools = true;
    for (const name of Object.keys(tool)) {
      if ((fieldOf(tool, name) ?? undefined) !== undefined) tallyTool(name, tally);
    }
  }
}

function tallyTool(name: string, tally: InputTally): void {
  const plain = plainName(name);
  tally.hasProviderTools ||= plain !== "functiondeclarations";
  if (CALLERS_TOOLS.has(plain)) return;
  const what = `the tool ${name.slice(0, 40)}, which the provider runs`;
  const passes = PASSES[plain];
  if (SEARCHES.has(plain)) tally.searches(1);
  else if (passes === undefined) tally.unbounded(what);
  else tally.passes(passes, what);
}
