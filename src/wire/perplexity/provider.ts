import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";
import { fieldsOf } from "../fields.ts";
import { at } from "../json/untrusted.ts";

/** Research reads and thinks as long as it likes; what it reads is billed. */
const RESEARCH = /deep-research/;

/** Perplexity. What its searches find is not billed as input, but each request has a fee. */
export const PERPLEXITY: Provider = chatProvider({
  id: "perplexity",
  hosts: [/(?:^|\.)perplexity\.ai$/],
  upstream: { base: "https://api.perplexity.ai", version: "" },
  limits: OLD_NAME,
  asksForUsage: false,
  hiddenPromptTokens: () => 1024,
  fields: {
    "openai-chat": fieldsOf("steers", [
      "search_mode",
      "search_domain_filter",
      "search_recency_filter",
      "search_after_date_filter",
      "search_before_date_filter",
      "last_updated_after_filter",
      "last_updated_before_filter",
      "return_images",
      "return_related_questions",
      "disable_search",
      "enable_search_classifier",
      "language_preference",
      "media_response",
      "web_search_options",
    ]),
  },
  unboundedModel: (model) =>
    RESEARCH.test(model) ? `the model ${model.slice(0, 40)}, which searches on` : undefined,
  // https://docs.perplexity.ai/api-reference/chat-completions-post
  reportedUsd(_answer, usage) {
    const cost = at(usage, "cost", "total_cost");
    return typeof cost === "number" ? cost : undefined;
  },
});
