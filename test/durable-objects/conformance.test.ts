import { afterAll, describe, expect, it } from "vitest";

import { miniflare, startWorker } from "../support/miniflare.ts";
import type { Workerd } from "../support/miniflare.ts";

const found = await miniflare();
const entry = new URL("suite-worker.ts", import.meta.url).pathname;
const worker: Workerd | undefined =
  found &&
  (await startWorker(found, entry, {
    durableObjects: { BUDGETS: { className: "Budgets", useSQLite: true } },
  }));
/** Ten thousand trips to an object take their time. */
const CASE_MS = 300_000;
const titles: unknown =
  worker === undefined ? [] : await (await worker.dispatchFetch("http://suite/")).json();

describe.skipIf(worker === undefined)("durableObjectStore, all of it in workerd", () => {
  afterAll(() => worker?.dispose());

  it("durableObjectStore is tried with both suites", () => {
    expect(titles).toHaveProperty("length");
    expect(Object(titles).length).toBeGreaterThan(120);
  });

  it.each(Array.isArray(titles) ? titles.map(String) : [])(
    "%s",
    async (title) => {
      const answer = await worker?.dispatchFetch("http://suite/", { method: "POST", body: title });
      expect(await answer?.text()).toBe("passed");
    },
    CASE_MS,
  );
});
