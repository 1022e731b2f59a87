// What must hold for events: each is delivered at least once to one process of a consumer, even if
// the process that caused it died. A store may have none.

import assert from "node:assert/strict";

import type { BudgetEvent, BudgetStore, EventsOptions } from "../../stores/index.ts";
import type { StoreCase } from "./store-case.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 5;

function optionsOf(options: Partial<EventsOptions>): EventsOptions {
  return { consumer: "alerts", thresholds: [0.5, 0.8], pollMs: POLL_MS, ...options };
}

/** Returns events until `done` says that one is the last; the last is acknowledged too. */
async function eventsUntil(
  store: BudgetStore,
  done: (event: BudgetEvent) => boolean,
  options: Partial<EventsOptions> = {},
): Promise<readonly BudgetEvent[]> {
  const events: BudgetEvent[] = [];
  const stream = store.events(optionsOf(options));
  for await (const event of stream) {
    events.push(event);
    if (!done(event)) continue;
    await stream.ack();
    break;
  }
  return events;
}

/** Starts a consumer: earlier events are not delivered. */
async function begin(store: BudgetStore, options: Partial<EventsOptions> = {}): Promise<void> {
  const stream = store.events(optionsOf(options));
  const loop = stream[Symbol.asyncIterator]();
  const next = loop.next();
  // It has started once it finds something, or reports its end.
  const mark = await store.pool("mark");
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- until the consumer has seen one of them
    await mark.reset();
    // oxlint-disable-next-line no-await-in-loop -- likewise
    const seen = await Promise.race([next, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    if (seen !== undefined) break;
  }
  await stream.ack();
  await loop.return();
}

async function hasEvents(store: BudgetStore): Promise<boolean> {
  try {
    await store.events(optionsOf({})).close();
    return true;
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return false;
  }
}

function summaryOf(event: BudgetEvent): string {
  const { kind, pool } = event;
  if (kind === "threshold") return `${pool} ${event.axis} ${event.threshold}`;
  return kind === "refused" ? `${pool} refused ${event.refusal.reason}` : `${pool} ${kind}`;
}

function isReset({ kind, pool }: BudgetEvent): boolean {
  return kind === "reset" && pool === "acme/end";
}

/** The cases about events. */
export const eventCases: readonly StoreCase[] = [
  {
    title: "events report thresholds, changes, resets and first refusals, each once per window",
    async run({ open, clock }) {
      const store = open();
      if (!(await hasEvents(store))) return;
      const root = await store.pool("acme", { caps: { usd: 10 }, window: "hour" });
      const child = await root.child("child", { caps: { usd: 4 } });
      const end = await store.pool("acme/end");
      await begin(store);
      await child.record({ usd: 3.3 });
      await child.record({ usd: 0.1 });
      await root.record({ usd: 1.7 });
      await child.tryRecord({ usd: 3 });
      await child.tryRecord({ usd: 3.5 });
      await store.refusals();
      await root.freeze({ actor: "ops", reason: "why" });
      await root.thaw();
      await root.configure({ caps: { usd: 20 } });
      await root.configure({ caps: { usd: 10 } });
      const at = clock.now();
      clock.advance(1);
      await end.reset();
      const events = await eventsUntil(open(), isReset);
      assert.deepEqual(
        events
          .map(summaryOf)
          .filter((summary) => summary !== "mark reset" && summary !== "acme/end reset")
          .toSorted(),
        [
          "acme changed",
          "acme changed",
          "acme frozen",
          "acme thawed",
          "acme usd 0.5",
          "acme/child refused spent",
          "acme/child usd 0.5",
          "acme/child usd 0.8",
        ],
      );
      const frozen = events.find(({ kind }) => kind === "frozen");
      assert.deepEqual([frozen?.kind === "frozen" && frozen.actor, frozen?.at], ["ops", at]);
      // In the next window everything is new; the child has no window.
      clock.advance(HOUR_MS);
      await child.record({ usd: 0.1 });
      await root.record({ usd: 5.2 });
      await child.reset();
      await child.record({ usd: 3.9 });
      await end.reset();
      const later = await eventsUntil(open(), isReset);
      assert.deepEqual(later.map(summaryOf).toSorted(), [
        "acme usd 0.5",
        "acme usd 0.8",
        "acme/child reset",
        "acme/child usd 0.5",
        "acme/child usd 0.8",
        "acme/end reset",
      ]);
    },
  },
  {
    title: "events of windows that ended while no consumer was reading are delivered",
    async run({ open, clock }) {
      const store = open();
      if (!(await hasEvents(store))) return;
      const pool = await store.pool("acme", { caps: { usd: 10 }, window: "hour" });
      const end = await store.pool("acme/end");
      await pool.record({ usd: 4 });
      await begin(store);
      for (const usd of [4.5, 6, 1, 8]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await pool.record({ usd });
        clock.advance(HOUR_MS);
      }
      await pool.snapshot();
      await end.reset();
      const events = await eventsUntil(open(), isReset);
      assert.deepEqual(
        events.flatMap((event) =>
          event.kind === "threshold" ? [[event.threshold, event.used, event.window?.startsAt]] : [],
        ),
        [
          [0.5, 8.5, clock.now() - 4 * HOUR_MS],
          [0.8, 8.5, clock.now() - 4 * HOUR_MS],
          [0.5, 6, clock.now() - 3 * HOUR_MS],
          [0.5, 8, clock.now() - HOUR_MS],
          [0.8, 8, clock.now() - HOUR_MS],
        ].map(([threshold, used, startsAt = 0]) => [
          threshold,
          used,
          startsAt - (startsAt % HOUR_MS),
        ]),
      );
    },
  },
  {
    title:
      "an unacknowledged event is delivered again, and one process at a time reads for a consumer",
    async run({ open, clock }) {
      const store = open();
      if (!(await hasEvents(store))) return;
      const pool = await store.pool("acme", { caps: { usd: 10 } });
      await begin(store);
      await begin(store, { consumer: "other" });
      await pool.record({ usd: 6 });
      await pool.freeze();
      const held = open().events(optionsOf({ leaseMs: 60_000 }));
      const dying = held[Symbol.asyncIterator]();
      const first = await dying.next();
      // While that process has the lease, another one of the consumer gets nothing, and another
      // consumer everything.
      const waiting = open().events(optionsOf({}));
      const taken = waiting[Symbol.asyncIterator]().next();
      const others = await eventsUntil(open(), ({ kind }) => kind === "frozen", {
        consumer: "other",
      });
      assert.deepEqual(
        others
          .map(summaryOf)
          .filter((summary) => summary !== "mark reset")
          .toSorted(),
        ["acme frozen", "acme usd 0.5"],
      );
      assert.equal(
        await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 20))]),
        undefined,
      );
      // Its lease has expired: events that it did not acknowledge are delivered again.
      clock.advance(60_000);
      const again = await taken;
      assert.deepEqual(again.value, first.value);
      // It notices when it continues.
      assert.equal(await waiting.ack(), true);
      await waiting.close();
      await dying.return();
    },
  },
];
