import { chatProvider, PERHAPS_BOTH } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/**
 * An address may name the provider that requests are forwarded to; a name may too, behind a colon.
 */
const ROUTE = /^\/([a-z0-9-]+)\/v\d/;

/** Hugging Face's router, which forwards to other providers at their prices. */
export const HUGGINGFACE: Provider = chatProvider({
  id: "huggingface",
  telemetry: "hugging_face",
  hosts: [/^router\.huggingface\.co$/],
  upstream: { base: "https://router.huggingface.co", version: "/v1" },
  priceName(model, { pathname }) {
    const [, route] = ROUTE.exec(pathname) ?? [];
    return route === undefined || model.includes(":") ? model : `${model}:${route}`;
  },
  limits: PERHAPS_BOTH,
  asksForUsage: false,
  switchesHosts: true,
  hiddenPromptTokens: () => 2048,
});
