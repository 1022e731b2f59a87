// Tools of Anthropic's messages: who runs them, and how often the provider reads on.

import type { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";

/** Tools whose definition the provider has, and that the caller runs. */
const CALLERS_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory|browser_toolset)_\d+)$/;
/**
 * What it finds are tools of the request, whose definitions are counted already.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool
 */
const SEARCHES_REQUEST = /^tool_search_tool_/;
/** Tools that run at the provider within one request. */
const SERVER_TOOL = /^(?:web_search|web_fetch|code_execution)_\d+$|^mcp_toolset$/;
const WEB_SEARCH = /^web_search_\d+$/;
const CODE = /^code_execution_\d+$/;
/**
 * With these nothing is billed for code.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool
 */
const FREE_CODE_WITH = /^web_(?:search|fetch)_(\d{8})$/;
const FREE_CODE_SINCE = 20_260_209;
/** An hour, in the five minutes that are billed at the least. No request takes longer. */
const CODE_UNITS_MAX = 12;
/**
 * How often the provider samples the model for one request with its own tools before it pauses the
 * turn; each pass reads up to a window.
 * https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
const PASSES_MAX = 10;
/**
 * What the longest definition of a tool of the provider adds (computer use, text editor).
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool
 */
const TOOL_TOKENS = 1024;

/** Counts tools, and reports those that the provider runs. */
export function tallyAnthropicTools(body: object, tally: InputTally): void {
  const tools = listAt(body, "tools");
  tally.hasTools = tools.length > 0;
  tally.hasSchema = at(body, "output_config", "format") !== undefined || has(body, "output_format");
  let uses = 0;
  const running: string[] = [];
  for (const tool of tools) {
    const type = typeOf(tool) ?? "custom";
    if (type === "custom") continue;
    tally.add(TOOL_TOKENS);
    if (CALLERS_TOOL.test(type) || SEARCHES_REQUEST.test(type)) continue;
    const what = `the tool ${type.slice(0, 40)}, which the provider runs`;
    if (!SERVER_TOOL.test(type)) {
      tally.unbounded(what);
      continue;
    }
    running.push(what);
    const usesMax = countAt(tool, "max_uses");
    uses += usesMax ?? PASSES_MAX;
    if (WEB_SEARCH.test(type)) tally.searches(usesMax ?? SEARCHES_MAX);
  }
  if (listAt(body, "mcp_servers").length > 0) {
    running.push("mcp_servers, whose tools the provider runs");
    uses += PASSES_MAX;
  }
  const types = tools.map((tool) => typeOf(tool) ?? "");
  const isCodeFree = types.some(
    (type) => Number(FREE_CODE_WITH.exec(type)?.[1] ?? 0) >= FREE_CODE_SINCE,
  );
  if (types.some((type) => CODE.test(type)) && !isCodeFree) tally.codeSessions(CODE_UNITS_MAX);
  const [first] = running;
  if (first !== undefined) tally.passes(Math.min(PASSES_MAX, uses + 1), first);
  if (at(body, "container", "skills") !== undefined)
    tally.unbounded("skills, which run at the provider");
}

/** How many searches are held for, and written as `max_uses`, where the request sets no limit. */
export const SEARCHES_MAX = 10;

/** Returns the places of the tools that search the web without a limit. */
export function unlimitedSearches(body: object): readonly number[] {
  return listAt(body, "tools").flatMap((tool, index) =>
    WEB_SEARCH.test(typeOf(tool) ?? "") && !has(tool, "max_uses") ? [index] : [],
  );
}

/** Returns whether older messages may be summed up, in a pass of its own that is billed. */
export function mayCompact(body: object): boolean {
  if (has(body, "compaction")) return true;
  const edits = listAt(body, "context_management", "edits");
  return edits.some((edit) => !(textAt(edit, "type") ?? "").startsWith("clear_"));
}

/** Returns whether a request has the model think, where the model shows it or not. */
export function thinks(body: object, model: string | undefined): boolean {
  const type = textAt(body, "thinking", "type");
  if (type !== undefined) return type !== "disabled";
  return fieldOf(body, "thinking") === undefined && !THINKS_ON_REQUEST.test(model ?? "");
}

/**
 * Models that think only when they are asked to; later ones think by default.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
const THINKS_ON_REQUEST =
  /claude-(?:instant|[123][.-]|(?:opus|sonnet|haiku)-4(?:-|\.|@|$)|(?:opus|sonnet|haiku)-3)/;
