import { spawnSync } from "node:child_process";
import process from "node:process";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const PROGRAM = new URL("../support/dying-process.ts", import.meta.url).pathname;

function die(file: string, part: string): { readonly signal: string | null; readonly out: string } {
  const { signal, stdout } = spawnSync(process.execPath, [PROGRAM, file, part]);
  return { signal, out: stdout.toString() };
}

it("an event is delivered although its writer and its first consumer were killed", async () => {
  const file = temporaryFile("budgets.db");
  const store = sqliteStore(file);
  const options = { consumer: "alerts", thresholds: [0.8], pollMs: 5 };
  await store.pool("acme", { caps: { usd: 10 } });
  const began = await store.pool("began");
  // The consumer begins before.
  const first = store.events(options);
  const loop = first[Symbol.asyncIterator]();
  const next = loop.next();
  for (let isBegun = false; !isBegun;) {
    // oxlint-disable-next-line no-await-in-loop -- until it has begun
    await began.reset();
    const pause = new Promise((resolve) => setTimeout(() => resolve(false), 10));
    // oxlint-disable-next-line no-await-in-loop -- likewise
    isBegun = (await Promise.race([next, pause])) !== false;
  }
  await first.ack();
  await loop.return();

  expect(die(file, "crossing").signal).toBe("SIGKILL");
  const handled = die(file, "handling");
  expect(handled.signal).toBe("SIGKILL");
  const ids: string[] = [];
  for await (const event of store.events(options)) {
    if (event.kind !== "threshold") continue;
    ids.push(event.id);
    break;
  }
  expect(ids[0]).toContain("threshold acme usd 0.8");
  if (handled.out.startsWith("threshold")) expect(ids[0]).toBe(handled.out);
  await store.close();
}, 60_000);
