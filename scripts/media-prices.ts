// Prices of what is not sold by the token, which @pydantic/genai-prices does not have: dollars for a
// thousand. The pages of the providers could not be opened on 2026-11-27; the comments say who else
// has a figure. Where two of them differ, the higher one is here, so that no hold is too low.

import type { ServiceMultipliers } from "../src/prices/rates.ts";
import type { ExtraModel } from "./price-supplements.ts";

/** How much dearer a video is by its size, where the listed price is that of 720p. */
function bySize(factors: Readonly<Record<string, number>>): Partial<ServiceMultipliers> {
  return { tiers: factors };
}

const FOUR_K_STANDARD = bySize({ "4k": 1.5 });

/** By the provider's id in the book. */
export const MEDIA_MODELS: Readonly<Record<string, readonly ExtraModel[]>> = {
  // https://developers.openai.com/api/docs/pricing: by the character, by the second. Speech as in
  // https://community.openai.com/t/precise-pricing-for-tts-api/634297, and as a bill of 4,096
  // characters was: https://github.com/sanand0/blog/blob/main/posts/2025/openai-tts-cost.md. Sora in
  // 720p and 1024p as in https://help.apiyi.com/sora-2-api-official-release-en.html and
  // https://yingtu.ai/blog/sora-2-pricing-per-second; in 1080p at $0.70, as six public projects have
  // copied it from that page, one of them on 2026-08-13.
  openai: [
    { id: "tts-1", rates: { characters: 0.015 } },
    { id: "tts-1-hd", rates: { characters: 0.03 } },
    { id: "sora-2", rates: { videoSeconds: 100 } },
    {
      id: "sora-2-pro",
      rates: { videoSeconds: 300 },
      multipliers: bySize({ "1024p": 1.666666666667, "1080p": 2.333333333334 }),
    },
  ],
  // https://ai.google.dev/gemini-api/docs/pricing: by the image, by the second with sound. Imagen as in
  // https://discuss.ai.google.dev/t/issue-with-url-context-tooling/101173, which cites that page; Veo
  // 3.1, and 4K at $0.60, as in https://www.aifreeapi.com/zh/posts/veo-3-1-api-rate-limit; Veo 3.0 as
  // in https://docs.dev.xavier.icvr.xyz/models/google-vertex/veo-3.html. Since then Veo 3.1 Fast is
  // said to cost less (https://github.com/QuantumNous/new-api/pull/7280, which has Lite as well). Veo
  // 2 costs $0.35 at the Gemini API and $0.50 at Vertex AI (https://github.com/Portkey-AI/models/pull/551).
  google: [
    { id: "imagen-4.0-fast-generate-001", rates: { images: 20 } },
    {
      id: "imagen-4.0-generate-001",
      names: ["=imagen-4.0-generate-preview-06-06"],
      rates: { images: 40 },
    },
    {
      id: "imagen-4.0-ultra-generate-001",
      names: ["=imagen-4.0-ultra-generate-preview-06-06"],
      rates: { images: 60 },
    },
    { id: "imagen-3.0-generate-002", rates: { images: 30 } },
    {
      id: "veo-3.1-generate-001",
      names: ["=veo-3.1-generate-preview"],
      rates: { videoSeconds: 400 },
      multipliers: FOUR_K_STANDARD,
    },
    {
      id: "veo-3.1-fast-generate-001",
      names: ["=veo-3.1-fast-generate-preview"],
      rates: { videoSeconds: 150 },
      multipliers: bySize({ "4k": 2.333333333334 }),
    },
    { id: "veo-3.0-generate-001", rates: { videoSeconds: 400 } },
    { id: "veo-3.0-fast-generate-001", rates: { videoSeconds: 150 } },
    {
      id: "veo-3.1-lite-generate-001",
      names: ["=veo-3.1-lite-generate-preview"],
      // That of 1080p; 720p is said to cost $0.05.
      rates: { videoSeconds: 80 },
    },
    { id: "veo-2.0-generate-001", rates: { videoSeconds: 500 } },
  ],
  // A query with up to a hundred documents: https://cohere.com/pricing
  cohere: [
    { id: "rerank-v4.0-pro", rates: { searchUnits: 2.5 } },
    { id: "rerank-v4.0-fast", rates: { searchUnits: 2 } },
    { id: "rerank-v3.5", rates: { searchUnits: 2 } },
    { id: "rerank-english-v3.0", rates: { searchUnits: 2 } },
    { id: "rerank-multilingual-v3.0", rates: { searchUnits: 2 } },
    { id: "rerank-english-v2.0", rates: { searchUnits: 1 } },
    { id: "rerank-multilingual-v2.0", rates: { searchUnits: 1 } },
  ],
  // https://docs.voyageai.com/docs/pricing: by the token of all documents and, for each, the query.
  // https://vercel.com/ai-gateway/models/rerank-2.5.md has the same.
  voyage: [
    { id: "rerank-2.5", rates: { inputTokens: 0.05 } },
    { id: "rerank-2.5-lite", rates: { inputTokens: 0.02 } },
    { id: "rerank-2", rates: { inputTokens: 0.05 } },
    { id: "rerank-2-lite", rates: { inputTokens: 0.02 } },
  ],
};
