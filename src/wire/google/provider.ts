import { BOTH_NAMES } from "../compatible/chat-provider.ts";
import type { Fields } from "../fields.ts";
import type { Templates } from "../input-bound.ts";
import type { Provider } from "../provider.ts";
import { geminiCounting } from "./count-tokens.ts";

/** Models before Gemini 3 cut large images into any number of tiles. */
function imageTokensMax(model: string): number {
  return model.includes("gemini-3") ? 2240 : Number.POSITIVE_INFINITY;
}

/** Members of `extra_body.google` may name cached content. */
const CHAT_FIELDS: Fields = {
  extra_body: { window: "extra_body, which may name cached content" },
};

/** Of the recorded requests none has more tokens than the bytes of its texts: "Hi" has two. */
export const GEMINI_TEMPLATES: Templates = { messages: 16, functions: 64, schemas: 0 };

/** The Gemini API. */
export const GOOGLE: Provider = {
  id: "google",
  prices: "google",
  telemetry: "gcp.gemini",
  hosts: [/(?:^|\.)generativelanguage\.googleapis\.com$/],
  aliases: ["gemini", "google-generative-ai"],
  upstream: { base: "https://generativelanguage.googleapis.com", version: "/v1beta" },
  environment: [
    { name: "GOOGLE_GEMINI_BASE_URL", path: "" },
    { name: "GEMINI_API_BASE", path: "" },
  ],
  // https://ai.google.dev/gemini-api/docs/openai
  routes: [
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, "gemini"],
    [/\/models\/[^/]+:(?:embedContent|batchEmbedContents)$/, "gemini-embeddings"],
    [/\/models\/(?:imagen|veo)-[^/]+:predict(?:LongRunning)?$/, "google-predict"],
    [/\/models\/[^/]+:(?:batchGenerateContent|asyncBatchEmbedContent)$/, "gemini-batches"],
    [/\/fileSearchStores\/[^/]+:uploadToFileSearchStore$/, "gemini-file-search"],
    [/\/chat\/completions$/, "openai-chat"],
    [/\/openai\/embeddings$/, "openai-embeddings"],
  ],
  // https://ai.google.dev/api/tokens, https://ai.google.dev/api/files
  free: [/:countTokens$/, /\/files$/],
  // The bytes of a file whose upload was booked when it began.
  goesOn: ({ pathname, searchParams }) =>
    pathname.endsWith(":uploadToFileSearchStore") && searchParams.has("upload_id"),
  counting: { gemini: geminiCounting },
  limitNames: () => BOTH_NAMES,
  usageByOption: () => true,
  templates: { gemini: GEMINI_TEMPLATES, "openai-chat": GEMINI_TEMPLATES },
  overshoot: () => ({ times: 1, plus: 16 }),
  imageTokensMax,
  fields: { "openai-chat": CHAT_FIELDS },
};
