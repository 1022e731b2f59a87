// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const DOUBLEWORD: ProviderTable = {
  id: "doubleword",
  name: "Doubleword",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://docs.doubleword.ai/inference-api/models"],
  multipliers: {},
  models: [
    {"id":"Qwen/Qwen3-14B-FP8","names":["=Qwen/Qwen3-14B-FP8"],"prices":[{"rates":{"inputTokens":0.05,"outputTokens":0.6}}]},
    {"id":"Qwen/Qwen3-Embedding-8B","names":["=Qwen/Qwen3-Embedding-8B"],"prices":[{"rates":{"inputTokens":0.04}}]},
    {"id":"Qwen/Qwen3-VL-235B-A22B-Instruct-FP8","names":["=Qwen/Qwen3-VL-235B-A22B-Instruct-FP8"],"prices":[{"rates":{"inputTokens":0.6,"outputTokens":1.2}}]},
    {"id":"Qwen/Qwen3-VL-30B-A3B-Instruct-FP8","names":["=Qwen/Qwen3-VL-30B-A3B-Instruct-FP8"],"prices":[{"rates":{"inputTokens":0.16,"outputTokens":0.8}}]},
    {"id":"Qwen/Qwen3.5-35B-A3B-FP8","names":["=Qwen/Qwen3.5-35B-A3B-FP8"],"prices":[{"rates":{"inputTokens":0.25,"outputTokens":2}}]},
    {"id":"Qwen/Qwen3.5-397B-A17B","names":["=Qwen/Qwen3.5-397B-A17B"],"prices":[{"rates":{"inputTokens":0.6,"outputTokens":3.6}}]},
    {"id":"Qwen/Qwen3.5-9B","names":["=Qwen/Qwen3.5-9B"],"prices":[{"rates":{"inputTokens":0.08,"outputTokens":0.7}}]},
    {"id":"Qwen/Qwen3.6-35B-A3B-FP8","names":["=Qwen/Qwen3.6-35B-A3B-FP8"],"prices":[{"rates":{"inputTokens":0.25,"outputTokens":2}}]},
    {"id":"Qwen/Qwen3.8-27B-FP8","names":["=Qwen/Qwen3.8-27B-FP8"],"context":262144,"prices":[{"rates":{"inputTokens":0.45,"cacheReadTokens":0.04,"outputTokens":3}}]},
    {"id":"deepseek-ai/DeepSeek-V4-Flash","names":["=deepseek-ai/DeepSeek-V4-Flash"],"prices":[{"rates":{"inputTokens":0.14,"outputTokens":0.28}}]},
    {"id":"deepseek-ai/DeepSeek-V4-Flash-0731","names":["=deepseek-ai/DeepSeek-V4-Flash-0731"],"prices":[{"rates":{"inputTokens":0.09,"cacheReadTokens":0.02,"outputTokens":0.18}}]},
    {"id":"deepseek-ai/DeepSeek-V4-Pro","names":["=deepseek-ai/DeepSeek-V4-Pro"],"prices":[{"rates":{"inputTokens":1.74,"outputTokens":3.48}}]},
    {"id":"deepseek-ai/DeepSeek-V4.1-Flash","names":["=deepseek-ai/DeepSeek-V4.1-Flash"],"prices":[{"rates":{"inputTokens":0.15,"cacheReadTokens":0.01,"outputTokens":0.6}}]},
    {"id":"google/gemma-4-31B-it","names":["=google/gemma-4-31B-it"],"prices":[{"rates":{"inputTokens":0.14,"outputTokens":0.4}}]},
    {"id":"mistralai/Devstral-2-123B-Instruct-2512","names":["=mistralai/Devstral-2-123B-Instruct-2512"],"prices":[{"rates":{"inputTokens":0.4,"outputTokens":2}}]},
    {"id":"moonshotai/Kimi-K2.6","names":["=moonshotai/Kimi-K2.6"],"prices":[{"rates":{"inputTokens":0.95,"outputTokens":4}}]},
    {"id":"moonshotai/kimi-k3","names":["=moonshotai/kimi-k3"],"context":1048576,"prices":[{"rates":{"inputTokens":3,"cacheReadTokens":0.3,"outputTokens":15}}]},
    {"id":"nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4","names":["=nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4"],"prices":[{"rates":{"inputTokens":0.3,"outputTokens":0.75}}]},
    {"id":"openai/gpt-oss-20b","names":["=openai/gpt-oss-20b"],"prices":[{"rates":{"inputTokens":0.04,"outputTokens":0.3}}]},
    {"id":"zai-org/GLM-5.1-FP8","names":["=zai-org/GLM-5.1-FP8"],"prices":[{"rates":{"inputTokens":1.4,"outputTokens":4.4}}]},
    {"id":"zai-org/GLM-5.2-FP8","names":["=zai-org/GLM-5.2-FP8"],"context":1048576,"prices":[{"rates":{"inputTokens":0.93,"cacheReadTokens":0.19,"outputTokens":3}}]},
  ],
};
