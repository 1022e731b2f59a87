// R15. What must hold in every store for the entries of a draw: many at once, each found by its id
// and its position in the ledger.

import assert from "node:assert/strict";

import { ask, drawn, drawOf, openTree, tokens } from "./slices.ts";
import type { StoreCase } from "./store-case.ts";

const COUNT = 700;

/** The cases about entries of draws. */
export const sliceEntryCases: readonly StoreCase[] = [
  {
    title:
      "R15 entries reported by one draw of a slice can be found by id, amended, and read from any position",
    async run({ open, clock }) {
      const store = await openTree(open);
      const drawnAt = clock.now();
      const lines = Array.from({ length: COUNT }, (_, place) => ({
        kind: "commit" as const,
        amount: tokens(place % 2),
        unknown: place === 9,
        about: { model: "m 1/%", label: "l" },
      }));
      const settled = tokens(COUNT / 2);
      await drawn(store, drawOf("s%1", 1, { settled, unknown: tokens(1), lines }));
      const reserve = { kind: "reserve", path: "acme/a", ask: tokens(0), leaseMs: 1000 } as const;
      assert.equal((await ask(store, { ...reserve, id: "s%1.1.10" })).kind, "settled before");
      const amend = { kind: "amend", path: "acme/a", of: "s%1.1.10", actual: tokens(0) } as const;
      clock.advance(9);
      assert.equal((await ask(store, { ...amend, id: "a" })).kind, "settled");
      const find = { kind: "find", path: "acme/a" } as const;
      const absent = await ask(store, { ...find, of: `s%1.1.${COUNT + 1}` });
      assert.equal(absent.kind, "not found");
      const found = await ask(store, { ...find, of: "s%1.1.12" });
      assert.ok(found.kind === "found" && found.amount.tokens === 1);
      const query = { path: "acme", sinceMs: 0 };
      const page = await store.ledger({ ...query, after: COUNT - 2, limit: 3 });
      // A store may keep no ledger.
      if (page === undefined || page.length === 0) return;
      assert.deepEqual(
        page.map(({ seq, id, kind, model }) => [seq, id, kind, model]),
        [
          [COUNT - 1, `s%1.1.${COUNT - 1}`, "commit", "m 1/%"],
          [COUNT, `s%1.1.${COUNT}`, "commit", "m 1/%"],
          [COUNT + 1, "a", "amend", "m 1/%"],
        ],
      );
      // An amendment belongs to the period of what it amends.
      assert.deepEqual(
        page.map(({ at, bookedAt }) => [at - drawnAt, bookedAt - drawnAt]),
        [
          [0, 0],
          [0, 0],
          [9, 0],
        ],
      );
      const [first] = (await store.ledger({ ...query, after: 9, limit: 1 })) ?? [];
      assert.deepEqual([first?.id, first?.unknown, first?.path], ["s%1.1.10", true, "acme/a"]);
      const sums = await store.sums?.({ ...query, by: "model" });
      if (sums !== undefined)
        assert.deepEqual(
          sums.map(({ name, amount }) => [name, amount.tokens]),
          [["m 1/%", COUNT / 2 - 1]],
        );
    },
  },
];
