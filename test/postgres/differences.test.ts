import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { uniform } from "../../src/core/quantities.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import type { Command } from "../../src/stores/index.ts";
import { expectSame } from "../support/batches.ts";

const path = "acme";
const open: Command = { kind: "open", path, settings: undefined };
const commit: Command = { kind: "commit", path, id: "hold", actual: uniform(2), unknown: false };
const release: Command = { kind: "release", path, id: "hold" };

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
});
