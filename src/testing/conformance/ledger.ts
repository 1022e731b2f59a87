// What must hold of the ledger of a store, however long it is.

import assert from "node:assert/strict";

import { assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const ROUNDS = 25;
const LINES_A_ROUND = 100;
const ROUND_MS = 600_000;
const DETAILS = ["provider", "usage", "held", "durationMs", "actor", "reason"] as const;
const HELD_PLAIN = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0.1, calls: 1 };
const HELD = { ...HELD_PLAIN, tokens: 2000, usd: 0.4 };

/** The cases about ledgers. */
export const ledgerCases: readonly StoreCase[] = [
  {
    title: "R17 the ledger tells who was paid for what, what was held, who changed what and why",
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
    title: "the ledger since a time begins with the first line of that time, among thousands",
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
