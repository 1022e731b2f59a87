// Random batches of commands, and a store that must answer each as the store in memory does.

import fc from "fast-check";
import { expect } from "vitest";

import { Quantities, quantitiesOf, uniform } from "../../src/core/quantities.ts";
import { readWindow } from "../../src/core/window.ts";
import { MemoryStore } from "../../src/stores/index.ts";
import type { Command, Store } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

/** Commands that are executed together, some time after those before. */
export interface Batch {
  readonly afterMs: number;
  readonly commands: readonly Command[];
}

const quantity = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 51, max: Number.MAX_SAFE_INTEGER }) },
);
const amount: fc.Arbitrary<Quantities> = fc
  .tuple(quantity, quantity, quantity, quantity, fc.nat(2))
  .map((quantities) => {
    let axis = 0;
    return quantitiesOf(() => quantities[axis++] ?? 0);
  });
const cap = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
);
const capsOf = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<Partial<Record<keyof Quantities, T>>> =>
  fc.record(
    { tokens: each, inputTokens: each, outputTokens: each, nanoUsd: each, calls: each },
    { requiredKeys: [] },
  );
const policy = fc.constantFrom("throw" as const, "allow" as const, "reject" as const);
const window = fc.constantFrom(
  readWindow({ everyMs: 10 }),
  readWindow({ everyMs: 1000, anchor: 7 }),
  readWindow("minute"),
  readWindow("day", "Europe/Berlin"),
  readWindow({ everyMs: 10, carryOver: true }),
  readWindow({ everyMs: 60, carryOver: { upTo: { tokens: 40, usd: "0.000000005", calls: 1 } } }),
  readWindow({ everyMs: 9, carryOver: { upTo: { usd: 9e6, calls: 9 } } }),
  readWindow({ every: "day", at: "03:00", carryOver: true }, "Europe/Berlin"),
);
const paths = ["acme", "acme/a", "acme/a/b", "acme/c{}", "acme/never opened"];
const path = fc.constantFrom(...paths);
/** So few that commands meet each other's. */
const id = fc.integer({ min: 0, max: 11 }).map((count) => `id-${count}`);
/** Besides, a line of a slice, and what stands in for one that was lost. */
const idOfLine = fc.oneof(
  { weight: 3, arbitrary: id },
  {
    weight: 1,
    arbitrary: fc.constantFrom("slice-1.2.1", "slice-2.1.1", "slice-0.lost.1", "id-1.lost"),
  },
);
const idOrSlice = fc.oneof(
  { weight: 20, arbitrary: id },
  { weight: 1, arbitrary: fc.constant("slice-0") },
);
const idOfKind = (kind: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.nat(2).map((count) => `${kind}-${count}`) },
  );
/** Words that would break a text of lines, were they taken apart carelessly. */
const word = fc.option(fc.constantFrom("gpt-5.5", "a b", "%1", "ü\"'"), { nil: undefined });
const about = fc.option(fc.record({ model: word, label: word }), { nil: undefined });
const watched = fc.option(fc.subarray(paths), { nil: undefined });
const leaseMs = fc.constantFrom(5, 50, 100_000);
const sent = fc.constantFrom(undefined, true);
const kindOf = <K extends Command["kind"]>(kind: K): fc.Arbitrary<K> => fc.constant(kind);

const small: fc.Arbitrary<Quantities> = fc
  .tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(2))
  .map((quantities) => {
    let axis = 0;
    return quantitiesOf(() => quantities[axis++] ?? 0);
  });
