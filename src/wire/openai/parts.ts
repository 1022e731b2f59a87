// What OpenAI's formats have in common: kinds of content, tools, and errors.

import type { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";
import { audioTokensOf } from "../media/audio-seconds.ts";
import { imageTokensOf, pdfTokensOf } from "../media-tokens.ts";
import { IMAGE_CALLS_MAX, IMAGE_TOOL } from "./image-tool.ts";
import type { RefusalNotice, WireRequest } from "../wire.ts";

/** Models that show all that they write; others may reason out of sight. */
const WITHOUT_REASONING = /^(?:.*\/)?(?:gpt-3|gpt-4|chatgpt-4|text-|davinci|babbage)/;

/**
 * The most tokens of one image that any documented rule comes to, apart from gpt-4o-mini: tiles
 * (1,445), patches of the GPT-5 series (10,000 × 1.2), Qwen-VL (16,384).
 * https://platform.openai.com/docs/guides/images-vision#calculating-costs
 */
const IMAGE_TOKENS_MAX = 20_000;
/** 2,833 and 5,667 for each of at most 8 tiles (same page). */
const GPT_4O_MINI_IMAGE_TOKENS_MAX = 48_169;

/** Who reads files as OpenAI documents it; others may have readers of their own. */
const READS_PDF: ReadonlySet<string> = new Set(["openai", "azure"]);

/** Returns whether output may be billed that is not shown. */
export function mayReason(model: string | undefined, effort: string | undefined): boolean {
  return effort !== "none" && !WITHOUT_REASONING.test(model ?? "");
}

/** Returns the most tokens of one image. */
export function imageTokensMaxOf(model: string | undefined): number {
  return model?.includes("4o-mini") === true ? GPT_4O_MINI_IMAGE_TOKENS_MAX : IMAGE_TOKENS_MAX;
}

/** Whether content is a text, a list of texts, or nothing: all that its bytes bound. */
export function isText(content: unknown): boolean {
  if (typeof content === "string" || content === null) return true;
  return Array.isArray(content) && content.every((part) => fieldOf(part, "type") === "text");
}

/** Counts media of requests in OpenAI's formats. */
export class OpenaiContent {
  readonly #tally: InputTally;
  readonly #imageTokensMax: number;
  /** The model, where the server is known to serve what it is called. */
  readonly #model: string | undefined;
  readonly #readsPdf: boolean;

  constructor(tally: InputTally, { provider }: WireRequest, model: string | undefined) {
    this.#tally = tally;
    this.#model = provider.id === "unknown" ? undefined : model;
    this.#readsPdf = READS_PDF.has(provider.id);
    this.#imageTokensMax = provider.imageTokensMax?.(model ?? "") ?? imageTokensMaxOf(model);
  }

  /** A text, or a list of parts. */
  content(content: unknown): void {
    if (Array.isArray(content)) for (const part of content) this.#part(part);
    else if (typeof content === "object" && content !== null) this.#part(content);
  }

  /** An image; `address` may be data in the request. */
  image(address: string | undefined, detail?: string): void {
    const data = address?.startsWith("data:") === true ? address : undefined;
    const known =
      this.#model === undefined ? undefined : imageTokensOf(this.#model, data, { detail });
    const tokens = known ?? this.#imageTokensMax;
    if (Number.isFinite(tokens)) this.#tally.media(data, tokens);
    else this.#tally.upToWindow("an image");
  }

  #file(file: unknown, detail: string | undefined): void {
    const isElsewhere = has(file, "file_id") || has(file, "file_url");
    const data = isElsewhere ? undefined : textAt(file, "file_data");
    const tokens =
      data === undefined || this.#model === undefined || !this.#readsPdf
        ? undefined
        : pdfTokensOf(this.#model, data, { detail });
    if (tokens === undefined) this.#tally.upToWindow("a file");
    else this.#tally.media(data, tokens);
  }

  #audio(data: string | undefined): void {
    const tokens = data === undefined ? undefined : audioTokensOf(data);
    if (data === undefined) this.#tally.upToWindow("sound at an address");
    else if (tokens === undefined) this.#tally.audio();
    else this.#tally.media(data, tokens);
  }

  #part(part: unknown): void {
    if (typeof part !== "object" || part === null) return;
    const type = typeOf(part) ?? "text";
    switch (type) {
      case "text":
      case "input_text":
      case "output_text":
      case "refusal":
      case "summary_text":
      case "reasoning_text":
      case "reasoning":
      case "thinking":
      case "redacted_thinking":
      case "encrypted_content":
        return;
      case "image_url":
      case "input_image":
      case "image":
      case "computer_screenshot": {
        const image = fieldOf(part, "image_url") ?? fieldOf(part, "image");
        const detail = textAt(part, "detail") ?? textAt(image, "detail");
        this.image(typeof image === "string" ? image : textAt(image, "url"), detail);
        return;
      }
      case "input_audio":
        this.#audio(textAt(part, "input_audio", "data"));
        return;
      case "file":
        // Chat completions take no detail, and were recorded to show pages in a high one.
        this.#file(fieldOf(part, "file"), "high");
        return;
      case "input_file":
        this.#file(part, textAt(part, "detail"));
        return;
      case "tool_use":
      case "tool_call":
      case "function":
        // The caller's own JSON: its bytes bound it.
        return;
      case "tool_result":
        this.content(fieldOf(part, "content"));
        return;
      default:
        this.#tally.upToWindow(NAMES[type] ?? `a part of the type ${type.slice(0, 40)}`);
    }
  }
}

