import { afterEach, expect, it, vi } from "vitest";

import { Totals } from "../../src/core/quantities.ts";
import type { Quantities } from "../../src/core/quantities.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { HEADER, LOT, PREAMBLE } from "../../src/threads/layout.ts";
import { createBuffer } from "../../src/threads/shared-buffer.ts";
import { SharedTree } from "../../src/threads/shared-tree.ts";
import { takeSliceBack, ThreadSlice } from "../../src/threads/thread-slice.ts";
import type { SliceBalance, SliceGrant } from "../../src/threads/thread-slice.ts";
import { ThreadRows } from "../../src/threads/thread-rows.ts";

const CAPACITY = { threads: 2, pools: 2, reservations: 8 };
const LEASE_MS = 60_000;
const SETTINGS = { caps: {}, overage: "allow", window: undefined, thresholds: [] } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

function tokens(count: number): Quantities {
  return new Totals(count, count, count, count, count);
}

function balance(): SliceBalance {
  return { left: tokens(0), reserved: tokens(0), openReservations: 0 };
}

it("R15 a slice that becomes active while another thread takes it back loses nothing of its use", () => {
  const shared = createBuffer(CAPACITY, LEASE_MS, 1);
  const rows = new ThreadRows(shared);
  const tree = new SharedTree(shared, rows, rows.take(1), new ManualClock());
  tree.makeRoot("root", SETTINGS);
  const node = tree.root;
  const slice = new ThreadSlice(shared, 0, new ManualClock());
  const grant = (number: number): SliceGrant => ({
    node,
    lot: 0,
    born: 1,
    asOf: 0,
    slice: number,
    granted: tokens(100),
    endsAt: Number.POSITIVE_INFINITY,
    word: slice.idleWord() ?? -1,
  });
  slice.activate(grant(1));
  expect(slice.book(node, tokens(1))).toBe(true);
  const first = balance();
  expect(takeSliceBack(shared, 0, 1, first)).toBe(true);
  expect(first.left.tokens).toBe(99);
  slice.drop();

  const load = Atomics.load.bind(Atomics);
  vi.spyOn(Atomics, "load").mockImplementationOnce(((words: Int32Array, at: number): number => {
    const idle = load(words, at);
    slice.activate(grant(2));
    expect(slice.book(node, tokens(30))).toBe(true);
    return idle;
  }) as typeof Atomics.load);
  const second = balance();
  expect(takeSliceBack(shared, 0, 2, second)).toBe(true);
  expect(second.left.tokens).toBe(70);
  expect(slice.book(node, tokens(1))).toBe(false);
});

it("R15 lots that were read from a slot in the middle of being rewritten are read again", () => {
  const shared = createBuffer(CAPACITY, LEASE_MS, 1);
  const rows = new ThreadRows(shared);
  const owner = new SharedTree(shared, rows, rows.take(1), new ManualClock());
  owner.makeRoot("root", SETTINGS);
  const reader = new SharedTree(shared, rows, rows.take(2), new ManualClock());
  expect(owner.root.bookIfFits(tokens(1))).toBe(true);

  const { cells, layout } = shared;
  const slot = Atomics.load(shared.words, PREAMBLE.current) & layout.slotMask;
  const at = layout.slotsCell + slot * layout.slotCells;
  const sliceCell = at + layout.lotsCell + LOT.slice;
  const written = cells[sliceCell]!;
  expect([written > 0, cells[at + HEADER.lotRows]]).toEqual([true, 1]);
  cells[sliceCell] = 0;
  reader.lots.read(at);
  expect(reader.lots.areOut).toBe(false);
  reader.lots.discard();
  cells[sliceCell] = written;
  reader.lots.read(at);
  expect(reader.lots.areOut).toBe(true);
});
