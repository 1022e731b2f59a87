// R15. What must hold for slices in every store: each draw is applied once, no cap is passed, and
// what a dead process may have spent is booked.

import assert from "node:assert/strict";

import { NOTHING, quantitiesOf } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type {
  BudgetStore,
  Command,
  DrawCommand,
  DrawnOutcome,
  Outcome,
  Store,
} from "../../stores/index.ts";
import type { StoreCase } from "./store-case.ts";

const LEASE_MS = 10_000;
const RECALL_MS = 100;

/** An amount of tokens only. */
export function tokens(count: number): Quantities {
  return quantitiesOf((field) => (field === "tokens" ? count : 0));
}

/** The store under a budget store: draws are sent to it directly. */
export function storeUnder(budgets: BudgetStore): Store {
  const found: Store[] = [];
  budgets.through((store) => {
    found.push(store);
    return store;
  });
  const [store] = found;
  assert.ok(store !== undefined);
  return store;
}

/** Sends a store one command. */
export async function ask(store: Store, command: Command): Promise<Outcome> {
  const [outcome] = await store.execute("acme", [command]);
  assert.ok(outcome !== undefined);
  return outcome;
}

/** Draws, and returns the outcome. */
export async function drawn(store: Store, command: DrawCommand): Promise<DrawnOutcome> {
  const outcome = await ask(store, command);
  assert.equal(outcome.kind, "drawn");
  assert.ok(outcome.kind === "drawn");
  return outcome;
}

/** Returns a draw of a slice of `acme/a`. */
export function drawOf(id: string, seq: number, draw: Partial<DrawCommand> = {}): DrawCommand {
  return {
    kind: "draw",
    path: "acme/a",
    id,
    seq,
    settled: NOTHING,
    unknown: NOTHING,
    lines: [],
    holds: NOTHING,
    open: 0,
    keep: NOTHING,
    asks: [],
    want: NOTHING,
    least: NOTHING,
    recallMs: RECALL_MS,
    leaseMs: LEASE_MS,
    end: false,
    ...draw,
  };
}

async function figuresOf(
  store: Store,
  path: string,
): Promise<{ used: number; reserved: number; unknown: number; inSlices: number; open: number }> {
  const outcome = await ask(store, { kind: "snapshot", path });
  assert.ok(outcome.kind === "figures");
  const { taken, reserved, unknown, inSlices, openReservations } = outcome.figures;
  return {
    used: taken.tokens - reserved.tokens,
    reserved: reserved.tokens,
    unknown: unknown.tokens,
    inSlices: inSlices?.tokens ?? 0,
    open: openReservations,
  };
}

/** Returns a tree with a cap of 10 tokens at the root. */
export async function openTree(open: () => BudgetStore): Promise<Store> {
  const budgets = open();
  await budgets.pool("acme", { caps: { tokens: 10 } });
  await budgets.pool("acme/a");
  return storeUnder(budgets);
}

