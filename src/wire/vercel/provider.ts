import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { at, fieldOf, has, listAt } from "../json/untrusted.ts";
import { grokOvershoot } from "../xai/provider.ts";

const FIELDS: Fields = {
  models: { unbounded: "models, other models that may answer in place of the first" },
  ...fieldsOf("content", ["reasoning"]),
  providerOptions: { unbounded: "providerOptions, which may choose other models" },
};

function numberOf(value: unknown): number | undefined {
  const amount = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof amount === "number" && Number.isFinite(amount) ? amount : undefined;
}

/** Vercel's AI Gateway. https://vercel.com/docs/ai-gateway */
export const VERCEL: Provider = chatProvider({
  id: "vercel",
  prices: "vercel",
  hosts: [/^ai-gateway\.vercel\.sh$/],
  aliases: ["gateway", "ai-gateway"],
  upstream: { base: "https://ai-gateway.vercel.sh", version: "/v1" },
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
    [/\/messages$/, "anthropic-messages"],
    [/\/embeddings$/, "openai-embeddings"],
    [/\/v\d\/ai\/language-model$/, "vercel-language-model"],
    [/\/v\d\/ai\/embedding-model$/, "vercel-embeddings"],
  ],
  limits: PERHAPS_BOTH,
  asksForUsage: true,
  switchesHosts: true,
  overshoot: (call) =>
    call.model.startsWith("xai/") ? grokOvershoot(call) : { times: 2, plus: 256 },
  hiddenPromptTokens: () => 2048,
  fields: {
    "openai-chat": FIELDS,
    "openai-responses": FIELDS,
    "anthropic-messages": FIELDS,
  },
  otherModels: (body) => listAt(body, "models").filter((each) => typeof each === "string"),
  // https://vercel.com/docs/ai-gateway/capabilities/usage
  reportedUsd(answer, usage) {
    const cost = numberOf(fieldOf(usage, "cost"));
    const gateway = at(answer, "provider_metadata", "gateway");
    if (cost === undefined) return numberOf(fieldOf(gateway, "cost"));
    if (!has(usage, "is_byok") || fieldOf(usage, "is_byok") === false) return cost;
    const upstream = numberOf(at(usage, "cost_details", "upstream_inference_cost"));
    return cost + (upstream ?? numberOf(fieldOf(usage, "market_cost")) ?? 0);
  },
});
