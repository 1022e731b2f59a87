// What must hold for the ledger of a store, however long it is.

import assert from "node:assert/strict";

import { assertThrows } from "./case.ts";
import type { LedgerEntry, LedgerSum } from "../../stores/index.ts";
import type { StoreCase } from "./store-case.ts";

const ROUNDS = 25;
const LINES_A_ROUND = 100;
const ROUND_MS = 600_000;
const DAY_MS = 86_400_000;
/** The start of a day, before all entries. */
const DAY_ENDS = DAY_MS;
const SUM_ROUNDS = 70;
const MODELS = ["gpt-5.5", "claude 5/%", undefined, "ü"];
const LABELS = ["team a", undefined, "b"];
const DETAILS = ["provider", "usage", "held", "durationMs", "actor", "reason"] as const;
const HELD_PLAIN = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0.1, calls: 1 };
const HELD = { ...HELD_PLAIN, tokens: 2000, usd: 0.4 };

/**
 * The sum of the entries since a time, by name: nano-dollars, tokens, and the number of entries.
 */
function summed(
  lines: readonly LedgerEntry[],
  by: "day" | "model" | "label" | "pool",
  since: number,
  top: string,
): Map<string | undefined, readonly number[]> {
  const sums = new Map<string | undefined, number[]>();
  for (const line of lines) {
    const { at, kind, amount, pool } = line;
    const isBooked = kind === "record" || kind === "commit" || kind === "amend";
    const isBelow = pool === top || pool.startsWith(`${top}/`);
    if (!isBooked || !isBelow || at < since) continue;
    const name = by === "day" ? new Date(at).toISOString().slice(0, 10) : line[by];
    const [nanoUsd = 0, tokens = 0, count = 0] = sums.get(name) ?? [];
    sums.set(name, [nanoUsd + Math.round(amount.usd * 1e9), tokens + amount.tokens, count + 1]);
  }
  return sums;
}

function viewOf({ name, amount, entries }: LedgerSum): [string | undefined, readonly number[]] {
  return [name, [Math.round(amount.usd * 1e9), amount.tokens, entries]];
}

