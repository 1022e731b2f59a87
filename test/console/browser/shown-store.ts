// A store as a team of a week has it, the same each time: pools of every kind, calls, holds, changes,
// refusals, keys, alerts and requests. Its clock stands still.

import { ManualClock } from "../../../src/testing/manual-clock.ts";
import { sqliteStore } from "../../../src/sqlite/index.ts";
import type { BudgetStore } from "../../../src/stores/index.ts";

/** When the store is looked at: a Wednesday afternoon. */
export const NOW: number = Date.UTC(2026, 10, 18, 15, 20);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 9;
const LONG_NAME = "a-rather-long-name-of-a-person-or-program";
const MODELS = ["gpt-5.5", "claude-opus-5", "gemini-3-pro"] as const;
const LABELS = ["docs", "tests", "review"] as const;
const PEOPLE = [
  { path: "acme/search/ada", usd: 0.31 },
  { path: "acme/search/grace", usd: 0.55 },
  { path: `acme/search/${LONG_NAME}`, usd: 0.12 },
  { path: "acme/write/ken", usd: 0.78 },
] as const;

async function makePools(store: BudgetStore): Promise<void> {
  const window = "day";
  await store.pool("acme", { caps: { usd: 60 }, window });
  await store.pool("acme/search", { caps: { usd: 25 }, window });
  await store.pool("acme/write", { caps: { usd: 16 }, window, overage: "allow" });
  await store.pool("acme/search/ada", { caps: { usd: 10, tokens: 1e6 }, window });
  await store.pool("acme/search/grace", { caps: { usd: 10 }, window });
  await store.pool(`acme/search/${LONG_NAME}`, { caps: { usd: 4 }, window });
  await store.pool("acme/write/ken", { caps: { usd: 16 }, window });
  await store.pool("acme/nightly", { caps: { usd: 8 }, window });
  await store.pool("playground", { caps: { tokens: 2_000_000 } });
  await store.pool("visitors", {});
}

/** The calls of nine days, from seven in the morning to now. */
async function spend(store: BudgetStore, clock: ManualClock): Promise<void> {
  const begins = NOW - DAYS * DAY_MS;
  // One after the other, as the clock goes.
  /* oxlint-disable no-await-in-loop */
  for (let hour = 1; hour <= DAYS * 24; hour++) {
    clock.advance(begins + hour * HOUR_MS - clock.now() - 1);
    const ofDay = new Date(clock.now()).getUTCHours();
    if (ofDay < 7 || ofDay > 18) continue;
    for (const [index, { path, usd }] of PEOPLE.entries()) {
      const pool = await store.pool(path);
      const times = 1 + ((hour + index) % 3);
      for (let time = 0; time < times; time++)
        await pool.record(
          { usd, inputTokens: 4200 + 100 * time, outputTokens: 700 },
          {
            model: MODELS[(hour + index) % 3],
            label: LABELS[(index + time) % 3],
            provider: "openai",
            overage: "allow",
          },
        );
    }
  }
  /* oxlint-enable no-await-in-loop */
  clock.advance(NOW - clock.now());
  await (await store.pool("playground")).record({ tokens: 310_000, usd: 0.4 });
  await (await store.pool("visitors")).record({ usd: 1.25, tokens: 4000 }, { label: "demo" });
}

/** What lets the other pages show something. */
async function act(store: BudgetStore): Promise<void> {
  const leaseMs = 2 * HOUR_MS;
  const ada = await store.pool("acme/search/ada", { leaseMs });
  const grace = await store.pool("acme/search/grace", { leaseMs });
  const ken = await store.pool("acme/write/ken", { leaseMs });
  const lost = await ada.reserve({ usd: 0.4, tokens: 9000 }, { id: "call-lost" });
  await lost.commit({ outcome: "unknown" });
  await ada.reserve({ usd: 0.9, tokens: 12_000 }, { id: "call-1" });
  await ada.reserve({ usd: 0.35, tokens: 4000 }, { id: "call-2" });
  await grace.tryReserve({ usd: 0.2 }, { id: "call-3" });
  await ada.tryReserve({ usd: 12 }, { model: "gpt-5.5", label: "docs" });
  await ada.tryReserve({ usd: 3.2 }, { model: "claude-opus-5", label: "tests" });
  await ken.tryReserve({ usd: 40 }, { label: "review" });
  await grace.tryReserve({ usd: 9 }, { model: "claude-opus-5", label: "docs" });
  const actor = "lin";
  const search = await store.pool("acme/search");
  await search.configure({
    by: { usd: 5 },
    until: NOW + 5 * HOUR_MS,
    actor,
    reason: "release day",
  });
  const nightly = await store.pool("acme/nightly");
  await nightly.freeze({ actor: "ops", reason: "runaway job" });
  await nightly.tryReserve({ usd: 0.1 }, { label: "nightly" });
  await (await store.pool("visitors")).configure({ caps: { usd: 5 }, actor, reason: "a demo" });
  await store.refusals();
}

/** Fills a file. */
export async function makeShownStore(file: string): Promise<void> {
  const clock = new ManualClock(NOW - DAYS * DAY_MS);
  const store = sqliteStore(file, { durability: "process crash", clock });
  await makePools(store);
  await spend(store, clock);
  await act(store);
  await store.close();
}
