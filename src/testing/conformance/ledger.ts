// What must hold of the ledger of a store, however long it is.

import assert from "node:assert/strict";

import type { StoreCase } from "./store-case.ts";

const ROUNDS = 25;
const LINES_A_ROUND = 100;
const ROUND_MS = 600_000;

/** The cases about ledgers. */
export const ledgerCases: readonly StoreCase[] = [
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
