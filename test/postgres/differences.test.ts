import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { NOTHING, Quantities, uniform } from "../../src/core/quantities.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import type { DrawCommand } from "../../src/stores/contract/command.ts";
import type { Command, Store } from "../../src/stores/index.ts";
import { expectSame } from "../support/batches.ts";

const path = "acme";
const open: Command = { kind: "open", path, settings: undefined };
const commit: Command = { kind: "commit", path, id: "hold", actual: uniform(2), unknown: false };
const release: Command = { kind: "release", path, id: "hold" };

/** Two processes, of which each batch says by its place in `turns` who executes it. */
function twoProcesses(one: PostgresStore, other: PostgresStore, turns: string): Store {
  let place = 0;
  return {
    batchesAtOnce: 1,
    commandsAtOnce: 512,
    execute: (root, commands) => (turns[place++] === "b" ? other : one).execute(root, commands),
    paths: () => one.paths(),
    ledger: (query) => one.ledger(query),
    close: async () => undefined,
  };
}

function drawOf(seq: number, keep: Quantities, end: boolean): DrawCommand {
  return {
    kind: "draw",
    path,
    id: "slice",
    seq,
    settled: uniform(0),
    unknown: uniform(0),
    lines: [],
    holds: uniform(0),
    open: 0,
    keep,
    asks: end ? [] : [uniform(5)],
    want: uniform(0),
    least: uniform(0),
    recallMs: 0,
    leaseMs: 60_000,
    end,
  };
}

/** A first draw of a slice that wants room for requests to come. */
function wanting(id: string, tokens: number): Command {
  return {
    ...drawOf(1, uniform(0), true),
    id,
    end: false,
    want: new Quantities(tokens, 0, 0, 0, 0),
  };
}

describe("differences of a batch in Postgres", () => {
  let client: PGlite;
  let made = 0;
  beforeAll(async () => {
    client = await PGlite.create();
  }, 120_000);
  afterAll(() => client.close());

  for (const [settling, sent] of [
    [commit, undefined],
    [commit, true],
    [release, undefined],
    [release, true],
  ] as const) {
    it(`R11 a ${settling.kind} is the first to find that the lease of a hold${sent ? " of a sent call" : ""} has ended`, async () => {
      expect.hasAssertions();
      const hold = {
        kind: "reserve",
        path,
        id: "hold",
        ask: uniform(3),
        leaseMs: 10,
        sent,
      } as const;
      const schema = `ended_${made++}`;
      await expectSame(
        (clock) => new PostgresStore(client, schema, { clock, timeoutMs: 2000 }),
        [
          { afterMs: 0, commands: [open] },
          { afterMs: 0, commands: [hold] },
          { afterMs: 10, commands: [settling] },
        ],
      );
    });
  }

  it("R15 the last draw of a slice does not end what another process drew meanwhile", async () => {
    expect.hasAssertions();
    const schema = `ended_${made++}`;
    const batches: readonly Command[] = [
      open,
      drawOf(1, uniform(0), false),
      { kind: "record", path, id: "r", ask: uniform(1), policy: "throw" },
      // From here on the first process knows that it is not alone.
      { kind: "record", path, id: "s", ask: uniform(1), policy: "throw" },
      drawOf(2, uniform(5), false),
      drawOf(3, uniform(10), false),
      drawOf(3, uniform(0), true),
    ];
    await expectSame(
      (clock) => {
        const [one, other] = [1, 2].map(() => new PostgresStore(client, schema, { clock }));
        if (one === undefined || other === undefined) throw new Error("unreachable");
        return twoProcesses(one, other, "aabaaba");
      },
      batches.map((command) => ({ afterMs: 0, commands: [command] })),
    );
  });

  for (const [what, tokens, others] of [
    [
      "has used the room",
      200,
      [{ kind: "record", path, id: "u", ask: new Quantities(170, 0, 0, 0, 0), policy: "throw" }],
    ],
    [
      "has slices that share the room",
      650,
      Array.from({ length: 12 }, (_, place) => wanting(`other-${place}`, 1)),
    ],
  ] as const) {
    it(`R15 a draw gets its share of what is left when another process ${what}`, async () => {
      expect.hasAssertions();
      const schema = `ended_${made++}`;
      const caps = { tokens };
      const batches: readonly Command[] = [
        { ...open, settings: { caps, overage: undefined, window: undefined } },
        wanting("first", 1),
        { kind: "record", path, id: "r", ask: NOTHING, policy: "throw" },
        // From here on the first process knows that it is not alone.
        { kind: "record", path, id: "s", ask: NOTHING, policy: "throw" },
        ...others,
        wanting("last", 30),
      ];
      await expectSame(
        (clock) => {
          const [one, other] = [1, 2].map(() => new PostgresStore(client, schema, { clock }));
          if (one === undefined || other === undefined) throw new Error("unreachable");
          return twoProcesses(one, other, `aaba${"b".repeat(others.length)}a`);
        },
        batches.map((command) => ({ afterMs: 0, commands: [command] })),
      );
    });
  }
});
