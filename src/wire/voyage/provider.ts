import { chatProvider, OLD_NAME } from "../compatible/chat-provider.ts";
import type { Provider } from "../provider.ts";

/** Voyage's embeddings. https://docs.voyageai.com/reference/embeddings-api */
export const VOYAGE: Provider = chatProvider({
  id: "voyage",
  hosts: [/(?:^|\.)voyageai\.com$/],
  aliases: ["voyageai"],
  upstream: { base: "https://api.voyageai.com", version: "/v1" },
  routes: [
    [/\/v1\/embeddings$/, "openai-embeddings"],
    [/\/v1\/rerank$/, "rerank"],
  ],
  limits: OLD_NAME,
  asksForUsage: false,
});
