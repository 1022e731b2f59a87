// The prices that this provider takes, as the real ones list them (September 2026). They are
// written down a second time here, and multiplied another way, because the bill must owe nothing
// to the books.
// https://developers.openai.com/api/docs/pricing
// https://platform.claude.com/docs/en/about-claude/pricing
// https://ai.google.dev/gemini-api/docs/pricing

/** The usage, by the classes that are billed separately. */
export interface BilledUsage {
  readonly input: number;
  readonly cachedRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  /** Images that go in, where they have a price of their own. */
  readonly inputImage?: number;
  /** With reasoning. */
  readonly output: number;
}

/** No tokens: of a model that is sold by the piece. */
export const NOTHING_BILLED: BilledUsage = {
  input: 0,
  cachedRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
};

/** Picodollars for a token. */
interface Tariff {
  readonly input: bigint;
  readonly cachedRead: bigint;
  readonly cacheWrite: bigint;
  readonly cacheWrite1h: bigint;
  readonly output: bigint;
}

interface Model {
  readonly context: number;
  /** The most tokens of one answer. */
  readonly outputMax: number;
  readonly tariff: Tariff;
  /** What all tokens of a request cost whose input is longer than `above`. */
  readonly long?: Tariff & { readonly above: number };
}

function picoUsd(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1_000_000));
}

/** From dollars for a million tokens. */
function tariff(
  input: number,
  cachedRead: number,
  output: number,
  cacheWrite: number = input,
  cacheWrite1h: number = cacheWrite,
): Tariff {
  return {
    input: picoUsd(input),
    cachedRead: picoUsd(cachedRead),
    output: picoUsd(output),
    cacheWrite: picoUsd(cacheWrite),
    cacheWrite1h: picoUsd(cacheWrite1h),
  };
}

const MODELS: Readonly<Record<string, Model>> = {
  "gpt-5.5": {
    context: 1_000_000,
    outputMax: 128_000,
    tariff: tariff(5, 0.5, 30),
    long: { above: 271_999, ...tariff(10, 1, 45) },
  },
  "gpt-4o": { context: 128_000, outputMax: 16_384, tariff: tariff(2.5, 1.25, 10) },
  "gpt-4o-mini": { context: 128_000, outputMax: 16_384, tariff: tariff(0.15, 0.075, 0.6) },
  // What is written in it; sound has other prices.
  "gpt-realtime": { context: 32_000, outputMax: 4096, tariff: tariff(4, 0.4, 16) },
  "text-embedding-3-small": { context: 8192, outputMax: 0, tariff: tariff(0.02, 0.02, 0) },
  "claude-sonnet-4-5": {
    context: 1_000_000,
    outputMax: 64_000,
    tariff: tariff(3, 0.3, 15, 3.75, 6),
    long: { above: 200_000, ...tariff(6, 0.6, 22.5, 7.5, 12) },
  },
  "claude-haiku-4-5": { context: 200_000, outputMax: 64_000, tariff: tariff(1, 0.1, 5, 1.25, 2) },
  "gemini-2.5-flash": { context: 1_048_576, outputMax: 65_536, tariff: tariff(0.3, 0.03, 2.5) },
  "gemini-2.5-pro": {
    context: 1_048_576,
    outputMax: 65_536,
    tariff: tariff(1.25, 0.125, 10),
    long: { above: 200_000, ...tariff(2.5, 0.25, 15) },
  },
};

/** Returns how much fits into a request to a model; undefined when there is no such model. */
export function contextOf(model: string): number | undefined {
  return MODELS[model]?.context;
}

/** Returns how much a model writes in one answer at most. */
export function outputMaxOf(model: string | undefined): number {
  return MODELS[model ?? ""]?.outputMax ?? Number.POSITIVE_INFINITY;
}

/** All models. */
export const MODEL_NAMES: readonly string[] = [
  ...Object.keys(MODELS),
  "gpt-image-1",
  "tts-1",
  "whisper-1",
  "sora-2",
];

/** Dollars for a character, or for a second of sound or video. */
const PIECES: Readonly<Record<string, bigint>> = {
  "tts-1": picoUsd(15),
  "whisper-1": picoUsd(100),
  "sora-2": picoUsd(100_000),
};
/** Images: text that goes in, images that go in, images that come out. */
const IMAGES: Readonly<Record<string, readonly [text: bigint, image: bigint, output: bigint]>> = {
  "gpt-image-1": [picoUsd(5), picoUsd(10), picoUsd(40)],
};

/**
 * Returns whether there is such a model, and it is sold by the piece or, without pieces, by images.
 */
export function isMediaModel(model: string, pieces: number | undefined): boolean {
  return model in (pieces === undefined ? IMAGES : PIECES);
}

/** Returns what media cost, in nano-dollars, rounded up once. */
export function mediaNanoUsd(model: string, usage: BilledUsage, pieces: number): bigint {
  const [text = 0n, image = 0n, output = 0n] = IMAGES[model] ?? [];
  const pico =
    BigInt(usage.input) * text +
    BigInt(usage.inputImage ?? 0) * image +
    BigInt(usage.output) * output +
    BigInt(pieces) * (PIECES[model] ?? 0n);
  return (pico + 999n) / 1000n;
}

/** Returns what a call costs, in nano-dollars, rounded up once. */
export function billedNanoUsd(model: string, usage: BilledUsage): bigint {
  const found = MODELS[model];
  if (found === undefined) throw new Error(`There is no model ${model}`);
  const input = usage.input + usage.cachedRead + usage.cacheWrite + usage.cacheWrite1h;
  const rates = found.long !== undefined && input > found.long.above ? found.long : found.tariff;
  const pico =
    BigInt(usage.input) * rates.input +
    BigInt(usage.cachedRead) * rates.cachedRead +
    BigInt(usage.cacheWrite) * rates.cacheWrite +
    BigInt(usage.cacheWrite1h) * rates.cacheWrite1h +
    BigInt(usage.output) * rates.output;
  return (pico + 999n) / 1000n;
}
