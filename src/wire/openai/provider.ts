import { NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Overshoot } from "../wire.ts";
import type { Provider } from "../provider.ts";
import { openaiChat } from "./chat.ts";
import { openaiEmbeddings } from "./embeddings.ts";
import { openaiResponses } from "./responses.ts";

/** Models that run several passes, of which `max_output_tokens` does not limit the sum. */
const PRO = /^(?:.*\/)?(?:o\d|gpt-[\d.]+)-pro(?:-|$)/;

/** How far an answer of OpenAI's may pass its limit: 164 tokens to a limit of 100 were recorded. */
export function openaiOvershoot({ model }: { readonly model: string }): Overshoot | undefined {
  return PRO.test(model) ? "model maximum" : undefined;
}

/** OpenAI. */
export const OPENAI: Provider = {
  id: "openai",
  prices: "openai",
  telemetry: "openai",
  hosts: [/(?:^|\.)openai\.com$/],
  upstream: { base: "https://api.openai.com", version: "/v1" },
  environment: [
    { name: "OPENAI_BASE_URL", path: "/v1" },
    { name: "OPENAI_API_BASE", path: "/v1" },
  ],
  routes: [
    [/\/chat\/completions$/, openaiChat],
    [/\/responses$/, openaiResponses],
    [/\/embeddings$/, openaiEmbeddings],
  ],
  // https://platform.openai.com/docs/api-reference
  free: [
    /\/responses\/input_tokens$/,
    /\/responses\/[^/]+\/cancel$/,
    /\/moderations$/,
    /\/v1\/files$/,
    /\/v1\/uploads(?:\/[^/]+(?:\/(?:parts|complete|cancel))?)?$/,
    /\/conversations(?:\/[^/]+(?:\/items)?)?$/,
    /\/chat\/completions\/[^/]+$/,
    // Assistants and threads are records; a run of one is billed.
    /\/assistants(?:\/[^/]+)?$/,
    /\/threads(?:\/[^/]+(?:\/messages(?:\/[^/]+)?)?)?$/,
    /\/traces\/ingest$/,
  ],
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens
  limitNames: () => NEW_NAME_FIRST,
  usageByOption: () => true,
  overshoot: openaiOvershoot,
};
