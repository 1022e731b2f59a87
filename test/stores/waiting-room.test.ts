import { expect, it } from "vitest";

import { MemoryStore } from "../../src/stores/index.ts";
import type { Command, Outcome } from "../../src/stores/index.ts";

const path = "acme";
const leaseMs = 60_000;

function amount(tokens: number): Extract<Command, { kind: "check" }>["ask"] {
  return { tokens, inputTokens: 0, outputTokens: 0, nanoUsd: 0, calls: 0 };
}

function waitOf(id: string, tokens: number): Command {
  return { kind: "wait", id, path, ask: amount(tokens), leaseMs, placeMs: 60_000, last: false };
}

async function kindsOf(store: MemoryStore, ...commands: Command[]): Promise<Outcome["kind"][]> {
  return (await store.execute(path, commands)).map(({ kind }) => kind);
}

it("R13 the order of the queue decides, whatever the order of a batch", async () => {
  const store = new MemoryStore();
  const settings = { caps: { tokens: 10 }, overage: undefined, window: undefined };
  await kindsOf(
    store,
    { kind: "open", path, settings },
    { kind: "reserve", id: "hold", path, ask: amount(10), leaseMs },
  );
  expect(await kindsOf(store, waitOf("first", 8), waitOf("second", 3))).toEqual([
    "waiting",
    "waiting",
  ]);
  await kindsOf(store, { kind: "release", id: "hold", path });
  expect(await kindsOf(store, waitOf("third", 2), waitOf("second", 3), waitOf("first", 8))).toEqual(
    ["waiting", "waiting", "held"],
  );
  expect(await kindsOf(store, waitOf("third", 2), waitOf("second", 3))).toEqual([
    "waiting",
    "waiting",
  ]);
  expect(await kindsOf(store, { kind: "leave", id: "second", path }, waitOf("third", 2))).toEqual([
    "done",
    "held",
  ]);
});
