import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport, MeteredFetchOptions } from "../../src/meter/index.ts";
import type { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";

/** The addresses of providers, each of which the simulated one stands for. */
export const OPENAI_URL = "https://api.openai.com";
export const ANTHROPIC_URL = "https://api.anthropic.com";
export const GOOGLE_URL = "https://generativelanguage.googleapis.com";
export const CHAT_URL: string = `${OPENAI_URL}/v1/chat/completions`;

/** A small request for a chat completion. */
export const CHAT: object = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
};

/** What `fetch` takes to post JSON. */
export function post(body: object): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** A pool and a fetch on it, with what it reports. */
export interface Metered {
  readonly pool: BudgetPool;
  readonly reports: readonly ExchangeReport[];
  readonly fetch: typeof globalThis.fetch;
  /** Asks for a chat completion, with more in the body. */
  readonly chat: (body?: object) => Promise<Response>;
}

/** Makes pools of so many dollars, whose fetch asks this provider by the name of any other. */
export function meteredBy(
  provider: SimulatedProvider,
): (usd?: number, options?: MeteredFetchOptions) => Metered {
  return (usd = 5, options = {}) => {
    const pool = new BudgetPool({ caps: { usd } });
    const reports: ExchangeReport[] = [];
    const fetch = meteredFetch(pool, {
      fetch: provider.fetch,
      onExchange: (report) => reports.push(report),
      ...options,
    });
    const chat = (body: object = {}): Promise<Response> =>
      fetch(CHAT_URL, post({ ...CHAT, ...body }));
    return { pool, reports, fetch, chat };
  };
}
