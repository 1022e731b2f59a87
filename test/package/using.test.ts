import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, inject, it } from "vitest";

import { runTool } from "./command.ts";
import { BUN, DENO, NODE_20, NODE_22, NODE_24, runScript } from "./runtimes.ts";

const consumer = inject("consumer");

// TypeScript and JavaScript alike: what a pool holds in and after blocks with reservations.
const SOURCE = `
import { BudgetPool } from "token-budget";

export function heldAndUsed() {
  const pool = new BudgetPool({ caps: { tokens: 100 } });
  const seen = [];
  const look = () => {
    const { reserved, used } = pool.snapshot();
    seen.push(\`\${reserved.tokens} \${used.tokens}\`);
  };
  {
    using hold = pool.reserve({ tokens: 60 });
    look();
    if (hold.settled) seen.push("settled too early");
  }
  look();
  {
    using hold = pool.reserve({ tokens: 60 });
    hold.commit({ tokens: 25 });
  }
  look();
  try {
    using first = pool.reserve({ tokens: 30 });
    using second = pool.reserve({ tokens: 40 });
    look();
    throw new Error(\`boom \${first.settled} \${second.settled}\`);
  } catch (error) {
    seen.push(String(error));
  }
  look();
  {
    using none = pool.tryReserve({ tokens: 76 });
    seen.push(String(none));
  }
  return seen.join(", ");
}
`;
const EXPECTED = "60 0, 0 0, 0 25, 70 25, Error: boom false false, 0 25, undefined";
const USING_DECLARATION = /\busing\s+\w+\s*=/;

/** Writes a script into a folder of its own, beside one that prints what it finds. */
function place(folder: string, file: string, text: string): string {
  mkdirSync(join(consumer, folder), { recursive: true });
  writeFileSync(join(consumer, folder, file), text);
  const print = 'import { heldAndUsed } from "./held.mjs";\nprocess.stdout.write(heldAndUsed());\n';
  writeFileSync(join(consumer, folder, "main.mjs"), print);
  return `${folder}/main.mjs`;
}

describe("a reservation in a `using` declaration", () => {
  it.each([NODE_24, DENO, BUN])(
    "R4 a reservation in a `using` declaration is released natively: $name $range",
    async (runtime) => {
      const main = place("native", "held.mjs", SOURCE);
      expect(await runScript(runtime, main, consumer)).toBe(EXPECTED);
    },
  );

  it("R4 a reservation in a `using` declaration is released where TypeScript has lowered it: Node 20 and 22", async () => {
    const main = place("lowered-by-tsc", "held.mts", SOURCE.replace("[];", "[] as string[];"));
    const options = ["--target", "es2022", "--lib", "es2022,esnext.disposable", "--types", ""];
    const flags = ["--module", "nodenext", "--strict", "--pretty", "false", ...options];
    await runTool("tsc", ["lowered-by-tsc/held.mts", "--ignoreConfig", ...flags], consumer);
    expect(await runScript(NODE_20, main, consumer)).toBe(EXPECTED);
    expect(await runScript(NODE_22, main, consumer)).toBe(EXPECTED);
  });

  it("R4 a reservation in a `using` declaration is released where esbuild has lowered it: Node 20 and 22", async () => {
    const lowered = await lowerWithEsbuild({ format: "esm", bundle: false });
    const main = place("lowered-by-esbuild", "held.mjs", lowered);
    expect(await runScript(NODE_20, main, consumer)).toBe(EXPECTED);
    expect(await runScript(NODE_22, main, consumer)).toBe(EXPECTED);
  });

  it("R4 a reservation is released by a registered symbol where Symbol.dispose is missing: Node 20", async () => {
    // Node 20 adds Symbol.dispose to its own globals, where it cannot be deleted; what its engine
    // brings, a fresh context shows.
    const lowered = await lowerWithEsbuild({ format: "iife", bundle: true });
    place(
      "without-dispose",
      "held.js",
      `${lowered}\n"" + Symbol.dispose + ": " + held.heldAndUsed();`,
    );
    const print = [
      'import { readFileSync } from "node:fs";',
      'import { runInNewContext } from "node:vm";',
      'const script = readFileSync(new URL("./held.js", import.meta.url), "utf8");',
      "process.stdout.write(runInNewContext(script));",
    ];
    writeFileSync(join(consumer, "without-dispose/main.mjs"), print.join("\n"));
    const found = await runScript(NODE_20, "without-dispose/main.mjs", consumer);
    expect(found).toBe(`undefined: ${EXPECTED}`);
  });
});

async function lowerWithEsbuild(options: {
  format: "esm" | "iife";
  bundle: boolean;
}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, loader: "js", resolveDir: consumer },
    target: "es2022",
    globalName: "held",
    write: false,
    ...options,
  });
  const text = outputFiles[0]?.text ?? "";
  expect(text).not.toMatch(USING_DECLARATION);
  return text;
}
