// R11. What must hold in every store for a hold whose call was sent: if its process is silent, the
// books are not below what the provider may bill.

import assert from "node:assert/strict";

import type { BudgetStore, StoredBudgetPool } from "../../stores/index.ts";
import { assertFields, assertRefused } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const LEASE_MS = 10_000;
const OVER_MS = LEASE_MS + 1;
const SETTINGS = { caps: { tokens: 10 }, leaseMs: LEASE_MS };

/** A pool below one with a cap of 10 tokens. */
async function poolIn(open: () => BudgetStore): Promise<StoredBudgetPool> {
  const budgets = open();
  await budgets.pool("acme", SETTINGS);
  return budgets.pool("acme/a", { leaseMs: LEASE_MS });
}

/** Asserts the figures of every level. */
async function assertTokens(
  open: () => BudgetStore,
  expected: { readonly used: number; readonly reserved: number; readonly unknown: number },
): Promise<void> {
  const budgets = open();
  for (const path of ["acme", "acme/a"]) {
    const pool = await budgets.pool(path);
    const { used, reserved, unknown } = await pool.snapshot();
    const found = { used: used.tokens, reserved: reserved.tokens, unknown: unknown.tokens };
    assert.deepEqual(found, expected);
  }
}

/** The cases about holds whose call was sent. */
export const sentHoldCases: readonly StoreCase[] = [
  {
    title: "R11 when leases expire, holds of sent calls are booked as unknown and others are freed",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      await pool.reserve({ tokens: 4 }, { sent: true });
      await pool.reserve({ tokens: 3 });
      const marked = await pool.reserve({ tokens: 1 });
      await marked.markSent();
      await assertTokens(open, { used: 0, reserved: 8, unknown: 0 });
      clock.advance(OVER_MS);
      await assertTokens(open, { used: 5, reserved: 0, unknown: 5 });
      assert.equal((await pool.snapshot()).openReservations, 0);
      await assertRefused(() => pool.reserve({ tokens: 6 }), { reason: "spent" });
    },
  },
  {
    title: "R11 expired holds of sent grants and waits are booked at the held amount",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      const request = { fixed: { tokens: 2 }, unit: { tokens: 2 }, min: 1, max: 3 };
      await pool.reserveUpTo(request, { sent: true });
      await pool.reserveWhenFree({ tokens: 1 }, {}, { sent: true });
      clock.advance(OVER_MS);
      await assertTokens(open, { used: 9, reserved: 0, unknown: 9 });
    },
  },
  {
    title:
      "R11 a late commit corrects the booking of an expired hold once, and a late release reverses it",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      const late = await pool.reserve({ tokens: 4 }, { sent: true });
      const unsent = await pool.reserve({ tokens: 5 }, { sent: true });
      clock.advance(OVER_MS);
      await assertTokens(open, { used: 9, reserved: 0, unknown: 9 });
      await late.commit({ tokens: 3, model: "m" });
      await assertTokens(open, { used: 8, reserved: 0, unknown: 5 });
      await unsent.release();
      await assertTokens(open, { used: 3, reserved: 0, unknown: 0 });
      const again = await pool.reserve({ tokens: 1 });
      await again.release();
      await assertTokens(open, { used: 3, reserved: 0, unknown: 0 });
      const lines = await pool.ledger();
      // A store may keep no ledger.
      if (lines.length === 0) return;
      const booked = lines.reduce((sum, { amount }) => sum + amount.tokens, 0);
      assert.equal(booked, 3);
      const found = lines.find(({ id }) => id === late.id);
      assertFields(found ?? {}, { model: "m" });
    },
  },
  {
    title: "R10 R11 a retried reservation of a sent call is the same hold, and settles once",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      await pool.reserve({ tokens: 4 }, { id: "job", sent: true });
      clock.advance(OVER_MS);
      const other = await open().pool("acme/a");
      const again = await other.reserve({ tokens: 4 }, { id: "job", sent: true });
      await assertTokens(open, { used: 4, reserved: 0, unknown: 4 });
      await again.commit({ tokens: 2 });
      await assertTokens(open, { used: 2, reserved: 0, unknown: 0 });
    },
  },
  {
    title: "R11 a commit after a manual amendment of an expired hold gives the right total",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      const hold = await pool.reserve({ tokens: 4 }, { sent: true });
      clock.advance(OVER_MS);
      await pool.amend(`${hold.id}.lost`, { tokens: 1 });
      await assertTokens(open, { used: 1, reserved: 0, unknown: 0 });
      await hold.commit({ tokens: 2 });
      await assertTokens(open, { used: 2, reserved: 0, unknown: 0 });
    },
  },
  {
    title:
      "R6 R11 a dropped hold of a sent call is booked in the new period of each pool that was reset",
    async run({ clock, open }) {
      const pool = await poolIn(open);
      await pool.reserve({ tokens: 4 }, { sent: true });
      await pool.reset();
      clock.advance(OVER_MS);
      await assertTokens(open, { used: 4, reserved: 0, unknown: 4 });
    },
  },
  {
    title: "R7 R11 an expired hold of a sent call is booked in the window in which its lease ended",
    async run({ clock, open }) {
      const budgets = open();
      const window = { everyMs: OVER_MS };
      const pool = await budgets.pool("hourly", { ...SETTINGS, window });
      const hold = await pool.reserve({ tokens: 4 }, { sent: true });
      clock.advance(OVER_MS);
      assertFields((await pool.snapshot()).used, { tokens: 4 });
      clock.advance(OVER_MS);
      assertFields((await pool.snapshot()).used, { tokens: 0 });
      await hold.commit({ tokens: 3 });
      assertFields((await pool.snapshot()).used, { tokens: 3 });
    },
  },
];
