// Calls that fit only because the provider has counted them, through official clients; and counts
// that are wrong, late, or none.

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import type { MeteredFetchOptions } from "../../src/meter/index.ts";
import { expectEqualBooks } from "./books.ts";
import { ANTHROPIC_URL, GOOGLE_URL, meteredBy, OPENAI_URL, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

type Fetch = typeof globalThis.fetch;
/** 40,000 bytes, of which the provider makes a quarter as many tokens. */
const LONG = "lorem ipsum ".repeat(3333);
const MESSAGES_URL = `${ANTHROPIC_URL}/v1/messages`;

/** Each asks for a model at $1 and some dollars a million tokens, with room for 500 tokens. */
const CLIENTS: Readonly<Record<string, (fetch: Fetch) => Promise<unknown>>> = {
  "@anthropic-ai/sdk": (fetch) => {
    const client = new Anthropic({ apiKey: "k", baseURL: ANTHROPIC_URL, fetch, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: LONG }];
    return client.messages.create({ model: "claude-haiku-4-5", max_tokens: 500, messages });
  },
  "openai, responses": (fetch) => {
    const client = new OpenAI({ apiKey: "k", baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries: 0 });
    return client.responses.create({ model: "gpt-4o", max_output_tokens: 500, input: LONG });
  },
  "@google/genai": (fetch) => {
    const client = new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: GOOGLE_URL, fetch } });
    const config = { maxOutputTokens: 500 };
    return client.models.generateContent({ model: "gemini-2.5-pro", contents: LONG, config });
  },
};
/** More than a count holds, and less than the bytes do. */
const ROOM_USD: Readonly<Record<string, number>> = {
  "@anthropic-ai/sdk": 0.025,
  "openai, responses": 0.05,
  "@google/genai": 0.03,
};

describe("the provider's own count", () => {
  describe.each(Object.entries(CLIENTS))("with %s", (name, ask) => {
    const usd = ROOM_USD[name];

    it("the provider's count lets a call through that its bytes do not", async () => {
      const { fetch, pool, reports } = metered(usd);
      await ask(fetch);
      expect(reports[0]).toMatchObject({
        outcome: "used",
        boundedBy: ["the provider's count"],
        countRequests: 1,
        writtenLimit: undefined,
      });
      const [counted, sent] = provider.requests;
      expect(counted?.route).toBe("countTokens");
      for (const key of ["authorization", "x-api-key", "x-goog-api-key"])
        expect(counted?.headers[key]).toBe(sent?.headers[key]);
      await expectEqualBooks(pool, provider);
    });

    it("the provider counts no tokens if there is room, if it cannot help, or with `countTokens: false`", async () => {
      for (const [room, options] of [
        [1, {}],
        [0.001, {}],
        [usd, { countTokens: false }],
      ] as const) {
        provider.clear();
        const { fetch } = metered(room, options);
        await ask(fetch).catch(() => undefined);
        expect(provider.requests.filter(({ route }) => route === "countTokens")).toEqual([]);
      }
    });
  });
});

const ASKED = {
  model: "claude-haiku-4-5",
  max_tokens: 500,
  messages: [{ role: "user", content: LONG }],
};

/** A meter on $0.025 whose requests for a count are answered by `count`. */
function countedBy(count: () => Response | Promise<Response>, options: MeteredFetchOptions = {}) {
  const asked: string[] = [];
  const made = metered(0.025, {
    ...options,
    fetch: async (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      if (!address.includes("count_tokens")) return provider.fetch(input, init);
      asked.push(typeof init?.body === "string" ? init.body : "");
      return count();
    },
  });
  const send = async (): Promise<number> => {
    const answer = await made.fetch(MESSAGES_URL, post(ASKED));
    await answer.text();
    return answer.status;
  };
  return { ...made, asked, send };
}

describe("a count that is none", () => {
  it.each([
    ["an error", () => new Response("{}", { status: 500 })],
    ["no count", () => new Response('{"input_tokens":"many"}')],
    ["a text without end", () => new Response("x".repeat(100_000))],
    ["a failure", () => Promise.reject(new Error("gone"))],
  ] as const)("is left out, and not asked for again at once: %s", async (_what, count) => {
    const { send, asked, reports } = countedBy(count);
    expect(await send()).toBe(402);
    expect(await send()).toBe(402);
    expect(asked).toHaveLength(1);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["refused", "refused"]);
  });

  it("a provider's count below the bill is booked, marked, and not believed again", async () => {
    const { send, asked, reports, pool } = countedBy(() => new Response('{"input_tokens":10}'));
    expect(await send()).toBe(200);
    await expectEqualBooks(pool, provider);
    expect(reports[0]?.outcome).toBe("bounded");
    expect(reports[0]?.doubts).toContainEqual(expect.stringContaining("input tokens"));
    pool.reset();
    expect(await send()).toBe(200);
    expect(asked).toHaveLength(1);
    expect(reports[1]?.boundedBy).toEqual(["counted before"]);
  });

  it("gateways are not asked to count tokens, because they may estimate", async () => {
    const { asked, fetch } = countedBy(() => new Response('{"input_tokens":10000}'), {
      provider: "anthropic",
    });
    const answer = await fetch("https://gateway.example/v1/messages", post(ASKED));
    expect(answer.status).toBe(402);
    expect(asked).toEqual([]);
  });

  it("a request for a count holds only the fields that are counted", async () => {
    const { asked, fetch } = countedBy(() => new Response('{"input_tokens":10000}'));
    const tools = [{ name: "look", input_schema: { type: "object" } }];
    const body = { ...ASKED, tools, temperature: 1, metadata: { user_id: "u" }, stream: true };
    await (await fetch(MESSAGES_URL, post(body))).text();
    const { max_tokens: _limit, ...counted } = ASKED;
    expect(JSON.parse(asked[0] ?? "")).toEqual({ ...counted, tools });
  });
});
