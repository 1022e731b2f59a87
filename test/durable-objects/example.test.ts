import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";
import { miniflare, startWorker } from "../support/miniflare.ts";
import type { Workerd } from "../support/miniflare.ts";

const found = await miniflare();

describe.skipIf(found === undefined)("the example Worker", () => {
  let provider: SimulatedProvider;
  let worker: Workerd;
  beforeAll(async () => {
    if (found === undefined) return;
    provider = await SimulatedProvider.start({ behave: () => ({ delayMs: 1 }) });
    const entry = new URL("../../examples/worker/worker.ts", import.meta.url).pathname;
    worker = await startWorker(found, entry, {
      bindings: { OPENAI_URL: provider.url, OPENAI_API_KEY: "key" },
      durableObjects: { BUDGETS: { className: "Budgets", useSQLite: true } },
      compatibilityFlags: [],
    });
  });
  afterAll(async () => {
    await worker?.dispose();
    await provider?.close();
  });

  const ask = (team: string, options: object): Promise<Response> =>
    worker.dispatchFetch(`http://worker/${team}`, {
      method: "POST",
      body: JSON.stringify({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "Hello" }],
        ...options,
      }),
    });

  it("the example Worker streams an answer, and has booked it when it ends", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask("search", { stream: true, max_tokens: 100 })),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    for (const text of texts) expect(text).toMatch(/^data: .*\n\ndata: [\s\S]*\[DONE\]\n\n$/);
    const snapshot: unknown = await (await worker.dispatchFetch("http://worker/search")).json();
    const nanoUsd = provider.bill.reduce((sum, line) => sum + line.nanoUsd, 0n);
    expect(snapshot).toMatchObject({
      used: { calls: 20, usd: Number(nanoUsd) / 1e9 },
      openReservations: 0,
    });
    expect(provider.requests).toHaveLength(20);
  });

  it("the example Worker refuses what does not fit into the budget, without a call", async () => {
    const before = provider.requests.length;
    const answer = await ask("poor", { model: "gpt-4", max_tokens: 8192, n: 100 });
    expect([answer.status, provider.requests.length]).toEqual([402, before]);
  });
});
