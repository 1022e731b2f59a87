// What a refusal says: why, how much, and what the user of the meter has to do about it.

import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { MeteredFetchOptions } from "../../src/meter/index.ts";
import { CHAT_URL, OPENAI_URL, post } from "./metered.ts";

const RESPONSES_URL = `${OPENAI_URL}/v1/responses`;
const MESSAGES = [{ role: "user", content: "hi" }];

/** The message of the refusal; nothing is ever sent. */
async function refusal(
  url: string,
  body: object,
  options: MeteredFetchOptions = {},
  pool: BudgetPool = new BudgetPool({ caps: { usd: 5 } }),
): Promise<string> {
  const fetch = meteredFetch(pool, {
    ...options,
    fetch: () => Promise.reject(new Error("it was sent")),
  });
  const answer = await fetch(url, post(body));
  const { error } = (await answer.json()) as { error: { message: string } };
  return error.message;
}

describe("the text of refusals", () => {
  it("a refusal says why a call may cost that much", async () => {
    const model = "gpt-5.5";
    expect(
      await refusal(RESPONSES_URL, { model, input: "hi", previous_response_id: "resp_1" }),
    ).toMatch(/a previous response may fill the context of 1,\d{3},000 tokens/);
    expect(
      await refusal(RESPONSES_URL, { model, input: "hi", tools: [{ type: "web_search" }] }),
    ).toMatch(/web_search may make the model read the context of [\d,]+ tokens up to \d+ times/);
    const long = { model, messages: MESSAGES };
    const small = new BudgetPool({ caps: { usd: 0.01 } });
    expect(await refusal(CHAT_URL, long, { rewrite: "never" }, small)).toMatch(
      /the call has no output limit, and the model may write 128,000 tokens/,
    );
  });

  it("a refusal says that others hold the room, and which option waits for them", async () => {
    const pool = new BudgetPool({ caps: { usd: 0.1 } });
    pool.reserve({ usd: 0.099_99 });
    const body = { model: "gpt-4o", messages: MESSAGES };
    const once = await refusal(CHAT_URL, body, { wait: false }, pool);
    expect(once).toMatch(/running calls hold \$0\.1000: .*`wait: true`/);
    const waited = await refusal(CHAT_URL, body, { wait: { timeoutMs: 1 } }, pool);
    expect(waited).toMatch(/running calls have held \$0\.1000 for 1 ms: .*`wait: \{ timeoutMs \}`/);
  });

  it("a refusal says which options give a model a price, and how old the prices are", async () => {
    const message = await refusal(CHAT_URL, { model: "gpt4o", messages: MESSAGES });
    expect(message).toContain("the nearest known are openai/gpt-4o");
    expect(message).toMatch(/prices are as of \d{4}-\d\d-\d\d/);
    expect(message).toContain('`models: { "gpt4o": ');
    expect(message).toContain('`prices: priceBook.with({ "openai/gpt4o": ');
    expect(message).toContain('`unknownModel: "dearest"`');
    // No number that may be taken for the price of the model.
    expect(message).not.toMatch(/Tokens: \d/);
  });

  it("a refusal says which options are for an unknown host, and for this machine", async () => {
    const body = { model: "my-alias", messages: MESSAGES };
    const gateway = await refusal("https://gateway.example/v1/chat/completions", body);
    for (const option of ["`provider`", "`prices: ", "`models: "])
      expect(gateway).toContain(option);
    expect(gateway).not.toContain("localModels");
    const local = await refusal("http://127.0.0.1:8000/v1/chat/completions", body);
    expect(local).toContain('`localModels: "free"`');
  });

  it("a refusal says why a route is refused by name, and what to do", async () => {
    const message = await refusal(`${OPENAI_URL}/v1/threads/thread_1/runs`, {});
    expect(message).toContain("Assistants ended on August 26, 2026");
    expect(message).toContain("Use /v1/responses");
  });

  it("a refusal says which option lets a route through, and which prices it", async () => {
    const message = await refusal(`${OPENAI_URL}/v1/containers`, {});
    expect(message).toContain('`unmetered: "pass"`');
    expect(message).toContain('`routes: { "/v1/containers": { usd: 0.01 } }`');
  });
});
