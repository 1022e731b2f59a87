// The official clients in conversations that fit into a pool only because of what was counted.

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../../src/index.ts";
import { meteredFetch } from "../../../src/meter/index.ts";
import type { ExchangeReport, MeteredFetchOptions } from "../../../src/meter/index.ts";
import { expectEqualBooks } from "../books.ts";
import { ANTHROPIC_URL, CHAT_URL, GOOGLE_URL, OPENAI_URL, post } from "../metered.ts";
import { startProvider } from "../provider.ts";

const provider = await startProvider();

type Fetch = typeof globalThis.fetch;
interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}
/** Sends a conversation, and returns the answer. */
type Say = (turns: readonly Turn[]) => Promise<string>;

const key = "sk-1";
const anthropic = (fetch: Fetch, apiKey = key): Say => {
  const client = new Anthropic({ apiKey, baseURL: ANTHROPIC_URL, fetch, maxRetries: 0 });
  return async (messages) => {
    const asked = { model: "claude-haiku-4-5", max_tokens: 500, messages: [...messages] };
    const { content } = await client.messages.create(asked);
    return content[0]?.type === "text" ? content[0].text : "";
  };
};
const chat = (fetch: Fetch): Say => {
  const client = new OpenAI({ apiKey: key, baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries: 0 });
  return async (messages) => {
    const asked = { model: "gpt-4o", max_completion_tokens: 500, messages: [...messages] };
    let text = "";
    for await (const chunk of await client.chat.completions.create({ ...asked, stream: true }))
      text += chunk.choices[0]?.delta.content ?? "";
    return text;
  };
};
const responses = (fetch: Fetch): Say => {
  const client = new OpenAI({ apiKey: key, baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries: 0 });
  return async (turns) => {
    const asked = { model: "gpt-4o", max_output_tokens: 500, input: [...turns] };
    return (await client.responses.create(asked)).output_text;
  };
};
const google = (fetch: Fetch): Say => {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: GOOGLE_URL, fetch } });
  return async (turns) => {
    const contents = turns.map(({ role, content }) => ({
      role: role === "user" ? "user" : "model",
      parts: [{ text: content }],
    }));
    const config = { maxOutputTokens: 500 };
    const asked = { model: "gemini-2.5-pro", contents, config };
    return (await client.models.generateContent(asked)).text ?? "";
  };
};

interface Meter {
  readonly pool: BudgetPool;
  readonly fetch: Fetch;
  readonly reports: readonly ExchangeReport[];
  /** Leaves so many dollars in the pool. */
  readonly leave: (usd: number) => void;
}

function meter(options: MeteredFetchOptions = {}): Meter {
  const pool = new BudgetPool({ caps: { usd: 5 }, overage: "allow" });
  const reports: ExchangeReport[] = [];
  const fetch = meteredFetch(pool, {
    fetch: provider.fetch,
    clampOutput: false,
    countTokens: false,
    onExchange: (report) => reports.push(report),
    ...options,
  });
  const leave = (usd: number): void => {
    const { used } = pool.snapshot();
    pool.configure({ caps: { usd: Math.ceil((used.usd + usd) * 1e6) / 1e6 } });
  };
  return { pool, fetch, reports, leave };
}

const LONG = "It was a bright cold day in April, and the clocks were striking. ".repeat(800);
const first: Turn = { role: "user", content: LONG };
const next = (answer: string): readonly Turn[] => [
  first,
  { role: "assistant", content: answer },
  { role: "user", content: "And then?" },
];

describe("a call that continues a counted one", () => {
  const clients = { anthropic, chat, responses, google };
  for (const [name, make] of Object.entries(clients)) {
    it(`a call that continues a counted one fits although its bytes would not, with ${name}`, async () => {
      const { pool, fetch, reports, leave } = meter();
      const say = make(fetch);
      // What is left is near what the first call holds, so that it is remembered.
      leave(0.5);
      const answer = await say([first]);
      const spent = reports[0]?.booked?.usd ?? 0;
      leave(spent * 1.5 + 0.012);
      expect(await say(next(answer))).not.toBe("");
      const [one, two] = reports;
      expect(two?.outcome).toBe("used");
      const counted = (one?.booked?.inputTokens ?? 0) + (one?.booked?.outputTokens ?? 0);
      expect(two?.held?.inputTokens).toBeGreaterThan(counted + answer.length);
      expect(two?.held?.inputTokens).toBeLessThan(counted + answer.length + 700);
      expect(two?.held?.inputTokens).toBeGreaterThanOrEqual(two?.booked?.inputTokens ?? 0);
      // A meter that has not seen the first call refuses the second one.
      leave(spent * 1.5 + 0.012);
      const stranger = make(
        meteredFetch(pool, {
          fetch: provider.fetch,
          clampOutput: false,
          countTokens: false,
          countsBytesMax: 0,
        }),
      );
      await expect(stranger(next(answer))).rejects.toThrow(/budget/i);
    });
  }

  it("a continuing call is not shortened if the count leaves room for all of it", async () => {
    const { fetch, reports, leave } = meter({ clampOutput: true });
    const say = anthropic(fetch);
    leave(0.5);
    const answer = await say([first]);
    leave(0.03);
    await say(next(answer));
    expect(reports[1]).toMatchObject({ outcome: "used", writtenLimit: undefined });
    expect(provider.requests[1]?.body).toMatchObject({ max_tokens: 500 });
  });

  it("a continuing call is bounded by its bytes if they fit: nothing is computed without need", async () => {
    const { pool, fetch, reports } = meter();
    const say = anthropic(fetch);
    const answer = await say([first]);
    await say(next(answer));
    expect(reports[1]?.held?.inputTokens).toBeGreaterThan(LONG.length);
    await expectEqualBooks(pool, provider);
  });

  it("a continuing call does not use the counts of another account", async () => {
    const { fetch, leave } = meter();
    leave(0.5);
    const answer = await anthropic(fetch)([first]);
    leave(0.03);
    await expect(anthropic(fetch, "sk-2")(next(answer))).rejects.toThrow(/budget/i);
    expect(await anthropic(fetch)(next(answer))).not.toBe("");
  });
});

