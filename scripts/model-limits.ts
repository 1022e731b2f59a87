// What models take and write at the most, in tokens, where the price data does not say: npm run prices
// writes it into the tables. Where pages differ, the higher number stands: it bounds what may be billed.

/** The day on which they were looked up; a test names the models whose price is newer. */
export const LIMITS_AS_OF = "2026-11-26";

/** What one model takes and writes at the most. */
interface ModelLimit {
  /** Ids of the price book; `*` stands for anything. The first that fits counts. */
  readonly models: readonly string[];
  /** The whole context window. */
  readonly context?: number;
  /** The most tokens of one answer. */
  readonly output?: number;
}

const OPENAI: readonly ModelLimit[] = [
  // https://platform.openai.com/docs/models/gpt-3.5-turbo, …/gpt-4, …/gpt-4-turbo
  // https://developers.openai.com/api/docs/models/davinci-002, …/babbage-002
  { models: ["davinci-002", "babbage-002"], context: 16_384, output: 16_384 },
  { models: ["gpt-3.5-turbo-instruct"], context: 4096, output: 4096 },
  { models: ["gpt-3.5*"], context: 16_385, output: 4096 },
  { models: ["gpt-4-turbo*", "gpt-4-vision-preview"], context: 128_000, output: 4096 },
  { models: ["gpt-4"], context: 8192, output: 8192 },
  { models: ["gpt-4-32k"], context: 32_768, output: 32_768 },
  // https://platform.openai.com/docs/models/gpt-4o, …/gpt-4.1, …/gpt-4.5-preview
  { models: ["gpt-4o-2024-05-13"], context: 128_000, output: 4096 },
  { models: ["gpt-4o:extended"], context: 128_000, output: 64_000 },
  { models: ["gpt-4o-realtime-preview", "gpt-4o-mini-realtime-preview"], output: 4096 },
  { models: ["gpt-4o-transcribe", "gpt-4o-mini-transcribe"], output: 2000 },
  {
    models: ["gpt-4o*", "chatgpt-4o-latest", "gpt-4.5-preview", "ft:gpt-4o*"],
    context: 128_000,
    output: 16_384,
  },
  { models: ["ft:gpt-3.5-turbo-"], context: 16_385, output: 4096 },
  { models: ["gpt-4.1*"], context: 1_047_576, output: 32_768 },
  // https://platform.openai.com/docs/models/gpt-5, …/gpt-5-pro, …/gpt-5-chat-latest
  // …/gpt-5.1-chat-latest, …/gpt-5.2-chat-latest, …/gpt-5.3-chat-latest: what ChatGPT runs writes less.
  {
    models: ["gpt-5-chat*", "gpt-5.1-chat*", "gpt-5.2-chat*", "gpt-5.3-chat*"],
    context: 128_000,
    output: 16_384,
  },
  { models: ["gpt-5-pro"], context: 400_000, output: 272_000 },
  { models: ["gpt-5", "gpt-5-*", "gpt-5.1*", "gpt-5.2*"], context: 400_000, output: 128_000 },
  { models: ["gpt-5*", "gpt-6*"], output: 128_000 },
  // https://platform.openai.com/docs/models/o1, …/o1-mini, …/o3, …/o4-mini
  { models: ["o1-preview"], context: 128_000, output: 32_768 },
  { models: ["o1-mini"], context: 128_000, output: 65_536 },
  { models: ["o1*", "o3*", "o4*", "codex-mini"], context: 200_000, output: 100_000 },
  { models: ["computer-use"], context: 8192, output: 1024 },
  { models: ["gpt-oss*"], context: 131_072, output: 131_072 },
];

