// The input of an SDK call: the parts of its messages, and its tools. The input of a tool call is
// the caller's own JSON, and is never searched.

import { tallyAnthropicTools } from "../wire/anthropic/tools.ts";
import { tallyGeminiTools as tallyGoogleTools } from "../wire/google/tools.ts";
import type { InputTally } from "../wire/input-bound.ts";
import { at, fieldOf, listAt, readCount, textAt, typeOf } from "../wire/json/untrusted.ts";
import { audioTokensOf } from "../wire/media/audio-seconds.ts";
import { imageTokensOf, pdfTokensOf } from "../wire/media-tokens.ts";
import { imageTokensMaxOf, tallyOpenaiTools } from "../wire/openai/parts.ts";
import type { Provider } from "../wire/provider.ts";
import { tallyPartOptions } from "./provider-options.ts";

/** https://platform.claude.com/docs/en/build-with-claude/vision */
const CLAUDE_IMAGE_TOKENS_MAX = 4784;
/** Parts that are bounded by their bytes. */
const PLAIN: ReadonlySet<string> = new Set([
  "text",
  "reasoning",
  "tool-call",
  "tool-approval-request",
  "tool-approval-response",
]);

/** Providers that read a PDF as the maker of its models documents it. */
const READS_PDF: ReadonlySet<string> = new Set([
  "openai",
  "azure",
  "anthropic",
  "google",
  "vertex",
]);

/** Counts media in the prompt. */
export function tallyPrompt(
  prompt: unknown,
  model: string,
  provider: Provider,
  tally: InputTally,
): void {
  const files = new Files(model, provider, tally);
  for (const message of Array.isArray(prompt) ? prompt : []) {
    for (const part of listAt(message, "content")) {
      const type = typeOf(part) ?? "text";
      tallyPartOptions(part, tally);
      if (type === "file" || type === "image" || type === "reasoning-file") files.add(part);
      else if (type === "tool-result") {
        for (const each of listAt(part, "output", "value"))
          if (textAt(each, "mediaType") !== undefined || at(each, "data") !== undefined)
            files.add(each);
          else if ((typeOf(each) ?? "text") !== "text") tally.upToWindow("a file of a tool");
      } else if (!PLAIN.has(type)) tally.upToWindow(`a part of the type ${type.slice(0, 40)}`);
    }
  }
}

class Files {
  readonly #tally: InputTally;
  readonly #provider: Provider;
  readonly #imageTokensMax: number;
  readonly #model: string;

  constructor(model: string, provider: Provider, tally: InputTally) {
    this.#tally = tally;
    this.#model = model;
    this.#provider = provider;
    const isClaude = provider.id === "anthropic" || model.includes("claude");
    this.#imageTokensMax = isClaude
      ? CLAUDE_IMAGE_TOKENS_MAX
      : (provider.imageTokensMax?.(model) ?? imageTokensMaxOf(model));
  }

  add(part: unknown): void {
    const kind = (textAt(part, "mediaType") ?? "").split("/")[0] ?? "";
    const data = fieldOf(part, "data");
    // Since version 7, data names its type.
    const value = fieldOf(data, "data") ?? data;
    const text = textAt(data, "text");
    const bytes = ArrayBuffer.isView(value) ? value.byteLength : 0;
    const isInside = typeof value === "string" ? !/^https?:/.test(value) : bytes > 0;
    if (text !== undefined) return;
    const inside = typeof value === "string" || value instanceof Uint8Array ? value : undefined;
    const tokens = this.#tokensOf(part, isInside ? inside : undefined);
    if (tokens !== undefined && Number.isFinite(tokens)) {
      this.#tally.media(typeof value === "string" ? value : undefined, tokens);
    } else if (kind === "audio" && isInside && this.#provider.id !== "mistral") {
      // Base64 in the request is a third longer, and counts as text does.
      this.#tally.audio();
      this.#tally.add(Math.ceil((bytes * 4) / 3));
    } else if (kind === "text" && isInside) this.#tally.add(bytes);
    else this.#tally.upToWindow(`a file of the type ${kind || "unknown"}`);
  }

  /** The most tokens by the rule of the model's maker; undefined if there is no rule. */
  #tokensOf(part: unknown, data: string | Uint8Array | undefined): number | undefined {
    const type = textAt(part, "mediaType") ?? "";
    // The effect of an option on it is not guessed.
    const google = at(part, "providerOptions", "google");
    const detail = {
      detail: textAt(part, "providerOptions", "openai", "imageDetail"),
      isUltraHigh: google !== undefined,
    };
    const isKnown = this.#provider.id !== "unknown";
    if (type.startsWith("image")) {
      const known = isKnown ? imageTokensOf(this.#model, data, detail) : undefined;
      return known ?? this.#imageTokensMax;
    }
    if (data === undefined || !isKnown) return undefined;
    if (type === "application/pdf" && READS_PDF.has(this.#provider.id))
      return pdfTokensOf(this.#model, data, { ...detail, detail: "high" });
    const isAudio = type.startsWith("audio/") && this.#provider.id !== "mistral";
    return isAudio ? audioTokensOf(data) : undefined;
  }
}

/** Counts tools, and reports those that the provider runs, as with the provider's own format. */
export function tallySdkTools(
  tools: readonly unknown[],
  toolCallsMax: number | undefined,
  tally: InputTally,
): void {
  for (const tool of tools) {
    if (typeOf(tool) === "function") continue;
    const [family = "", name = ""] = (textAt(tool, "id") ?? "").split(".");
    const uses = readCount("maxUses", at(tool, "args", "maxUses"));
    const type = { type: name, ...(uses !== undefined && { max_uses: uses }) };
    if (family === "anthropic") tallyAnthropicTools({ tools: [type] }, tally);
    else if (family === "google" || family === "vertex")
      tallyGoogleTools({ tools: [{ [name]: {} }] }, tally);
    else if (family === "openai" || family === "azure") {
      const environment = at(tool, "args", "environment");
      const own = { type: name, ...(environment !== undefined && { environment }) };
      const limit = toolCallsMax === undefined ? {} : { max_tool_calls: toolCallsMax };
      tallyOpenaiTools({ tools: [own], ...limit }, tally, toolCallsMax !== undefined);
    } else tally.unbounded(`the tool ${(textAt(tool, "id") ?? "of the provider").slice(0, 40)}`);
  }
  tally.hasTools = tools.length > 0;
}