/** The cases about ledgers. */
export const ledgerCases: readonly StoreCase[] = [
  {
    title:
      "R17 ledger entries carry provider, usage and held amount, and the actor and reason of changes",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 } });
      const usage = { inputTokens: 900, cacheReadTokens: 100, outputTokens: 7, requests: 0 };
      await pool.record({ usd: 0.1 }, { id: "one", provider: "Anthropic é", usage });
      const hold = await pool.reserve({ usd: 0.4, tokens: 2000 });
      clock.advance(1234);
      await hold.commit({ usd: 0.2, model: "m", provider: "openai", usage: { outputTokens: 5 } });
      const plain = await pool.reserve({ usd: 0.1 });
      await plain.commit();
      const why = { actor: "ops@acme", reason: "runaway; see #17" };
      await (await pool.reserve({ usd: 0.1 })).release(why);
      await pool.amend("one", { usd: 0.3 }, why);
      await pool.configure({ by: { usd: 5 }, ...why });
      await pool.configure({ caps: { usd: 20 }, actor: "ops@acme" });
      await pool.reset({ reason: why.reason });
      await assertThrows(() => pool.record({ usd: 1 }, { provider: "a\tb" }), RangeError);
      await assertThrows(
        () => pool.record({ usd: 1 }, { usage: { outputTokens: -1 } }),
        RangeError,
      );
      await assertThrows(() => pool.configure({ by: { usd: 1 }, actor: "" }), RangeError);
      await assertThrows(() => pool.reset({ reason: "a\nb" }), RangeError);
      const lines = await (await open().pool("acme")).ledger();
      // A store may keep no ledger.
      if (lines.length === 0) return;
      assert.deepEqual(
        lines.map((line) => (["kind", ...DETAILS] as const).map((name) => line[name])),
        [
          ["record", "Anthropic é", { inputTokens: 900, cacheReadTokens: 100, outputTokens: 7 }],
          ["commit", "openai", { outputTokens: 5 }, HELD, 1234],
          ["commit", undefined, undefined, HELD_PLAIN, 0],
          ["release", undefined, undefined, undefined, undefined, why.actor, why.reason],
          ["amend", undefined, undefined, undefined, undefined, why.actor, why.reason],
          ["configure", undefined, undefined, undefined, undefined, why.actor, why.reason],
          ["configure", undefined, undefined, undefined, undefined, "ops@acme"],
          ["reset", undefined, undefined, undefined, undefined, undefined, why.reason],
        ].map((line) => Array.from({ length: DETAILS.length + 1 }, (_, index) => line[index])),
      );
    },
  },
  {
    title: "sums by day, model, label and pool always equal those of the entries",
    async run({ open, clock }) {
      const pool = await open().pool("acme");
      const runs = [pool, await pool.child("run"), await (await pool.child("run")).child("deep")];
      const beside = await open().pool("acme/run-2");
      const other = await open().pool("other");
      // Half an hour before a day begins.
      clock.advance(DAY_MS - (clock.now() % DAY_MS) - DAY_MS / 48);
      const startedAt = clock.now();
      const times = [startedAt];
      for (let round = 0; round < SUM_ROUNDS; round++) {
        const run = runs[round % 3] ?? pool;
        const about = { model: MODELS[round % 4], label: LABELS[round % 3] };
        const hold = await run.reserve({ usd: 0.9, tokens: 10 });
        await run.record({ usd: "0.000000001", tokens: 2 }, { id: `${round}`, ...about });
        await beside.record({ usd: 3 }, about);
        await other.record({ usd: 5 }, about);
        await hold.commit({ usd: 0.25, tokens: 7, ...about });
        if (round % 5 === 4) await run.amend(hold.id, { usd: 0.05 });
        if (round % 7 === 6) await run.configure({ caps: { usd: 1000 } });
        clock.advance(DAY_MS / 80);
        times.push(clock.now());
        if (round % 10 === 9) await pool.sums({ by: "day" });
      }
      const read = await open().pool("acme");
      const lines = await read.ledger({ limit: 10_000 });
      // A store may keep no ledger.
      if (lines.length === 0) return;
      for (const by of ["day", "model", "label", "pool"] as const) {
        for (const since of [0, ...times.filter((_, index) => index % 13 === 0), DAY_ENDS]) {
          for (const top of [read, await open().pool("acme/run")]) {
            const expected = summed(lines, by, since, top.path);
            const found = await top.sums({ by, since });
            assert.deepEqual(new Map(found.map(viewOf)), expected, `${by} since ${since}`);
            const dollars = found.map(({ amount }) => amount.usd);
            assert.deepEqual(
              dollars,
              dollars.toSorted((one, two) => two - one),
            );
          }
        }
      }
      assert.deepEqual(await read.sums({ by: "day", since: times.at(-1) }), []);
      // Entries may be deleted; their contribution to the sums stays.
      const days = await read.sums({ by: "day" });
      clock.advance(3 * DAY_MS);
      await pool.record({ usd: 0.001 });
      await pool.record({ usd: 0.001 });
      const daysLater = await read.sums({ by: "day" });
      assert.deepEqual(daysLater.slice(0, -1), days);
      assert.deepEqual(daysLater.at(-1)?.amount.calls, 2);
      await assertThrows(() => read.sums({ by: "colour" as "day" }), RangeError);
      await assertThrows(() => read.sums({ by: "day", since: Number.NaN }), RangeError);
    },
  },
  {
    title: "the ledger since a time starts at the first of thousands of entries from then on",
    async run({ open, clock }) {
      const pool = await open().pool("acme");
      const run = await pool.child("run");
      const starts: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        clock.advance(ROUND_MS);
        starts.push(clock.now());
        const ids = Array.from({ length: LINES_A_ROUND }, (_, index) => `${round}-${index}`);
        await Promise.all(
          ids.map(async (id, index) =>
            (index % 2 === 0 ? pool : run).record({ tokens: 1 }, { id }),
          ),
        );
      }
      // A store may keep no ledger.
      if ((await pool.ledger()).length === 0) return;
      for (const round of [0, 1, 11, ROUNDS - 1]) {
        const since = starts[round];
        const [first] = await pool.ledger({ since, limit: 1 });
        assert.equal(first?.id, `${round}-0`);
        const all = await pool.ledger({ since, limit: 10_000 });
        assert.equal(all.length, (ROUNDS - round) * LINES_A_ROUND);
        const below = await run.ledger({ since, limit: 10_000 });
        assert.equal(below.length, ((ROUNDS - round) * LINES_A_ROUND) / 2);
        const after = first.seq + LINES_A_ROUND;
        const rest = await pool.ledger({ since, after, limit: 10_000 });
        const left = (ROUNDS - round) * LINES_A_ROUND - LINES_A_ROUND - 1;
        assert.equal(rest.length, Math.max(0, left));
      }
      assert.deepEqual(await pool.ledger({ since: clock.now() + 1 }), []);
    },
  },
];
