// Made by scripts/generate-prices.ts; not to be edited.

import type { ProviderTable } from "../table.ts";

export const OVHCLOUD: ProviderTable = {
  id: "ovhcloud",
  name: "OVHcloud AI Endpoints",
  aliases: [],
  names: [],
  serves: [],
  sources: ["https://oai.endpoints.kepler.ai.cloud.ovh.net/v1/models"],
  multipliers: {},
  models: [
    {"id":"DeepSeek-R1-Distill-Llama-70B","names":["=DeepSeek-R1-Distill-Llama-70B","=deepseek-r1-distill-llama-70b"],"context":131072,"prices":[{"rates":{"inputTokens":0.74,"outputTokens":0.74}}]},
    {"id":"Llama-3.1-8B-Instruct","names":["=Llama-3.1-8B-Instruct","=llama-3.1-8b-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.11,"outputTokens":0.11}}]},
    {"id":"Meta-Llama-3_3-70B-Instruct","names":["=Meta-Llama-3_3-70B-Instruct","=meta-llama-3_3-70b-instruct"],"context":131072,"prices":[{"rates":{"inputTokens":0.74,"outputTokens":0.74}}]},
    {"id":"Mistral-7B-Instruct-v0.3","names":["=Mistral-7B-Instruct-v0.3","=mistral-7b-instruct-v0.3"],"context":65536,"prices":[{"rates":{"inputTokens":0.11,"outputTokens":0.11}}]},
    {"id":"Mistral-Nemo-Instruct-2407","names":["=Mistral-Nemo-Instruct-2407","=mistral-nemo-instruct-2407"],"context":65536,"prices":[{"rates":{"inputTokens":0.14,"outputTokens":0.14}}]},
    {"id":"Mistral-Small-3.2-24B-Instruct-2506","names":["=Mistral-Small-3.2-24B-Instruct-2506","=mistral-small-3.2-24b-instruct-2506"],"context":131072,"prices":[{"rates":{"inputTokens":0.1,"outputTokens":0.31}}]},
    {"id":"Mixtral-8x7B-Instruct-v0.1","names":["=Mixtral-8x7B-Instruct-v0.1","=mixtral-8x7b-instruct-v0.1"],"context":32768,"prices":[{"rates":{"inputTokens":0.7,"outputTokens":0.7}}]},
    {"id":"Qwen2.5-VL-72B-Instruct","names":["=Qwen2.5-VL-72B-Instruct","=qwen2.5-vl-72b-instruct"],"context":32768,"prices":[{"rates":{"inputTokens":1.01,"outputTokens":1.01}}]},
    {"id":"Qwen3-32B","names":["=Qwen3-32B","=qwen3-32b"],"context":32768,"prices":[{"rates":{"inputTokens":0.09,"outputTokens":0.25}}]},
    {"id":"Qwen3-Coder-30B-A3B-Instruct","names":["=Qwen3-Coder-30B-A3B-Instruct","=qwen3-coder-30b-a3b-instruct"],"context":262144,"prices":[{"rates":{"inputTokens":0.07,"outputTokens":0.26}}]},
    {"id":"bge-base-en-v1.5","names":["=bge-base-en-v1.5"],"context":512,"prices":[{"rates":{"inputTokens":0.01}}]},
    {"id":"bge-m3","names":["=bge-m3"],"context":8192,"prices":[{"rates":{"inputTokens":0.01}}]},
    {"id":"bge-multilingual-gemma2","names":["=bge-multilingual-gemma2"],"context":8192,"prices":[{"rates":{"inputTokens":0.01}}]},
    {"id":"gpt-oss-120b","names":["=gpt-oss-120b"],"context":131072,"prices":[{"rates":{"inputTokens":0.09,"outputTokens":0.47}}]},
    {"id":"gpt-oss-20b","names":["=gpt-oss-20b"],"context":131072,"prices":[{"rates":{"inputTokens":0.05,"outputTokens":0.18}}]},
  ],
};
