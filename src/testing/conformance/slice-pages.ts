// R15. What must hold in every store for draws of thousands of entries, of several models, labels
// and pools: pages from any position, sums, amendments and the archive.

import assert from "node:assert/strict";

import { quantitiesOf } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type {
  BudgetStore,
  Command,
  LedgerEntry,
  ListedSum,
  SliceEntry,
  Store,
  StoredEntry,
  SumsQuery,
} from "../../stores/index.ts";
import { drawOf, storeUnder, tokens } from "./slices.ts";
import type { StoreCase } from "./store-case.ts";

const COUNT = 2500;
const BELOW = 700;
const DAY_MS = 24 * 3_600_000;
const FIELDS = ["tokens", "inputTokens", "outputTokens", "nanoUsd", "calls"] as const;

/** Returns entries of every kind of amount, model, label and details. */
function entriesOf(count: number): readonly SliceEntry[] {
  return Array.from({ length: count }, (_none, place): SliceEntry => {
    if (place % 11 === 5)
      return { kind: "release", amount: tokens(0), unknown: false, about: undefined };
    const [into, out] = place % 3 === 0 ? [0, 0] : [place % 7, place % 5];
    const own = { tokens: into + out + (place % 4 === 0 ? 3 : 0), inputTokens: into };
    const amount = { ...own, outputTokens: out, nanoUsd: place * 1001, calls: place % 9 ? 1 : 2 };
    const usage = place % 6 === 1 ? { inputTokens: 1, outputTokens: 2 } : undefined;
    return {
      kind: place % 5 === 0 ? "record" : "commit",
      amount: quantitiesOf((field) => amount[field]),
      unknown: place % 13 === 0,
      about: {
        model: place % 17 === 0 ? undefined : `model "${place % 3}"\\n`,
        label: place % 2 === 0 ? `label/${place % 5}` : undefined,
        ...(usage !== undefined && { details: { provider: "p", usage } }),
      },
    };
  });
}

function sumOf(entries: readonly { readonly amount: Quantities }[]): Quantities {
  return quantitiesOf((field) => entries.reduce((sum, { amount }) => sum + amount[field], 0));
}

function numbersOf(amount: Quantities): string {
  return FIELDS.map((field) => amount[field]).join(" ");
}

/** What a ledger shows of an entry. */
function shownOf({ seq, id, kind, path, amount, unknown, model, label, details }: StoredEntry) {
  const numbers = numbersOf(amount);
  return [seq, id, kind, path, numbers, unknown, model ?? "", label ?? "", details?.usage ?? ""];
}

function byName(rows: readonly (readonly (string | number)[])[]): readonly unknown[] {
  return rows.toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1));
}

/** Two draws in one batch, a record before them and one after: returns what must be listed. */
async function drawMany(store: Store): Promise<readonly unknown[]> {
  const record = { kind: "record", path: "acme/a", ask: tokens(1), policy: "allow" } as const;
  const [many, below] = [entriesOf(COUNT), entriesOf(BELOW)];
  const draw = (id: string, path: string, lines: readonly SliceEntry[]): Command => {
    const unknown = sumOf(lines.filter((line) => line.unknown));
    return drawOf(id, 1, { path, settled: sumOf(lines), unknown, lines });
  };
  await store.execute("acme", [{ ...record, id: "first" }]);
  await store.execute("acme", [
    draw("s", "acme/a", many),
    draw("t", "acme/a/b", below),
    { ...record, id: "last" },
  ]);
  const lined = (id: string, path: string, lines: readonly SliceEntry[]): Partial<StoredEntry>[] =>
    lines.map(({ about, ...line }, place) => ({
      ...line,
      ...about,
      id: `${id}.1.${place + 1}`,
      path,
    }));
  const single = { kind: "record", path: "acme/a", amount: tokens(1), unknown: false } as const;
  const all = [
    { ...single, id: "first" },
    ...lined("s", "acme/a", many),
    ...lined("t", "acme/a/b", below),
    { ...single, id: "last" },
  ];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- has what `shownOf` reads
  return all.map((entry, index) => shownOf({ ...entry, seq: index + 1 } as StoredEntry));
}

/** Reads the ledger page by page, forwards or backwards. */
async function pagesOf(
  read: (after: number) => Promise<readonly StoredEntry[]>,
  limit: number,
): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await read(found.at(-1)?.seq ?? -1);
    assert.ok(page.length <= limit);
    found.push(...page);
    if (page.length < limit) return found;
  }
}

async function openMany(open: () => BudgetStore): Promise<Store> {
  const budgets = open();
  await budgets.pool("acme");
  await budgets.pool("acme/a");
  await budgets.pool("acme/a/b");
  return storeUnder(budgets);
}

