import { beforeAll, describe, expect, inject, it } from "vitest";

import { BUN, DENO, NODE_20, NODE_22, NODE_24, programOf, runScript } from "./runtimes.ts";

const RUNTIMES = [NODE_20, NODE_22, NODE_24, BUN, DENO].map((runtime) => ({
  title: `${runtime.name} ${runtime.range}`,
  runtime,
}));
const consumer = inject("consumer");

describe.each(RUNTIMES)("the installed tarball under $title", ({ runtime }) => {
  beforeAll(async () => {
    await programOf(runtime);
  });

  it("the installed tarball is imported and exercised", async () => {
    expect(await runScript(runtime, "smoke.mjs", consumer)).toMatch(/^passed \d\d checks\n$/);
  });

  it.each(["threads.mjs", "threads.cjs"])(
    "the installed tarball shares a budget among workers: %s",
    async (script) => {
      expect(await runScript(runtime, script, consumer)).toBe("passed 6 checks\n");
    },
  );

  it("the installed tarball keeps a budget in a store", async () => {
    expect(await runScript(runtime, "stores.mjs", consumer)).toBe("passed 9 checks\n");
  });

  it("the installed tarball meters traffic", async () => {
    expect(await runScript(runtime, "meter.mjs", consumer)).toBe("passed 13 checks\n");
  });

  it("the installed tarball is required and exercised", async () => {
    expect(await runScript(runtime, "smoke.cjs", consumer)).toMatch(/^passed \d\d checks\n$/);
  });
});
