// What was said, and its translation: sold by the second of sound, or by the token.
// https://platform.openai.com/docs/api-reference/audio/createTranscription

import { embeddingsAsked } from "../embeddings-asked.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { countAt, fieldOf, textAt } from "../json/untrusted.ts";
import { modelOf } from "../openai/chat.ts";
import { openaiRefusal } from "../openai/parts.ts";
import { WholeReading } from "../whole-reading.ts";
import { rest } from "../wire-usage.ts";
import type { WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";
import { secondsOfFile } from "./seconds.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "file", "stream", "prompt"]),
  ...fieldsOf("content", ["language", "known_speaker_names", "known_speaker_names[]"]),
  ...fieldsOf("steers", [
    "response_format",
    "temperature",
    "include",
    "include[]",
    "chunking_strategy",
    "timestamp_granularities",
    "timestamp_granularities[]",
    "context_bias",
    "diarize",
  ]),
  url: { unbounded: "url, sound whose length is not in the request" },
  file_url: { unbounded: "file_url, sound whose length is not in the request" },
  file_id: { unbounded: "file_id, sound whose length is not in the request" },
};
/** OpenAI's models have 10 tokens a second, Gemini 32. */
const INPUT_TOKENS_A_SECOND = 32;
/** The fastest speech in the densest script. */
const OUTPUT_TOKENS_A_SECOND = 20;
const OUTPUT_TOKENS_MIN = 256;
/**
 * Groq bills each request as ten seconds at the least.
 * https://console.groq.com/docs/speech-to-text
 */
const SECONDS_MIN: Readonly<Record<string, number>> = { groq: 10 };

/** `/audio/transcriptions` and `/audio/translations`, forms with a file. */
export const openaiTranscriptions: Wire = {
  name: "openai-transcriptions",
  settings: [],
  isForm: true,
  asked(request): Asked {
    const { body, bytes, provider } = request;
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.["openai-transcriptions"], tally);
    const file = fieldOf(body, "file");
    const least = SECONDS_MIN[provider.id] ?? 1;
    const seconds = Math.max(least, file === undefined ? 0 : secondsOfFile(file));
    tally.media(undefined, seconds * INPUT_TOKENS_A_SECOND);
    const tokens = seconds * OUTPUT_TOKENS_A_SECOND + OUTPUT_TOKENS_MIN;
    const stream = fieldOf(body, "stream");
    return {
      ...embeddingsAsked(modelOf(request), tally.bound(body, bytes)),
      streams: stream === true || stream === "true",
      counted: { audioSeconds: seconds },
      outputLimit: tokens,
      outputLimitMin: tokens,
      isOutputHidden: true,
    };
  },
  limitEdits: () => [[]],
  reading: ({ id }) => new WholeReading((answer) => usageOf(answer, SECONDS_MIN[id] ?? 0)),
  refusal: openaiRefusal,
};

/** Tokens, or seconds; texts without a report tell nothing. */
function usageOf(answer: unknown, least: number): Partial<WireUsage> | undefined {
  const report = fieldOf(answer, "usage");
  const seconds = secondsIn(report, "seconds") ?? secondsIn(report, "prompt_audio_seconds");
  const reported = seconds ?? secondsIn(answer, "duration");
  const audioSeconds = reported === undefined ? undefined : Math.max(least, reported);
  const input = countAt(report, "input_tokens") ?? countAt(report, "prompt_tokens");
  const output = countAt(report, "output_tokens") ?? countAt(report, "completion_tokens");
  if (input === undefined || output === undefined)
    return audioSeconds === undefined ? undefined : { usage: { audioSeconds } };
  const audio = countAt(report, "input_token_details", "audio_tokens") ?? 0;
  return {
    usage: {
      inputTokens: rest(input, audio),
      inputAudioTokens: Math.min(input, audio),
      outputTokens: output,
      ...(audioSeconds !== undefined && { audioSeconds }),
    },
    model: textAt(answer, "model"),
  };
}

/** Whole seconds: those that are begun are billed. */
function secondsIn(holder: unknown, name: string): number | undefined {
  const found = Number(fieldOf(holder, name) ?? Number.NaN);
  return found >= 0 && found < Number.MAX_SAFE_INTEGER ? Math.ceil(found) : undefined;
}
