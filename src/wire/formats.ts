// The formats, each a module of its own that is loaded at the first request in it: a program that
// calls one provider does not carry the readers of all.

import type { Wire } from "./wire.ts";
import type { WireName } from "./wire-name.ts";

const LOADERS: Readonly<Record<WireName, () => Promise<Wire>>> = {
  "openai-chat": async () => (await import("./openai/chat.ts")).openaiChat,
  "openai-responses": async () => (await import("./openai/responses.ts")).openaiResponses,
  "openai-completions": async () => (await import("./openai/completions.ts")).openaiCompletions,
  "openai-embeddings": async () => (await import("./openai/embeddings.ts")).openaiEmbeddings,
  "openai-batches": async () => (await import("./openai/batches.ts")).openaiBatches,
  "openai-realtime": async () => (await import("./openai/realtime.ts")).openaiRealtime,
  "anthropic-messages": async () => (await import("./anthropic/messages.ts")).anthropicMessages,
  "anthropic-batches": async () => (await import("./anthropic/batches.ts")).anthropicBatches,
  "bedrock-converse": async () => (await import("./bedrock/converse.ts")).bedrockConverse,
  "bedrock-invoke": async () => (await import("./bedrock/invoke.ts")).bedrockInvoke,
  "bedrock-rerank": async () => (await import("./bedrock/rerank.ts")).bedrockRerank,
  "cohere-chat": async () => (await import("./cohere/chat.ts")).cohereChat,
  "cohere-embeddings": async () => (await import("./cohere/embed.ts")).cohereEmbeddings,
  gemini: async () => (await import("./google/generate-content.ts")).gemini,
  "gemini-embeddings": async () => (await import("./google/embed-content.ts")).geminiEmbeddings,
  "gemini-file-search": async () => (await import("./google/file-search.ts")).geminiFileSearch,
  "gemini-batches": async () => (await import("./google/batches.ts")).geminiBatches,
  "ollama-embeddings": async () => (await import("./ollama/embed.ts")).ollamaEmbeddings,
  "llama-completion": async () => (await import("./llama/completion.ts")).llamaCompletion,
  rerank: async () => (await import("./rerank/rerank.ts")).rerank,
  "openai-images": async () => (await import("./images/images.ts")).openaiImages,
  "openai-image-edits": async () => (await import("./images/images.ts")).openaiImageEdits,
  "openai-speech": async () => (await import("./sound/speech.ts")).openaiSpeech,
  "openai-transcriptions": async () =>
    (await import("./sound/transcriptions.ts")).openaiTranscriptions,
  "openai-videos": async () => (await import("./video/videos.ts")).openaiVideos,
  "google-predict": async () => (await import("./google/predict.ts")).googlePredict,
  "mistral-ocr": async () => (await import("./ocr/ocr.ts")).mistralOcr,
  "mistral-conversations": async () =>
    (await import("./mistral/conversations.ts")).mistralConversations,
  "watsonx-text": async () => (await import("./watsonx/text.ts")).watsonxText,
  "vercel-language-model": async () =>
    (await import("./vercel/language-model.ts")).vercelLanguageModel,
  "vercel-embeddings": async () => (await import("./vercel/embeddings.ts")).vercelEmbeddings,
  ollama: async () => (await import("./ollama/chat.ts")).ollamaChat,
};

const loaded = new Map<WireName, Wire>();

/** Returns a format: at once if it is loaded, as a promise the first time. */
export function formatOf(name: WireName): Wire | Promise<Wire> {
  return loaded.get(name) ?? load(name);
}

async function load(name: WireName): Promise<Wire> {
  const wire = await LOADERS[name]();
  loaded.set(name, wire);
  return wire;
}
