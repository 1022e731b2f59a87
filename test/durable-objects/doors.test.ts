import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";

import { miniflare, startWorker } from "../support/miniflare.ts";
import type { Workerd } from "../support/miniflare.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** What needs files, threads or a server of its own. */
const ELSEWHERE: ReadonlySet<string> = new Set(["sqlite", "threads", "proxy", "package.json"]);

const found = await miniflare();
const manifest: { exports: Record<string, unknown> } = JSON.parse(
  readFileSync(`${ROOT}package.json`, "utf8"),
);
const doors = Object.keys(manifest.exports)
  .map((door) => door.replace(/^\.\/?/, ""))
  .filter((door) => !ELSEWHERE.has(door));

describe.skipIf(found === undefined)("a Worker loads", () => {
  const started: Workerd[] = [];
  afterAll(() => Promise.all(started.map((worker) => worker.dispose())));

  it.each(doors)('a Worker loads the door "%s"', async (door) => {
    if (found === undefined) return;
    // Goal: nothing at module scope that Workers refuse: no randomness, timers or I/O.
    const entry = temporaryFile("worker.ts");
    const path = `${ROOT}src/${door === "" ? "" : `${door}/`}index.ts`;
    writeFileSync(
      entry,
      `import * as door from ${JSON.stringify(path)};
       export default { fetch: () => Response.json(Object.keys(door)) };`,
    );
    const worker = await startWorker(found, entry);
    started.push(worker);
    const names: unknown = await (await worker.dispatchFetch("http://door/")).json();
    expect(Object(names).length).toBeGreaterThan(0);
  });
});
