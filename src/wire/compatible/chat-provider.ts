// What providers have in common that speak OpenAI's chat format, and what differs between them
// most.

import type { LimitNames, Provider } from "../provider.ts";

const OLD = "max_tokens";
const NEW = "max_completion_tokens";

/** Reads `max_tokens` and passes the newer name over. */
export const OLD_NAME: LimitNames = { reads: [OLD], writes: [OLD] };
/** Reads both names. */
export const BOTH_NAMES: LimitNames = { reads: [OLD, NEW], writes: [OLD, NEW] };
/** Reads both names, and prefers the newer one. */
export const NEW_NAME_FIRST: LimitNames = { reads: [NEW, OLD], writes: [NEW, OLD] };
/** Reads the newer name, and perhaps the older one, which it calls deprecated. */
export const NEW_NAME: LimitNames = { reads: [NEW], mayRead: [OLD], writes: [NEW] };
/** Reads `max_tokens`, as every such server does, and perhaps the newer name. */
export const PERHAPS_BOTH: LimitNames = { reads: [OLD], mayRead: [NEW], writes: [OLD] };

const ROUTES: Provider["routes"] = [
  [/\/chat\/completions$/, "openai-chat"],
  [/\/embeddings$/, "openai-embeddings"],
];

/** The same, with completions of a text. */
export const COMPLETION_ROUTES: Provider["routes"] = [
  ...ROUTES,
  [/\/completions$/, "openai-completions"],
];

/** What has to be said of a provider that speaks OpenAI's chat format; the rest has a default. */
export type ChatProvider = Pick<Provider, "id" | "hosts"> &
  Partial<Omit<Provider, "limitNames" | "usageByOption">> & {
    readonly limits: LimitNames;
    /** Whether a stream reports usage only if `stream_options` asks for it, and supports that. */
    readonly asksForUsage: boolean;
  };

/** Makes the record of a provider that speaks OpenAI's chat format. */
export function chatProvider(given: ChatProvider): Provider {
  const { limits, asksForUsage, ...record } = given;
  return {
    prices: record.id,
    telemetry: record.id,
    routes: ROUTES,
    free: [],
    limitNames: () => limits,
    usageByOption: () => asksForUsage,
    ...record,
  };
}