/** The cases about slices. */
export const sliceCases: readonly StoreCase[] = [
  {
    title: "R15 a slice is reserved at every level, and reported spend moves to used once",
    async run({ open }) {
      const store = await openTree(open);
      const first = await drawn(store, drawOf("s", 1, { asks: [tokens(4), tokens(3)] }));
      assert.deepEqual([first.admitted, first.held.tokens, first.isFinal], ["11", 7, true]);
      const figures = { used: 0, reserved: 7, unknown: 0, inSlices: 7, open: 0 };
      assert.deepEqual(await figuresOf(store, "acme"), figures);
      const report = drawOf("s", 2, {
        settled: tokens(2),
        lines: [{ kind: "commit", amount: tokens(2), unknown: false, about: { model: "m" } }],
        holds: tokens(3),
        open: 1,
        keep: tokens(3),
      });
      const second = await drawn(store, report);
      assert.equal(second.held.tokens, 3);
      assert.deepEqual({ ...(await drawn(store, report)) }, { ...second });
      for (const path of ["acme", "acme/a"]) {
        const after = { used: 2, reserved: 3, unknown: 0, inSlices: 3, open: 1 };
        assert.deepEqual(await figuresOf(store, path), after);
      }
      const late = await ask(store, drawOf("s", 1, { asks: [tokens(4), tokens(3)] }));
      assert.equal(late.kind, "settled before");
      const lines = await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 10 });
      if (lines !== undefined) {
        assert.deepEqual(
          lines.map(({ id, kind, amount, model }) => [id, kind, amount.tokens, model]),
          [["s.2.1", "commit", 2, "m"]],
        );
      }
    },
  },
  {
    title: "R15 requests of a draw are judged in order, and each refusal has a reason",
    async run({ open }) {
      const store = await openTree(open);
      const asks = [tokens(8), tokens(4), tokens(2), tokens(11)];
      const { admitted, refused, held } = await drawn(store, drawOf("s", 1, { asks }));
      assert.deepEqual([admitted, held.tokens], ["1010", 10]);
      assert.deepEqual(
        refused.map((each) => (each.kind === "refused" ? each.refusal.reason : each.kind)),
        ["busy", "never"],
      );
    },
  },
  {
    title: "R15 R16 a pool with slices in use is not deleted",
    async run({ open }) {
      const store = await openTree(open);
      const draw = drawOf("s", 1, { asks: [tokens(4)] });
      await drawn(store, draw);
      const deletion = { kind: "delete", path: draw.path, id: "deletion" } as const;
      const [outcome] = await store.execute("acme", [deletion]);
      assert.equal(outcome?.kind, "in use");
    },
  },
  {
    title: "R15 spend reported beyond a slice is booked as overage, and reported",
    async run({ open }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { asks: [tokens(4)] }));
      const { settled } = await drawn(store, drawOf("s", 2, { settled: tokens(12) }));
      assert.deepEqual([settled?.overage?.tokens, settled?.exceeded?.pool], [8, "acme"]);
      assert.equal((await figuresOf(store, "acme")).used, 12);
    },
  },
  {
    title:
      "R15 a slice without reports is booked as unknown, and the booking is reversed when its owner returns",
    async run({ open, clock }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { asks: [tokens(6)] }));
      await drawn(store, drawOf("dead", 1, { asks: [tokens(3)] }));
      clock.advance(LEASE_MS);
      const lost = { used: 9, reserved: 0, unknown: 9, inSlices: 0, open: 0 };
      assert.deepEqual(await figuresOf(store, "acme"), lost);
      const { held } = await drawn(
        store,
        drawOf("s", 2, { settled: tokens(5), holds: tokens(1), open: 1, keep: tokens(1) }),
      );
      assert.equal(held.tokens, 1);
      const found = { used: 8, reserved: 1, unknown: 3, inSlices: 1, open: 1 };
      assert.deepEqual(await figuresOf(store, "acme"), found);
      const of = "dead.lost.1";
      await ask(store, { kind: "amend", path: "acme/a", id: "a", of, actual: tokens(1) });
      const amended = { used: 6, reserved: 1, unknown: 0, inSlices: 1, open: 1 };
      assert.deepEqual(await figuresOf(store, "acme"), amended);
    },
  },
  {
    title: "R15 spare room of slices halves with the remainder, and is recalled before a refusal",
    async run({ open, clock }) {
      const store = await openTree(open);
      const want = tokens(100);
      const first = await drawn(store, drawOf("one", 1, { want }));
      const second = await drawn(store, drawOf("two", 1, { want }));
      assert.deepEqual([first.held.tokens, second.held.tokens], [5, 1]);
      const asks = [tokens(8)];
      const waiting = await drawn(store, drawOf("three", 1, { asks }));
      assert.deepEqual([waiting.admitted, waiting.isFinal], ["0", false]);
      assert.equal((await drawn(store, drawOf("one", 2))).isRecalled, true);
      await drawn(store, drawOf("two", 2));
      assert.equal((await drawn(store, drawOf("three", 2, { asks }))).admitted, "1");
      const refused = await drawn(store, drawOf("four", 1, { asks, want }));
      assert.deepEqual([refused.admitted, refused.held.tokens, refused.isFinal], ["0", 0, true]);
      clock.advance(RECALL_MS + 1);
      assert.equal((await drawn(store, drawOf("four", 2, { asks }))).isFinal, true);
    },
  },
  {
    title: "R15 a refusal is final once owners that do not return their room have timed out",
    async run({ open, clock }) {
      const store = await openTree(open);
      await drawn(store, drawOf("silent", 1, { want: tokens(100) }));
      const asks = [tokens(8)];
      assert.equal((await drawn(store, drawOf("s", 1, { asks }))).isFinal, false);
      clock.advance(RECALL_MS);
      assert.equal((await drawn(store, drawOf("s", 2, { asks }))).isFinal, false);
      clock.advance(1);
      assert.equal((await drawn(store, drawOf("s", 3, { asks }))).isFinal, true);
    },
  },
  {
    title: "R15 ending a slice returns all of its room, and later draws change nothing",
    async run({ open }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { asks: [tokens(6)] }));
      const end = drawOf("s", 2, { settled: tokens(2), end: true });
      assert.equal((await drawn(store, end)).held.tokens, 0);
      for (const draw of [end, drawOf("s", 3, { settled: tokens(9) })])
        assert.equal((await drawn(store, draw)).held.tokens, 0);
      const after = { used: 2, reserved: 0, unknown: 0, inSlices: 0, open: 0 };
      assert.deepEqual(await figuresOf(store, "acme"), after);
    },
  },
  {
    title: "R15 R6 a reset drops slices, and spend from them counts in the new period",
    async run({ open }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { asks: [tokens(6)] }));
      await ask(store, { kind: "reset", path: "acme", id: "r" });
      const fresh = { used: 0, reserved: 0, unknown: 0, inSlices: 0, open: 0 };
      assert.deepEqual(await figuresOf(store, "acme"), fresh);
      await drawn(store, drawOf("s", 2, { settled: tokens(4), keep: tokens(2), holds: tokens(2) }));
      const after = { used: 4, reserved: 2, unknown: 0, inSlices: 2, open: 0 };
      assert.deepEqual(await figuresOf(store, "acme"), after);
      assert.deepEqual(await figuresOf(store, "acme/a"), after);
    },
  },
  {
    title: "R15 running totals repair a server that lost draws",
    async run({ open }) {
      const store = await openTree(open);
      await drawn(store, drawOf("s", 1, { asks: [tokens(6)] }));
      // Draws 2 and 3 were answered, and then lost.
      await drawn(store, drawOf("s", 4, { settled: tokens(5), keep: tokens(1), holds: tokens(1) }));
      assert.equal((await figuresOf(store, "acme")).used, 5);
      await drawn(store, drawOf("new", 7, { settled: tokens(2) }));
      assert.equal((await figuresOf(store, "acme")).used, 7);
    },
  },
  {
    title: "R1 R15 a draw that reports the largest amounts moves them to used exactly",
    async run({ open }) {
      const store = storeUnder(open());
      const [path, most] = ["acme/a", 6_000_000_000_000_001];
      await ask(store, { kind: "open", path, settings: undefined });
      const before = tokens(2_000_000_000_000_001);
      await ask(store, { kind: "record", path, id: "r", ask: before, policy: "throw" });
      await drawn(store, drawOf("s", 1, { asks: [tokens(most)] }));
      await drawn(store, drawOf("s", 2, { settled: tokens(most) }));
      assert.equal((await figuresOf(store, "acme")).used, 8_000_000_000_000_002);
    },
  },
];
