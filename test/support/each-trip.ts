// Fails each thing that a store asks of its database in turn, on its way there or on the way back;
// asked again with the same ids, the books must be those of a store that nothing befell.

import { expect } from "vitest";

import { quantitiesOf, Quantities } from "../../src/core/quantities.ts";
import { MemoryStore } from "../../src/stores/index.ts";
import type { Command, Store } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

/** Which of the calls fails, counted from 1 on; 0 for none. */
export interface Trouble {
  failing: number;
  /** Whether it fails after it was done. */
  isDone: boolean;
}

const tokens = (count: number): Quantities => new Quantities(count, 0, 0, count, 1);
const about = { model: "gpt-5.5", label: "tests" };
const on = { path: "acme/run", leaseMs: 1000 };

/** One call fails, and taking back what was begun may be the next to. */
const TRIES_MAX = 4;

const PLAN: readonly (readonly Command[])[] = [
  [
    {
      kind: "open",
      path: "acme/run",
      settings: { caps: { tokens: 100 }, overage: "allow", window: undefined },
    },
  ],
  [
    { kind: "reserve", id: "one", ask: tokens(10), ...on },
    { kind: "reserve", id: "two", ask: tokens(20), ...on },
    { kind: "record", id: "three", path: "acme/run", ask: tokens(5), policy: "reject", about },
    { kind: "wait", id: "four", ask: tokens(90), placeMs: 1000, last: false, ...on },
  ],
  [
    { kind: "commit", id: "one", path: "acme/run", actual: tokens(12), unknown: true, about },
    { kind: "release", id: "two", path: "acme/run" },
    { kind: "amend", id: "five", path: "acme/run", of: "three", actual: tokens(7) },
    { kind: "withdraw", id: "six", path: "acme/run" },
    { kind: "configure", id: "seven", path: "acme", by: undefined, caps: { tokens: 500 } },
    { kind: "reserve", id: "eight", ask: tokens(30), ...on },
  ],
  [
    { kind: "renew", path: "acme", ids: ["eight"], leaseMs: 2000 },
    { kind: "reset", id: "nine", path: "acme/run" },
    { kind: "leave", id: "four", path: "acme/run" },
  ],
];

/** Runs a plan over and over, with another call failing each time, until none is left to fail. */
export async function expectWholeAtEachTrip(
  trouble: Trouble,
  makeStore: (clock: ManualClock, run: number) => Promise<Store>,
  isBroken: () => boolean,
): Promise<number> {
  for (let failing = 1; ; failing++) {
    const clock = new ManualClock();
    // oxlint-disable-next-line no-await-in-loop -- one fault after the other
    const store = await makeStore(clock, failing);
    trouble.failing = failing;
    const model = new MemoryStore(clock);
    for (const commands of PLAN) {
      // oxlint-disable-next-line no-await-in-loop -- batch after batch
      await model.execute("acme", commands);
      let tries = 0;
      // oxlint-disable-next-line no-await-in-loop -- as a queue does, until it is answered
      while (!(await isAnswered(store, commands))) expect(++tries).toBeLessThan(TRIES_MAX);
    }
    const hasFailed = isBroken();
    trouble.failing = 0;
    // oxlint-disable-next-line no-await-in-loop -- see above
    expect(await booksOf(store), `call ${failing}`).toEqual(await booksOf(model));
    // oxlint-disable-next-line no-await-in-loop -- see above
    await store.close();
    if (!hasFailed) return failing - 1;
  }
}

async function isAnswered(store: Store, commands: readonly Command[]): Promise<boolean> {
  try {
    await store.execute("acme", commands);
    return true;
  } catch {
    return false;
  }
}

async function booksOf(store: Store): Promise<unknown> {
  const paths = ["acme", "acme/run"];
  const snapshots: Command[] = paths.map((path) => ({ kind: "snapshot", path }));
  const outcomes = await store.execute("acme", snapshots);
  const lines = (await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 100 })) ?? [];
  return [
    outcomes.map((outcome) => {
      if (outcome.kind !== "figures") return outcome;
      const { taken, reserved, unknown, openReservations, generation } = outcome.figures;
      return [taken, reserved, unknown]
        .map((each) => quantitiesOf((field) => each[field]))
        .concat(new Quantities(openReservations, generation, 0, 0, 0));
    }),
    lines.map(({ seq, id, kind, amount }) => [seq, id, kind, amount.tokens, amount.nanoUsd]),
  ];
}