/** The cases about draws of many entries. */
export const slicePageCases: readonly StoreCase[] = [
  {
    title: "R15 draws of thousands of entries are listed page by page, from both ends",
    async run({ open, clock }) {
      const store = await openMany(open);
      const startedAt = clock.now();
      clock.advance(1000);
      const all = await drawMany(store);
      const query = { path: "acme", sinceMs: 0, after: 0 };
      // A store may keep no ledger.
      if (((await store.ledger({ ...query, limit: 1 })) ?? []).length === 0) return;
      for (const [path, expected] of [
        ["acme", all],
        ["acme/a/b", all.slice(1 + COUNT, 1 + COUNT + BELOW)],
      ] as const)
        for (const [limit, sinceMs] of [
          [path === "acme" ? 500 : 61, startedAt + 1000],
          [999, 0],
          [10_000, 0],
        ] as const) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          const found = await pagesOf(
            async (after) =>
              (await store.ledger({ path, sinceMs, limit, after: Math.max(0, after) })) ?? [],
            limit,
          );
          assert.deepEqual(found.map(shownOf), expected);
          if (store.newest === undefined) continue;
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          const backwards = await pagesOf(async (last) => {
            const before = last === -1 ? Number.MAX_SAFE_INTEGER : last;
            return (await store.newest?.({ path, sinceMs, limit, after: 0, before })) ?? [];
          }, limit);
          assert.deepEqual(backwards.map(shownOf).toReversed(), expected);
        }
      const since = { ...query, sinceMs: clock.now() + 1, limit: 10 };
      assert.deepEqual(await store.ledger(since), []);
      const between = { ...query, after: 1500, before: 1503, limit: 10 };
      const two = await store.newest?.(between);
      if (two !== undefined)
        assert.deepEqual(
          two.map(({ seq }) => seq),
          [1502, 1501],
        );
    },
  },
  {
    title: "R15 draws of thousands of entries are summed up by model, label, pool and day",
    async run({ open, clock }) {
      const store = await openMany(open);
      await drawMany(store);
      const summed = async (query: SumsQuery): Promise<readonly ListedSum[]> =>
        (await store.sums?.(query)) ?? [];
      if ((await summed({ path: "acme", by: "pool", sinceMs: 0 })).length === 0) return;
      const entries =
        (await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 1e4 })) ?? [];
      const booked = entries.filter(({ kind }) => kind !== "release");
      const nameOf = {
        model: ({ model = "" }: StoredEntry) => model,
        label: ({ label = "" }: StoredEntry) => label,
        pool: ({ path }: StoredEntry) => path,
        day: ({ at }: StoredEntry) => String(Math.floor(at / DAY_MS)),
      };
      for (const by of ["model", "label", "pool", "day"] as const)
        for (const sinceMs of [0, clock.now()]) {
          const names = new Set(booked.map((entry) => nameOf[by](entry)));
          const expected = Array.from(names, (name) => {
            const own = booked.filter((entry) => nameOf[by](entry) === name);
            return [name, `${own.length}: ${numbersOf(sumOf(own))}`];
          });
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          const found = (await summed({ path: "acme", by, sinceMs })).map((sum) => [
            sum.name,
            `${sum.entries}: ${numbersOf(sum.amount)}`,
          ]);
          assert.deepEqual(byName(found), byName(expected));
        }
    },
  },
  {
    title: "R15 R10 every entry of a draw is found and amended by its id, and its id is taken",
    async run({ open }) {
      const store = await openMany(open);
      await drawMany(store);
      const entries =
        (await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 1e4 })) ?? [];
      const places = entries.length === 0 ? [] : [1, 2, 6, 14, 27, 1234, COUNT, COUNT + 1];
      for (const seq of places) {
        const entry = entries[seq];
        assert.ok(entry !== undefined);
        const { path, id: of, kind, amount, model, label } = entry;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const [record] = await store.execute("acme", [
          { kind: "record", path, id: of, ask: tokens(3), policy: "allow" },
        ]);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const outcomes = await store.execute("acme", [
          { kind: "find", path, of },
          { kind: "amend", path, id: `amend ${of}`, of, actual: tokens(5) },
          { kind: "find", path, of },
        ]);
        const [found, amended, after] = outcomes;
        const isBooked = kind !== "release";
        assert.equal(found?.kind, isBooked ? "found" : "not found");
        if (found?.kind === "found") assert.deepEqual(found.amount, amount);
        // A record of the same amount would be the same record, sent again.
        if (kind !== "record") assert.equal(record?.kind, "id taken");
        assert.equal(amended?.kind, isBooked ? "settled" : "not found");
        if (after?.kind === "found") assert.equal(after.amount.tokens, 5);
        const last = { path: "acme", after: COUNT + BELOW + 2, sinceMs: 0, limit: 1e4 };
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const amendment = ((await store.ledger(last)) ?? []).find((each) => each.of === of);
        if (isBooked) assert.deepEqual([amendment?.model, amendment?.label], [model, label]);
      }
    },
  },
  {
    title: "R15 R16 the entries of a draw move to the archive, and once if none of it fails",
    async run({ open, clock }) {
      const store = await openMany(open);
      const all = await drawMany(store);
      if (store.forget === undefined) return;
      const sums = await store.sums?.({ path: "acme", by: "model", sinceMs: 0 });
      clock.advance(2 * DAY_MS);
      const moved: LedgerEntry[] = [];
      let pages = 0;
      const archive = (failing: number): Promise<number> =>
        open().archive("acme", clock.now() - DAY_MS, (entries) => {
          if (++pages === failing) throw new Error("the archive is full");
          moved.push(...entries);
        });
      await assert.rejects(archive(2), /full/);
      const kept = (await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 1 })) ?? [];
      const first = kept[0]?.seq ?? 0;
      assert.ok(first > 1 && first <= moved.length + 1);
      // What a store deletes with the last entry of a draw alone comes again.
      moved.length = first - 1;
      const before = Number.MAX_SAFE_INTEGER;
      const query = { path: "acme", after: 0, before, sinceMs: 0, limit: 1e4 };
      const rest = await store.newest?.(query);
      if (rest !== undefined) assert.equal(rest.length, all.length - moved.length);
      await archive(0);
      const ids = moved.map(({ id }) => id);
      assert.deepEqual(
        ids,
        all.map((entry) => Array.isArray(entry) && entry[1]),
      );
      assert.deepEqual(await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 9 }), []);
      assert.deepEqual(await store.sums?.({ path: "acme", by: "model", sinceMs: 0 }), sums);
    },
  },
];