describe("a call that continues a response", () => {
  it("a call that continues a response holds the counted tokens, not the whole context window", async () => {
    const { pool, fetch, reports } = meter();
    const client = new OpenAI({ apiKey: key, baseURL: `${OPENAI_URL}/v1`, fetch, maxRetries: 0 });
    const ask = (input: string, previous_response_id?: string) =>
      client.responses.create({
        model: "gpt-4o",
        max_output_tokens: 500,
        input,
        ...(previous_response_id !== undefined && { previous_response_id }),
      });
    const one = await ask(LONG);
    const two = await ask("And then?", one.id);
    await ask("And then?", two.id);
    await ask("And then?", "resp_of_somebody_else");
    const held = reports.map((report) => report.held?.inputTokens ?? 0);
    const used = reports.map((report) => report.booked?.inputTokens ?? 0);
    expect(held[1]).toBeGreaterThanOrEqual(used[1] ?? 0);
    expect(held[1]).toBeLessThan((used[1] ?? 0) + 500);
    expect(held[2]).toBeLessThan((used[2] ?? 0) + 500);
    expect(held[3]).toBe(128_000);
    await expectEqualBooks(pool, provider);
  });
});

describe("a cache that is trusted", () => {
  const cached = [
    {
      role: "user",
      content: [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }],
    },
  ];
  const asked = (messages: readonly object[]): RequestInit => ({
    ...post({ model: "claude-sonnet-4-5", max_tokens: 100, messages }),
    headers: { "content-type": "application/json", "x-api-key": key },
  });
  const url = `${ANTHROPIC_URL}/v1/messages`;
  /** What the second call of a conversation holds, in dollars, when there is little room. */
  async function heldWith(options: MeteredFetchOptions): Promise<number | undefined> {
    const { pool, fetch, reports, leave } = meter(options);
    provider.behave(({ index }) =>
      index === 0 ? { cacheWriteTokens: 13_000 } : { cachedTokens: 13_000 },
    );
    leave(0.5);
    await (await fetch(url, asked(cached))).text();
    leave(0.08);
    const more = [
      { role: "assistant", content: "Yes" },
      { role: "user", content: "Sure?" },
    ];
    await (await fetch(url, asked([...cached, ...more]))).text();
    expect(reports[1]?.outcome).toBe("used");
    expect(pool.snapshot().reserved.usd).toBe(0);
    return reports[1]?.held?.usd;
  }

  it("a cache read is held at the price of a read with `cacheReads: 'expected'`", async () => {
    // 13,000 tokens at $0.30 a million, 100 of output at $15, some hundred new at $3.75.
    expect(await heldWith({ cacheReads: "expected" })).toBeLessThan(0.009);
  });

  it("a cache read is held at the price of a write without `cacheReads`", async () => {
    expect(await heldWith({})).toBeGreaterThan(13_000 * 3.75e-6);
  });
});

describe("a provider that counts wrongly", () => {
  it("a call of a provider that counts wrongly is booked by its bill, marked, and not believed any longer", async () => {
    let prompt_tokens = 1000;
    const fetch: Fetch = () => {
      const usage = { prompt_tokens, completion_tokens: 5, total_tokens: prompt_tokens + 5 };
      const choices = [{ index: 0, message: { role: "assistant", content: "Yes" } }];
      return Promise.resolve(Response.json({ model: "gpt-4o", choices, usage }));
    };
    const { fetch: ask, reports, leave } = meter({ fetch, wait: false });
    const turns = [first];
    const send = async (): Promise<number> => {
      const answer = await ask(
        CHAT_URL,
        post({ model: "gpt-4o", max_tokens: 50, messages: turns }),
      );
      await answer.text();
      turns.push({ role: "assistant", content: "Yes" }, { role: "user", content: "Sure?" });
      return answer.status;
    };
    leave(0.3);
    await send();
    for (let time = 1; time <= 3; time++) {
      // Room for what was counted last, and not for the bytes.
      leave(prompt_tokens * 2.5e-6 + 0.01);
      prompt_tokens += 15_000;
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      expect(await send()).toBe(200);
      expect(reports[time]).toMatchObject({
        outcome: "bounded",
        doubts: [expect.stringContaining(`${prompt_tokens} input tokens`)],
        booked: { inputTokens: prompt_tokens },
        exceeded: true,
      });
    }
    leave(prompt_tokens * 2.5e-6 + 0.01);
    expect(await send()).toBe(402);
  });
});

describe("the options", () => {
  it("meteredFetch rejects invalid options for counts and caches", () => {
    const pool = new BudgetPool();
    for (const options of [
      { countsBytesMax: -1 },
      { countsBytesMax: 1.5 },
      { cacheTrustMs: 0 },
      { cacheTrustMs: 300_001 },
      { cacheReads: "trusted" },
      { sharedCounts: true },
    ])
      expect(() => meteredFetch(pool, options as MeteredFetchOptions)).toThrow(/Expected/);
  });
});
