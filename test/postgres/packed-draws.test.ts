import { PGlite } from "@electric-sql/pglite";
import { afterAll, expect, it } from "vitest";

import { Quantities } from "../../src/core/quantities.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import type { Outcome } from "../../src/stores/contract/command.ts";
import { drawOf } from "../../src/testing/conformance/slices.ts";

const client = new PGlite();
afterAll(() => client.close());

const tokens = (count: number, calls: number): Quantities => new Quantities(count, 0, 0, 0, calls);

/** A draw of entries of 10 tokens. */
function drawOfEntries(count: number): ReturnType<typeof drawOf> {
  const line = { kind: "commit", amount: tokens(10, 1), unknown: false, about: undefined } as const;
  return drawOf("slice", 1, {
    settled: tokens(10 * count, count),
    lines: Array.from({ length: count }, () => line),
  });
}

async function opened(schema: string): Promise<PostgresStore> {
  const store = new PostgresStore(client, schema, {});
  await store.execute("acme", [{ kind: "open", path: "acme/a", settings: undefined }]);
  return store;
}

async function takenAfterAmend(store: PostgresStore): Promise<Outcome | undefined> {
  const actual = tokens(500, 1);
  await store.execute("acme", [
    { kind: "amend", path: "acme/a", id: "amend", of: "slice.1.1", actual },
  ]);
  return (await store.execute("acme", [{ kind: "snapshot", path: "acme/a" }]))[0];
}

it("R6 R15 a draw stays in the period before a reset of the same batch", async () => {
  const store = await opened("reset_in_batch");
  await store.execute("acme", [drawOfEntries(2), { kind: "reset", path: "acme/a", id: "reset" }]);
  expect(await takenAfterAmend(store)).toMatchObject({ figures: { taken: { tokens: 0 } } });
});

it("R16 archived entries of a draw do not come back", async () => {
  const store = await opened("archived_twice");
  await store.execute("acme", [drawOfEntries(8)]);
  for (const through of [6, 4])
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await store.forget({ root: "acme", after: 0, through, beforeMs: 0 });
  const entries = await store.ledger({ path: "acme", after: 0, sinceMs: 0, limit: 50 });
  expect(entries.map(({ seq }) => seq)).toEqual([7, 8]);
});
