// R15. What must hold in every store when requests outside of slices need their room: waiters,
// plain reservations, lowered caps and deletions recall it.

import assert from "node:assert/strict";

import type { Command, Store } from "../../stores/index.ts";
import { ask, drawn, drawOf, openTree, tokens } from "./slices.ts";
import type { StoreCase } from "./store-case.ts";

const HOLD = { path: "acme/a", ask: tokens(8), leaseMs: 60_000 };

/** Asserts that a command recalls a slice with room, and that its room helps. */
async function assertCallsBack(store: Store, command: Command, before: string): Promise<void> {
  const first = await drawn(store, drawOf("s", 1, { want: tokens(100) }));
  assert.deepEqual([first.held.tokens, first.isRecalled], [5, false]);
  assert.equal((await ask(store, command)).kind, before);
  const held = first.held;
  assert.equal((await drawn(store, drawOf("s", 2, { keep: held }))).isRecalled, true);
  assert.equal((await drawn(store, drawOf("s", 3))).held.tokens, 0);
}

/** The cases about recalled room. */
export const sliceRecallCases: readonly StoreCase[] = [
  {
    title: "R15 a reservation that does not fit recalls the unused room of slices",
    async run({ open }) {
      const store = await openTree(open);
      const command = { kind: "reserve", id: "r", ...HOLD } as const;
      await assertCallsBack(store, command, "refused");
      assert.equal((await ask(store, command)).kind, "held");
    },
  },
  {
    title: "R13 R15 a waiter recalls the unused room of slices",
    async run({ open }) {
      const store = await openTree(open);
      const command = { kind: "wait", id: "w", placeMs: 60_000, last: false, ...HOLD } as const;
      await assertCallsBack(store, command, "waiting");
      assert.equal((await ask(store, command)).kind, "held");
    },
  },
  {
    title: "R9 R15 a cap lowered below the reserved amount recalls the unused room of slices",
    async run({ open }) {
      const store = await openTree(open);
      const caps = { tokens: 4 };
      const command = { kind: "configure", id: "c", path: "acme", caps } as const;
      await assertCallsBack(store, command, "done");
    },
  },
  {
    title:
      "R15 R16 a pool with nothing but unused slices is deleted once they have returned their room",
    async run({ open }) {
      const store = await openTree(open);
      const command = { kind: "delete", id: "d", path: "acme/a" } as const;
      await assertCallsBack(store, command, "in use");
      assert.equal((await ask(store, command)).kind, "done");
    },
  },
  {
    title: "R15 a slice that returns after its lease with unused room has yet to answer a recall",
    async run({ open, clock }) {
      const store = await openTree(open);
      const { held } = await drawn(store, drawOf("s", 1, { want: tokens(100), leaseMs: 1000 }));
      assert.equal(held.tokens, 5);
      clock.advance(1000);
      const asks = [tokens(8)];
      await drawn(store, drawOf("s", 2, { keep: held, asks }));
      const early = await drawn(store, drawOf("t", 1, { asks }));
      assert.deepEqual([early.admitted, early.isFinal], ["0", false]);
      await drawn(store, drawOf("s", 3));
      assert.equal((await drawn(store, drawOf("t", 2, { asks }))).admitted, "1");
    },
  },
  {
    title: "R15 a refusal that more room would not change recalls no slice",
    async run({ open }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { want: tokens(100) }));
      const command = { kind: "reserve", id: "r", ...HOLD, ask: tokens(11) } as const;
      assert.equal((await ask(store, command)).kind, "refused");
      assert.equal((await drawn(store, drawOf("s", 2))).isRecalled, false);
    },
  },
];
