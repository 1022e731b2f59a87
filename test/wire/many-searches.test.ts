// A limit is written into few tools: into thousands it would take minutes.

import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";

const search = { type: "web_search_20250305", name: "web_search" };

async function asked(
  searches: number,
): Promise<{ readonly status: number; readonly sent: string }> {
  let sent = "";
  const fetch = meteredFetch(new BudgetPool({ caps: { usd: 1000 } }), {
    fetch: (_input, init) => {
      sent = typeof init?.body === "string" ? init.body : "";
      return Promise.resolve(new Response("{}"));
    },
  });
  const answer = await fetch("https://api.anthropic.com/v1/messages", {
    method: "POST",
    body: JSON.stringify({
      model: "claude-haiku-4-5",
      max_tokens: 100,
      messages: [{ role: "user", content: "Hi" }],
      tools: Array.from({ length: searches }, () => search),
    }),
  });
  await answer.text();
  return { status: answer.status, sent };
}

it("a few searches without a limit get one each", async () => {
  const { status, sent } = await asked(3);
  expect(status).toBe(200);
  expect(sent.match(/"max_uses":\d+/g)).toHaveLength(3);
});

it("20,000 searches without a limit are refused, and none is written into", async () => {
  expect(await asked(20_000)).toEqual({ status: 400, sent: "" });
});
