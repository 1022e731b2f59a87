import assert from "node:assert/strict";
import process from "node:process";

import { BudgetPool } from "token-budget";
import { budgetMiddleware } from "token-budget/ai-sdk";
import { anthropicMiddleware } from "token-budget/anthropic";
import { budgetPlugin } from "token-budget/bedrock";
import { adaptiveEstimate, budgetExceededFrom, meteredFetch } from "token-budget/meter";
import { budgetMetrics } from "token-budget/otel";
import { currentBudget, withBudget } from "token-budget/scope";

let checks = 0;
const check = (actual, expected) => {
  assert.deepEqual(actual, expected);
  checks++;
};

const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const chunk = (content) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const last = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;

/** A provider in the place of the network. */
async function provider(_url, { body }) {
  const asked = JSON.parse(body);
  if (asked.stream !== true)
    return new Response(JSON.stringify({ choices: [], usage }), {
      headers: { "content-type": "application/json" },
    });
  check(asked.stream_options, { include_usage: true });
  return new Response(`${chunk("Hel")}${chunk("lo")}${last}data: [DONE]\n\n`, {
    headers: { "content-type": "text/event-stream" },
  });
}

const url = "https://api.openai.com/v1/chat/completions";
const request = (more = {}) => ({
  method: "POST",
  body: JSON.stringify({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hello" }],
    ...more,
  }),
});

const pool = new BudgetPool({ caps: { usd: 0.1 } });
const metered = meteredFetch(pool, { fetch: provider, estimate: adaptiveEstimate() });
check((await (await metered(url, request())).json()).usage, usage);
check(pool.snapshot().used.usd, 0.0035);
const stream = await metered(url, request({ stream: true }));
check(await stream.text(), `${chunk("Hel")}${chunk("lo")}data: [DONE]\n\n`);
check(pool.snapshot().used.usd, 0.007);
pool.configure({ caps: { usd: 0.007 } });
const refused = await metered(url, request());
check([refused.status, refused.headers.get("x-should-retry")], [402, "false"]);
check(budgetExceededFrom(await refused.json())?.axis, "usd");

const scoped = meteredFetch(currentBudget, { fetch: provider });
const other = new BudgetPool();
await withBudget(other, async () => {
  await Promise.resolve();
  await (await scoped(url, request())).text();
});
check(other.snapshot().used.calls, 1);
check(budgetMiddleware(pool).specificationVersion, "v3");
const answer = { type: "message", usage: { input_tokens: 1000, output_tokens: 100 } };
const middleware = anthropicMiddleware(other);
const message = { model: "claude-haiku-4-5", max_tokens: 100, messages: [] };
const sent = { method: "POST", body: JSON.stringify(message) };
const passed = await middleware(
  { url: "https://api.anthropic.com/v1/messages", ...sent },
  async () => new Response(JSON.stringify(answer)),
);
check(await passed.json(), answer);
check(other.snapshot().used.calls, 2);
const added = [];
budgetPlugin(other).applyToStack({
  add: (_middleware, { step }) => added.push(step),
  addRelativeTo: (_middleware, { toMiddleware }) => added.push(toMiddleware),
});
check(added, ["httpSigningMiddleware", "deserialize"]);
assert.throws(() => budgetMetrics({}), TypeError);
checks++;
process.stdout.write(`passed ${checks} checks\n`);