const ANTHROPIC: readonly ModelLimit[] = [
  // https://platform.claude.com/docs/en/about-claude/models/overview
  { models: ["claude-2", "claude-instant-1"], context: 200_000, output: 4096 },
  { models: ["claude-3-5*", "claude-3.5*"], context: 200_000, output: 8192 },
  { models: ["claude-3-7*"], context: 200_000, output: 128_000 },
  { models: ["claude-3-*"], context: 200_000, output: 4096 },
  { models: ["claude-opus-4-0", "claude-opus-4-1"], context: 200_000, output: 32_000 },
  {
    models: ["claude-sonnet-4-0", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5"],
    output: 64_000,
  },
  { models: ["claude-*"], output: 128_000 },
];

const GOOGLE: readonly ModelLimit[] = [
  // https://ai.google.dev/gemini-api/docs/models
  { models: ["gemini-1.0*", "gemini-pro", "gemini-pro-vision"], context: 32_760, output: 8192 },
  { models: ["gemini-1.5-pro", "gemini-pro-1.5"], context: 2_097_152, output: 8192 },
  { models: ["gemini-1.5*", "gemini-2.0*"], context: 1_048_576, output: 8192 },
  { models: ["gemini-2.5-flash-image*"], context: 65_536, output: 32_768 },
  {
    models: ["gemini-2.5-flash-preview-tts", "gemini-2.5-pro-preview-tts"],
    context: 32_768,
    output: 16_384,
  },
  { models: ["gemini-3-pro-image*", "gemini-3.1-flash-image*"], context: 131_072, output: 65_536 },
  { models: ["gemini-embedding*", "text-embedding*"], context: 8192 },
  {
    models: ["gemini-live*", "gemini-2.5-flash-native*", "gemini-3.1-flash-live*"],
    context: 131_072,
    output: 8192,
  },
  // The price data has its window.
  { models: ["gemma-4*"], context: 262_144, output: 8192 },
  { models: ["gemma-1*", "gemma-2*", "gemma-3*", "gemma-7b*"], context: 131_072, output: 8192 },
  { models: ["gemini-*"], context: 1_048_576, output: 65_536 },
  { models: ["claude-3-5*", "claude-3.5*"], context: 200_000, output: 8192 },
  { models: ["claude-3-7*"], context: 200_000, output: 128_000 },
  { models: ["claude-3-*"], context: 200_000, output: 4096 },
  { models: ["claude-4-opus"], context: 200_000, output: 32_000 },
  { models: ["claude-*"], output: 128_000 },
];

/**
 * Names that share a price with a model and not its limits. Those of a row are set apart.
 * https://platform.openai.com/docs/models/gpt-5.1-chat-latest
 */
export const SEPARATE: RegExp = /^gpt-5(?:[.-][1-3])?-chat(?:-latest)?$/;

/** By the provider's id in the price book. */
const MODEL_LIMITS: Readonly<Record<string, readonly ModelLimit[]>> = {
  openai: OPENAI,
  azure: OPENAI,
  anthropic: ANTHROPIC,
  google: GOOGLE,
  // https://docs.mistral.ai/getting-started/models
  mistral: [
    { models: ["mistral-ocr*", "mistral-embed", "codestral-embed"] },
    { models: ["mistral-large-2512", "mistral-medium*", "mistral-small-2603"], context: 262_144 },
    { models: ["codestral*"], context: 256_000 },
    { models: ["voxtral*"], context: 32_768 },
    { models: ["mistral-7b*", "mixtral-8x7b", "mistral-tiny"], context: 32_768 },
    { models: ["mixtral-8x22b*"], context: 65_536 },
    { models: ["*"], context: 262_144 },
  ],
  // https://docs.x.ai/docs/models
  xai: [
    {
      models: ["grok-4-fast*", "grok-4-1-fast*", "grok-4.1-fast*", "grok-4.2*"],
      context: 2_000_000,
    },
    { models: ["*"], context: 256_000 },
  ],
  // https://api-docs.deepseek.com/quick_start/pricing
  deepseek: [
    { models: ["deepseek-chat", "deepseek-reasoner"], context: 1_000_000, output: 65_536 },
    { models: ["deepseek-v4*"], output: 393_216 },
    { models: ["*"], output: 65_536 },
  ],
  // https://console.groq.com/docs/models
  groq: [
    {
      models: ["llama3-8b-8192", "llama3-70b-8192", "gemma-7b-it", "gemma2-9b-it"],
      context: 8192,
      output: 8192,
    },
    { models: ["mixtral-8x7b-32768"], context: 32_768, output: 32_768 },
    { models: ["llama-3.3-70b-versatile"], context: 131_072, output: 32_768 },
    { models: ["*"], context: 262_144, output: 131_072 },
  ],
  // https://inference-docs.cerebras.ai/models/overview
  cerebras: [{ models: ["*"], context: 131_072 }],
  // https://openrouter.ai/x-ai
  openrouter: [
    { models: ["x-ai/grok-4"], context: 256_000 },
    { models: ["x-ai/grok-4.1-fast"], context: 2_000_000 },
  ],
  together: [{ models: ["openai/gpt-oss*"], context: 131_072 }],
  // https://docs.perplexity.ai/getting-started/models
  perplexity: [
    { models: ["sonar-pro"], context: 200_000 },
    { models: ["*"], context: 131_072 },
  ],
  // https://docs.cohere.com/docs/models
  cohere: [
    { models: ["command-a*"], context: 256_000 },
    { models: ["command*"], context: 128_000 },
  ],
  // https://docs.z.ai/guides/overview/pricing
  zai: [{ models: ["*"], context: 200_000, output: 131_072 }],
  // https://platform.moonshot.ai/docs/pricing/chat
  moonshot: [{ models: ["*"], context: 262_144 }],
};

/**
 * What the makers of open models say that they take at the most.
 * https://www.llama.com/docs/model-cards-and-prompt-formats/
 */
const META: readonly ModelLimit[] = [
  { models: ["llama-2-*", "Llama-2-*"], context: 4096 },
  { models: ["llama-3-*", "Llama-3-*", "Meta-Llama-3-*"], context: 8192 },
  {
    models: ["llama-3.1-*", "llama-3.2-*", "llama-3.3-*", "Llama-3.2-*", "Llama-3.3-*"],
    context: 131_072,
  },
  { models: ["Meta-Llama-3.1-*", "Llama-3.1-*"], context: 131_072 },
];

/** Whose model a seller offers, by how names begin there. */
const MAKERS: Readonly<Record<string, readonly ModelLimit[] | undefined>> = {
  anthropic: ANTHROPIC,
  cohere: MODEL_LIMITS["cohere"],
  deepseek: MODEL_LIMITS["deepseek"],
  google: GOOGLE,
  "meta-llama": META,
  mistralai: MODEL_LIMITS["mistral"],
  moonshotai: MODEL_LIMITS["moonshot"],
  openai: OPENAI,
  "x-ai": MODEL_LIMITS["xai"],
  "z-ai": MODEL_LIMITS["zai"],
};
/** A seller may take less than the maker of a model says, and no more. */
const SELLERS: ReadonlySet<string> = new Set(["openrouter", "together"]);

/** The limits of a model; empty when nothing says so. */
export function limitsOf(provider: string, id: string): { context?: number; output?: number } {
  const { context, output } = limitIn(MODEL_LIMITS[provider], id);
  const known = context ?? (SELLERS.has(provider) ? contextByMaker(id) : undefined);
  return {
    ...(known !== undefined && { context: known }),
    ...(output !== undefined && { output }),
  };
}

function contextByMaker(id: string): number | undefined {
  const [maker = "", ...name] = id.split("/");
  const model = name.join("/").replace(/:[a-z]+$/, "");
  // Anthropic's versions are written with dashes in its own table.
  return limitIn(MAKERS[maker], maker === "anthropic" ? model.replaceAll(".", "-") : model).context;
}

function limitIn(limits: readonly ModelLimit[] | undefined, id: string): Partial<ModelLimit> {
  const fits = (name: string): boolean => {
    const parts = name.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(id);
  };
  return limits?.find(({ models }) => models.some(fits)) ?? {};
}