/** Draws of a few slices, most of them with the number that comes next now and then. */
const draw: fc.Arbitrary<Command> = fc
  .record({
    slice: fc.nat(3),
    seq: fc.integer({ min: 1, max: 6 }),
    path: fc.oneof({ weight: 1, arbitrary: path }, { weight: 4, arbitrary: fc.constant("") }),
    settled: fc.oneof({ weight: 9, arbitrary: small }, amount),
    each: fc.nat(4),
    holds: fc.oneof({ weight: 9, arbitrary: small }, amount),
    room: fc.option(small, { nil: uniform(0) }),
    open: fc.nat(3),
    asks: fc.array(amount, { maxLength: 3 }),
    want: fc.option(small, { nil: uniform(0) }),
    least: fc.nat(2),
    leaseMs,
    recallMs: fc.constantFrom(0, 100),
    end: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    watched,
    lines: fc.array(
      fc.record({
        kind: fc.constantFrom("commit" as const, "record" as const, "release" as const),
        amount,
        unknown: fc.boolean(),
        about,
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ slice, seq, path: on, settled, each, holds, room, least, ...rest }) =>
    Object.assign(rest, {
      kind: "draw" as const,
      id: `slice-${slice}`,
      seq,
      path: on || (paths[slice] ?? ""),
      // Totals that rise with the number of the draw.
      settled: quantitiesOf((field) => settled[field] + seq * each),
      unknown: uniform(seq),
      holds,
      keep: quantitiesOf((field) => Math.min(Number.MAX_SAFE_INTEGER, holds[field] + room[field])),
      least: uniform(least),
    }),
  );

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: kindOf("record"), path, id, ask: amount, policy, watched, about }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kindOf("reserve"),
      path,
      id: idOrSlice,
      ask: amount,
      leaseMs,
      sent,
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path, id, fixed: amount, leaseMs, sent, tokens: fc.nat(9), min: fc.nat(2) })
      .map(({ path: on, id: as, fixed, leaseMs: forMs, sent: isSent, tokens, min }) => ({
        sent: isSent,
        kind: "grant" as const,
        path: on,
        id: as,
        fixed,
        leaseMs: forMs,
        unit: new Quantities(tokens, 0, 0, tokens > 4 ? 1 : 0, 0),
        min,
        max: min + 9,
      })),
  },
  {
    weight: 5,
    // Whoever asks again under an id asks for the same.
    arbitrary: fc
      .record({
        place: fc.integer({ min: 0, max: 11 }),
        forMs: leaseMs,
        placeMs: fc.constantFrom(8, 1000),
        last: fc.boolean(),
        isSent: sent,
      })
      .map(({ place, forMs, placeMs, last, isSent }) => ({
        sent: isSent,
        kind: "wait" as const,
        path: paths[place % 4] ?? "",
        id: `id-${place}`,
        ask: new Quantities(3 * place, 0, place, 20 - place, 1),
        leaseMs: forMs,
        placeMs,
        last,
      })),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("leave"), path, id }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("withdraw"), path, id: idOrSlice }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kindOf("commit"),
      path,
      id: idOrSlice,
      actual: amount,
      unknown: fc.boolean(),
      policy: fc.option(policy, { nil: undefined }),
      watched,
      about,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kindOf("release"), path, id: idOrSlice }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kindOf("renew"), path, ids: fc.array(idOrSlice), leaseMs, sent }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kindOf("amend"),
      path,
      id: idOfKind("amend"),
      of: idOfLine,
      actual: amount,
      watched,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kindOf("late"),
      path,
      id,
      ask: amount,
      // The clock begins here.
      at: fc.integer({ min: -20, max: 200 }).map((ms) => new ManualClock().now() + ms),
      throws: fc.boolean(),
      watched,
      about,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("find"), path, of: idOfLine }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("reset"), path, id: idOfKind("reset") }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("delete"), path, id: idOfKind("delete") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kindOf("configure"),
      path,
      id: idOfKind("configure"),
      caps: fc.option(capsOf(fc.option(cap)), { nil: undefined }),
      by: fc.option(capsOf(fc.integer({ min: -20, max: 20 })), { nil: undefined }),
      frozen: fc.constantFrom(undefined, undefined, false, false, true),
      overage: fc.option(policy, { nil: undefined }),
      window: fc.oneof(fc.constant(undefined), fc.constant(null), window),
      watched,
    }),
  },
  { weight: 6, arbitrary: draw },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kindOf("configure"),
      path,
      id: idOfKind("configure"),
      by: capsOf(fc.integer({ min: -20, max: 20 })),
      // The clock begins here.
      until: fc.integer({ min: 0, max: 200 }).map((ms) => new ManualClock().now() + ms),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("check"), path, ask: amount }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("snapshot"), path }) },
);

const settings = fc.record({
  caps: capsOf(cap),
  overage: fc.option(policy, { nil: undefined }),
  window: fc.option(window, { nil: undefined }),
});
const opening: fc.Arbitrary<Command> = fc.record({
  kind: kindOf("open"),
  path: fc.constantFrom(...paths.slice(0, 4)),
  settings: fc.option(settings, { nil: undefined }),
  above: fc.option(
    fc.uniqueArray(fc.record({ path, settings }), { maxLength: 2, selector: (each) => each.path }),
    { nil: undefined },
  ),
  ifThere: fc.constantFrom(undefined, false, true),
});

/** Pools that are opened, and up to twelve batches on them. */
export const batches: fc.Arbitrary<readonly Batch[]> = fc
  .tuple(
    fc.array(opening, { minLength: 2, maxLength: 5 }),
    fc.array(
      fc.record({
        afterMs: fc.constantFrom(0, 0, 1, 4, 9, 60, 70_000),
        commands: fc.array(fc.oneof({ weight: 30, arbitrary: command }, opening), {
          minLength: 1,
          maxLength: 8,
        }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  )
  .map(([commands, rest]) => [{ afterMs: 0, commands }].concat(rest));

/** Executes batches in a store and in memory; every outcome, snapshot and line must be the same. */
export async function expectSame(
  makeStore: (clock: ManualClock) => Store,
  plan: readonly Batch[],
): Promise<void> {
  const clock = new ManualClock();
  const model = new MemoryStore(clock);
  const store = makeStore(clock);
  try {
    for (const { afterMs, commands } of plan) {
      clock.advance(afterMs);
      // oxlint-disable-next-line no-await-in-loop -- batch after batch
      await expectSameOutcomes(model, store, commands);
    }
    await expectSameOutcomes(
      model,
      store,
      paths.map((each) => ({ kind: "snapshot", path: each })),
    );
    const query = { path: "acme", after: 0, sinceMs: 0, limit: 1000 };
    expect(plain(await store.ledger(query))).toEqual(plain(await model.ledger(query)));
    const changes = { ...query, only: "changes" } as const;
    expect(plain(await store.ledger(changes))).toEqual(plain(await model.ledger(changes)));
    expect((await store.paths()).toSorted()).toEqual((await model.paths()).toSorted());
  } finally {
    await store.close();
  }
}

async function expectSameOutcomes(
  model: Store,
  store: Store,
  commands: readonly Command[],
): Promise<void> {
  const expected = await model.execute("acme", commands);
  expect(plain(await store.execute("acme", commands))).toEqual(plain(expected));
}

const LINE_FIELDS = new Set([
  "id",
  "kind",
  "path",
  "at",
  "amount",
  "unknown",
  "of",
  "bookedAt",
  "asOf",
]);

/** What a store tells, without what says nothing and without what only a memory has. */
export function plain(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return value;
  const isLine = "bookedAt" in value;
  const entries = Object.entries(value).filter(
    ([key, each]) =>
      each !== undefined &&
      !(key === "levels" && Array.isArray(each) && each.length === 0) &&
      !(isLine && !LINE_FIELDS.has(key)),
  );
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
}
