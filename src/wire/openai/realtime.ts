// Responses in realtime sessions: what one may cost is known of the session that it is in.
// https://platform.openai.com/docs/api-reference/realtime-client-events/response/create

import { PLAIN_REQUEST } from "../plain-request.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, readCount, typeOf } from "../json/untrusted.ts";
import { rest, unknownCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { openaiRefusal } from "./parts.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["max_output_tokens", "input"]),
  ...fieldsOf("content", ["instructions", "tools"]),
  ...fieldsOf("steers", [
    "audio",
    "conversation",
    "metadata",
    "modalities",
    "output_audio_format",
    "output_modalities",
    "parallel_tool_calls",
    "reasoning",
    "temperature",
    "tool_choice",
    "voice",
  ]),
  prompt: { window: "a stored prompt" },
};

/** `response.create`, with the facts of its session. */
export const openaiRealtime: Wire = {
  name: "openai-realtime",
  settings: ["response"],
  asked({ body, bytes, session }): Asked {
    const response = fieldOf(body, "response");
    const tally = new InputTally();
    tally.audio();
    tally.hasTools = true;
    tally.hasProviderTools = true;
    tally.add(session?.inputTokensMax ?? 0);
    for (const what of session?.upToWindow ?? []) tally.upToWindow(what);
    if (typeof response === "object" && response !== null) {
      tallyFields(response, FIELDS, undefined, tally);
      for (const item of listAt(response, "input"))
        for (const part of listAt(item, "content"))
          if (typeOf(part) === "input_image") tally.upToWindow("an image");
      for (const tool of listAt(response, "tools"))
        if (typeOf(tool) !== "function") tally.unbounded("a tool that the provider runs");
    }
    const own = fieldOf(response, "max_output_tokens") ?? session?.outputLimit;
    const outputLimit = own === "inf" ? undefined : readCount("max_output_tokens", own);
    // Nothing can be written into what the provider begins by itself.
    const isItself = session?.begins === "by itself" && outputLimit === undefined;
    return {
      ...PLAIN_REQUEST,
      model: session?.model,
      streams: true,
      input: tally.bound(body, bytes),
      outputLimit,
      overshoot: isItself ? "model maximum" : { times: 1, plus: 0 },
      isOutputHidden: true,
      outputMedia: ["audio"],
    };
  },
  limitEdits: (_request, limit) => [[[["response", "max_output_tokens"], limit]]],
  reading: () => new RealtimeReading(),
  refusal: openaiRefusal,
};

const KNOWN: ReadonlySet<string> = new Set([
  "total_tokens",
  "input_tokens",
  "output_tokens",
  "text_tokens",
  "audio_tokens",
  "image_tokens",
  "cached_tokens",
]);

/** Reads `response.done`. */
class RealtimeReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = true;
  readonly awaitsUsage = false;
  hasError = false;
  #report: unknown;

  read(message: unknown): void {
    if (typeOf(message) === "error") this.hasError = true;
    this.#report = at(message, "response", "usage") ?? this.#report;
  }

  done(): void {}

  /** Counts of cached tokens are within those of the input, and of each medium within its own. */
  usage(): WireUsage | undefined {
    const report = this.#report;
    const input = countAt(report, "input_tokens");
    const output = countAt(report, "output_tokens");
    if (input === undefined || output === undefined) return undefined;
    const ins = fieldOf(report, "input_token_details");
    const outs = fieldOf(report, "output_token_details");
    const inputOf = (medium: string): number => countAt(ins, medium) ?? 0;
    const cachedOf = (medium: string): number =>
      Math.min(countAt(ins, "cached_tokens_details", medium) ?? 0, inputOf(medium));
    const [audio, image] = [inputOf("audio_tokens"), inputOf("image_tokens")];
    const [cachedAudio, cachedImage] = [cachedOf("audio_tokens"), cachedOf("image_tokens")];
    const cachedText = cachedOf("text_tokens");
    const spoken = countAt(outs, "audio_tokens") ?? 0;
    return {
      usage: {
        inputTokens: rest(Math.max(input, audio + image), audio, image, cachedText),
        cacheReadTokens: cachedText,
        inputAudioTokens: audio - cachedAudio,
        cacheReadAudioTokens: cachedAudio,
        inputImageTokens: image - cachedImage,
        cacheReadImageTokens: cachedImage,
        outputTokens: rest(output, spoken),
        outputAudioTokens: spoken,
      },
      passes: [],
      // Sound costs many times what text does: without its part, nothing is known.
      isWhole: has(report, "input_token_details") && has(report, "output_token_details"),
      doubts: unknownCounts(report, KNOWN),
      model: undefined,
      service: {},
      reportedUsd: undefined,
    };
  }
}

/** Returns the model that the address of a session names. */
export function realtimeModelOf(url: URL): string | undefined {
  return url.searchParams.get("model") ?? url.searchParams.get("deployment") ?? undefined;
}

/** Returns why a session cannot be metered as a whole; undefined where it can. */
export function unmeteredSession(url: URL): string | undefined {
  if (url.searchParams.get("intent") === "transcription")
    return "a session that transcribes is billed by what is said in it; use /v1/audio/transcriptions";
  if (url.searchParams.has("call_id"))
    return "a call that began elsewhere is billed whatever is said here; begin the session here";
  if (realtimeModelOf(url) === undefined)
    return "the address of the session names no model; add ?model=gpt-realtime";
  return undefined;
}
