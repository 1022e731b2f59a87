// A process that calls a provider through the meter until it is killed, with calls under way.

import process from "node:process";

import { meteredFetch } from "../../src/meter/index.ts";
import { openStore } from "./open-store.ts";

const CALLS_AT_ONCE = 8;

const [address = "", url = ""] = process.argv.slice(2);
const store = openStore(address);
const pool = await store.pool("acme/search", { leaseMs: 300 });
const fetch = meteredFetch(pool, { provider: "openai" });
const body = JSON.stringify({
  model: "gpt-4o-mini",
  max_completion_tokens: 400,
  messages: [{ role: "user", content: "Hello" }],
});

async function call(): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one call of a task after another
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await answer.text();
  }
}

process.send?.("calling");
await Promise.all(Array.from({ length: CALLS_AT_ONCE }, call));
