// `npx node bench/conversation.ts`: what a metered call of a 700 kB conversation takes of the processor, where there is room for its
// bytes, and where what was counted before has to be looked up. In the time of the processor: a busy neighbor does not count.

import process from "node:process";

import { BudgetPool } from "../dist/index.js";
import { meteredFetch } from "../dist/meter/index.js";
import { printTable } from "./print.ts";

const MESSAGES = 350;
const BYTES = 700_000;
const ROUNDS = 40;
const WARM_UP = 8;
const WORDS = "lorem ipsum dolor sit amet ".repeat(200);
const INPUT_TOKENS = 180_000;

const answer = JSON.stringify({
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5",
  content: [{ type: "text", text: "…" }],
  stop_reason: "end_turn",
  usage: { input_tokens: INPUT_TOKENS, output_tokens: 50 },
});

/** A body that no other round has, and that goes on from the one before. */
function bodyOf(round: number): string {
  const each = Math.floor(BYTES / MESSAGES) - 60;
  const messages = Array.from({ length: MESSAGES + 2 * round + 1 }, (_none, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: at < MESSAGES ? `${at} ${WORDS.slice(0, each)}` : at % 2 === 0 ? "And now?" : "…",
  }));
  return JSON.stringify({ model: "claude-haiku-4-5", max_tokens: 500, messages });
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

async function fastest(fetch: Fetch): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const body = bodyOf(round);
    const began = process.cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    const response = await fetch("https://api.anthropic.com/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": "k" },
      body,
    });
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    await response.text();
    if (!response.ok) throw new Error(`a call was refused in round ${round}`);
    const { user, system } = process.cpuUsage(began);
    if (round >= WARM_UP) times.push((user + system) / 1000);
  }
  return Math.min(...times);
}

const provider = async (): Promise<Response> =>
  new Response(answer, { headers: { "content-type": "application/json" } });
const bare = await fastest(provider);
const roomy = await fastest(
  meteredFetch(new BudgetPool({ caps: { usd: 1000 } }), { fetch: provider }),
);
/** Room for the context window at first, then for what was counted alone. */
const pool = new BudgetPool({ caps: { usd: 1 } });
let lookedUp = 0;
const metered = meteredFetch(pool, {
  fetch: provider,
  countTokens: false,
  onExchange({ boundedBy }) {
    if (boundedBy.includes("counted before")) lookedUp++;
  },
});
const counted = await fastest(async (url, init) => {
  const answered = await metered(url, init);
  const body = await answered.text();
  pool.reset();
  pool.configure({ caps: { usd: 0.195 } });
  return new Response(body, answered);
});
if (lookedUp < ROUNDS - 1)
  throw new Error(`what was counted before bounded ${lookedUp} of ${ROUNDS} calls`);

printTable(
  ["a call of 700 kB, 350 messages", "ms of CPU", "more than bare"],
  [
    ["bare `fetch`", bare.toFixed(2), ""],
    ["metered, with room for its bytes", roomy.toFixed(2), (roomy - bare).toFixed(2)],
    ["metered, by what was counted before", counted.toFixed(2), (counted - bare).toFixed(2)],
  ],
);
