import { createContext, runInContext } from "node:vm";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, inject, it } from "vitest";

const consumer = inject("consumer");
const DIST = "node_modules/token-budget/dist";

const DOORS = [
  "index.js",
  "threads/index.js",
  "meter/index.js",
  "ai-sdk/index.js",
  "anthropic/index.js",
  "bedrock/index.js",
  "otel/index.js",
  "durable-objects/index.js",
];

describe.each(DOORS)("the door %s", (entry) => {
  it("a door reaches nothing but files of its own package", async () => {
    // Goal: no import of `node:` or of another package, static or dynamic. Method: a bundler lists
    // what is imported, with every import that is not relative left as it is.
    const { metafile } = await build({
      entryPoints: [`${DIST}/${entry}`],
      absWorkingDir: consumer,
      bundle: true,
      packages: "external",
      platform: "neutral",
      format: "esm",
      metafile: true,
      write: false,
    });
    const inputs = Object.entries(metafile.inputs);
    const elsewhere = inputs.flatMap(([, input]) => input.imports.filter((from) => from.external));
    expect(elsewhere).toEqual([]);
    expect(inputs.length).toBeGreaterThan(5);
    for (const [path] of inputs) expect(path).toMatch(/^node_modules\/token-budget\/dist\/.*\.js$/);
  });
});

describe('the door "."', () => {
  it("the main door works in an engine without a host: no process, Buffer, timers, console or URL", async () => {
    const { outputFiles } = await build({
      entryPoints: [`${DIST}/index.js`],
      absWorkingDir: consumer,
      bundle: true,
      platform: "neutral",
      format: "iife",
      globalName: "api",
      write: false,
    });
    const engine = createContext({ module: {} });
    runInContext("delete globalThis.console", engine); // V8 brings one along
    const found = "[typeof process, typeof Buffer, typeof setTimeout, typeof console, typeof URL]";
    expect(JSON.stringify(runInContext(found, engine))).toBe(
      JSON.stringify(Array(5).fill("undefined")),
    );
    runInContext(outputFiles[0]?.text ?? "", engine);
    runInContext(readFileSync(join(consumer, "exercise.cjs"), "utf8"), engine);
    expect(await runInContext("exercise(api)", engine)).toBeGreaterThan(10);
  });
});
