import { chatProvider, NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { countAt } from "../json/untrusted.ts";
import type { Overshoot } from "../overshoot.ts";

/** Models that answer at once. */
const WITHOUT_REASONING =
  /non-reasoning|(?:^|\/)grok-(?:[12](?:-|$)|3(?:-(?:beta|latest|fast[\w-]*))?$)/;
const TICKS_PER_DOLLAR = 1e10;

/**
 * Reasoning is billed beside the completion, and no limit covers it.
 * https://docs.x.ai/docs/guides/reasoning
 */
export function grokOvershoot({ model }: { readonly model: string }): Overshoot | undefined {
  return WITHOUT_REASONING.test(model) ? undefined : "model maximum";
}

/** Returns the same for a provider that serves Grok besides other models. */
export function grokElsewhere(call: { readonly model: string }): Overshoot | undefined {
  return /grok/i.test(call.model) ? grokOvershoot(call) : undefined;
}

/** grok-4 begins with some 680 tokens of its own. */
export const GROK_HIDDEN_PROMPT_TOKENS = 2048;

/** xAI. */
export const XAI: Provider = chatProvider({
  id: "xai",
  telemetry: "x_ai",
  hosts: [/(?:^|\.)x\.ai$/],
  aliases: ["x-ai", "grok"],
  upstream: { base: "https://api.x.ai", version: "/v1" },
  // LiteLLM. https://docs.litellm.ai/docs/providers/xai
  environment: [{ name: "XAI_API_BASE", path: "/v1" }],
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
  ],
  free: [/\/tokenize-text$/, /\/v1\/files$/],
  limits: NEW_NAME_FIRST,
  asksForUsage: true,
  overshoot: grokOvershoot,
  // Tokens cost 10 % more at the address for the United States.
  // https://docs.x.ai/developers/advanced-api-usage/regions
  placeOf: ({ url }) => (url.hostname === "us.api.x.ai" ? "us" : undefined),
  hiddenPromptTokens: () => GROK_HIDDEN_PROMPT_TOKENS,
  fields: {
    "openai-chat": { deferred: { unbounded: "deferred, which answers later" } },
  },
  // https://docs.x.ai/docs/api-reference
  reportedUsd(_answer, usage) {
    const ticks = countAt(usage, "cost_in_usd_ticks");
    return ticks === undefined ? undefined : ticks / TICKS_PER_DOLLAR;
  },
  knownCounts: ["cost_in_usd_ticks"],
});
