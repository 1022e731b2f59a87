// What the `RateLimit` headers of an answer say: how much is left with what is held for the call.

import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { chat, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";
const MICRO = 1_000_000;

function leftIn(answer: Response): number {
  return Number(/"usd";r=(\d+)/.exec(answer.headers.get("ratelimit") ?? "")?.[1]);
}

describe("what is left, in the headers of answers", () => {
  it("each answer has what is left once its own call is held, and earlier ones are booked", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada");
    const shown: number[] = [];
    for (const maxTokens of [1000, 10, 5000]) {
      const answer = await ask(CHAT, key, chat("Hello", { max_tokens: maxTokens }));
      shown.push(leftIn(answer));
      await answer.text();
      await provider.idle();
    }
    const entries = await (await store.pool("users/ada")).ledger();
    expect(entries).toHaveLength(3);
    let used = 0;
    const expected = entries.map(({ held, amount }) => {
      const left = 1 - used - (held?.usd ?? NaN);
      used += amount.usd;
      return Math.floor(left * MICRO + 1e-6);
    });
    expect(shown).toEqual(expected);
  });

  it("a call that is refused takes nothing from what the next answer shows", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider, { wait: false });
    const key = await keyFor("users/ada");
    const left = async (path: string, init?: RequestInit) => leftIn(await ask(path, key, init));
    await (await store.pool("users/ada")).configure({ caps: { usd: 0.001 }, window: null });
    expect(await left("/budget")).toBe(1000);
    const large = chat("Hello", { max_tokens: 16_000, n: 100 });
    expect((await ask(CHAT, key, large)).status).toBe(402);
    expect(await left(CHAT, large)).toBe(1000);
    expect(await left("/budget")).toBe(1000);
  });

  it("the calls of everyone below a pool count in what its lead is shown", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    await (await store.pool("acme")).configure({ caps: { usd: 1 } });
    const [ada, bob] = await Promise.all(
      ["acme/ada", "acme/bob"].map(async (pool) => keyFor(pool, { role: "lead", subtree: "acme" })),
    );
    const first = await ask(CHAT, ada, chat());
    await first.text();
    await provider.idle();
    const second = await ask(CHAT, bob, chat());
    await second.text();
    const [entry] = await (await store.pool("acme/ada")).ledger();
    expect(leftIn(second)).toBeLessThan(MICRO - Math.ceil((entry?.amount.usd ?? NaN) * MICRO));
  });
});