const NAMES: Readonly<Record<string, string>> = {
  video_url: "a video",
  document_url: "a document",
  audio_url: "sound at an address",
};

/** Tools that run on the caller's side: their definitions are text, their results come back. */
const CALLERS_TOOLS: ReadonlySet<string> = new Set([
  "function",
  "custom",
  "namespace",
  "local_shell",
  "apply_patch",
  "computer_use_preview",
  "computer",
]);
/**
 * What it finds are tools of the request, whose definitions are counted already.
 * https://platform.openai.com/docs/guides/tools-tool-search
 */
const SEARCHES_REQUEST = "tool_search";
/** Tools that the provider runs and that `max_tool_calls` limits. */
const LIMITED_TOOLS =
  /^(?:web_search(?:_preview)?(?:_\d[\d_]*)?|file_search|code_interpreter|image_generation)$/;
const SEARCH = /^web_search/;

/** How many calls of such tools are held for, and written, where a request sets no limit. */
const TOOL_CALLS_MAX = 10;

/**
 * Counts tools, and reports those that the provider runs. `limitsCalls`: whether the provider is
 * known to obey `max_tool_calls`.
 */
export function tallyOpenaiTools(body: object, tally: InputTally, limitsCalls = false): void {
  const tools = listAt(body, "tools");
  tally.hasTools ||= tools.length > 0 || listAt(body, "functions").length > 0;
  tally.hasSchema ||= has(body, "response_format") || at(body, "text", "format") !== undefined;
  const given = countAt(body, "max_tool_calls");
  const usual = tools.some((tool) => typeOf(tool) === IMAGE_TOOL)
    ? IMAGE_CALLS_MAX
    : TOOL_CALLS_MAX;
  const callsMax = limitsCalls ? (given ?? usual) : undefined;
  let isRead = false;
  for (const tool of tools) {
    const type = typeOf(tool) ?? "function";
    tally.hasProviderTools ||= type !== "function";
    if (CALLERS_TOOLS.has(type) || type === SEARCHES_REQUEST) continue;
    if (type === "shell" && isLocal(tool)) continue;
    const what = `the tool ${type.slice(0, 40)}, which the provider runs`;
    if (callsMax === undefined || !LIMITED_TOOLS.test(type)) tally.unbounded(what);
    // Each call may be followed by one more pass over all that was found.
    else if (!isRead) {
      tally.passes(callsMax + 1, what);
      if (given === undefined) tally.limitTools([["max_tool_calls"], usual]);
      isRead = true;
    }
    if (SEARCH.test(type) && callsMax !== undefined) tally.searches(callsMax);
    if (type === "file_search" && callsMax !== undefined) tally.fileSearches(callsMax);
    if (type === "code_interpreter") tally.codeSessions(codeSessionsOf(tool));
  }
}

/** Gigabytes of a container by how they are written; the smallest where nothing is. */
const GIGABYTES: Readonly<Record<string, number>> = { "1g": 1, "4g": 4, "16g": 16, "64g": 64 };
const GIGABYTES_MAX = 64;

/**
 * A call makes one container at most, billed by its memory for twenty minutes. One that was
 * made before was billed then.
 * https://developers.openai.com/api/docs/pricing#built-in-tools
 */
function codeSessionsOf(tool: unknown): number {
  const container = fieldOf(tool, "container");
  if (typeof container === "string") return 0;
  const memory = fieldOf(container, "memory_limit") ?? undefined;
  if (memory === undefined) return 1;
  return typeof memory === "string" ? (GIGABYTES[memory] ?? GIGABYTES_MAX) : GIGABYTES_MAX;
}

/** Whether a shell runs at the caller, and not in a container of the provider. */
function isLocal(tool: unknown): boolean {
  const environment = fieldOf(tool, "environment") ?? undefined;
  return environment === undefined || typeOf(environment) === "local";
}

/**
 * Returns an error as OpenAI's API shapes it. `insufficient_quota` is its own word for "there is no
 * money left", at which clients do not try again.
 * https://platform.openai.com/docs/guides/error-codes
 */
export function openaiRefusal({ code, message, evidence }: RefusalNotice): object {
  const type = code === "budget_exceeded" ? "insufficient_quota" : "invalid_request_error";
  return { error: { message, type, code, param: null, budget: evidence } };
}
