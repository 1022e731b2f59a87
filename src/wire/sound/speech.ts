// Speech: sold by the character, or by the token of what is read and what is spoken.
// https://platform.openai.com/docs/api-reference/audio/createSpeech

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, textAt } from "../json/untrusted.ts";
import { modelOf } from "../openai/chat.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "stream_format", "stream"]),
  ...fieldsOf("content", ["input", "instructions"]),
  ...fieldsOf("steers", ["voice", "voice_id", "ref_audio", "response_format", "speed", "language"]),
};
/**
 * Half a second of sound for each byte of text, at 21 tokens a second ($0.015 a minute): four times
 * as slow as slow speech.
 */
const TOKENS_A_BYTE = 10;
const SILENCE_TOKENS = 512;

/** `/audio/speech`. */
export const openaiSpeech: Wire = {
  name: "openai-speech",
  settings: [],
  answersBytes: true,
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["openai-speech"], tally);
    const text = textAt(body, "input") ?? "";
    const tokens = new TextEncoder().encode(text).length * TOKENS_A_BYTE + SILENCE_TOKENS;
    return {
      ...embeddingsAsked(modelOf(request), tally.bound(body, bytes)),
      streams: fieldOf(body, "stream_format") === "sse" || fieldOf(body, "stream") === true,
      counted: { characters: text.length },
      outputLimit: tokens,
      outputLimitMin: tokens,
      isOutputHidden: true,
      outputMedia: ["audio"],
    };
  },
  limitEdits: () => [[]],
  reading: (_provider, asked) => new WholeReading((answer) => usageOf(answer, asked)),
  refusal: openaiRefusal,
};

/** Sound tells nothing of its tokens; what is sold by the character is known from the request. */
function usageOf(answer: unknown, asked: Asked | undefined): Partial<WireUsage> | undefined {
  const report = fieldOf(answer, "usage");
  const inputTokens = countAt(report, "input_tokens");
  const outputAudioTokens = countAt(report, "output_tokens");
  const characters = asked?.counted?.characters ?? 0;
  if (inputTokens === undefined || outputAudioTokens === undefined)
    return { usage: { characters }, isWhole: false };
  return { usage: { inputTokens, outputAudioTokens, characters } };
}
