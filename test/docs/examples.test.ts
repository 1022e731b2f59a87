// Runs every TypeScript example of the README, the docs and the docstrings as a program of its own.
// A line that ends in `// => value` must have that value.

import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** What examples may use without saying where it comes from; providers are a simulated one. */
const PRELUDE = `
import docsAssert from "node:assert/strict";
const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(typeof input === "object" && "url" in input ? input.url : input);
  if (url.hostname === "127.0.0.1") return realFetch(input, init);
  const local = \`\${process.env.SIMULATED_PROVIDER}\${url.pathname}\${url.search}\`;
  return realFetch(local, init);
};
const texts = ["one", "two", "three"];
async function callModel(_prompt: string) {
  return { text: "an answer", usage: { total_tokens: 1200 }, cost: 0.0036 };
}
`;

interface Example {
  readonly title: string;
  readonly code: string;
}

/** Docstrings show no imports: theirs is the class that they are about. */
function importFor(path: string): string {
  if (path.startsWith("src/meter/")) {
    return [
      'import OpenAI from "openai";',
      'import { BudgetPool } from "token-budget";',
      'import { meteredFetch, meteredTool, publicTokenizer } from "token-budget/meter";',
    ].join("\n");
  }
  if (path.startsWith("src/anthropic/")) {
    return [
      'import Anthropic from "@anthropic-ai/sdk";',
      'import { BudgetPool } from "token-budget";',
      'import { anthropicMiddleware } from "token-budget/anthropic";',
    ].join("\n");
  }
  if (path.startsWith("src/bedrock/")) {
    return [
      'import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";',
      'import { BudgetPool } from "token-budget";',
      'import { budgetPlugin } from "token-budget/bedrock";',
    ].join("\n");
  }
  if (path.startsWith("src/testing/provider/")) {
    return [
      'import OpenAI from "openai";',
      'import { BudgetPool } from "token-budget";',
      'import { meteredFetch } from "token-budget/meter";',
      'import { SimulatedProvider } from "token-budget/testing/provider";',
    ].join("\n");
  }
  if (path.startsWith("src/prices/")) return 'import { priceBook } from "token-budget/prices";';
  if (path === "src/core/nano-usd.ts") return 'import { toNanoUsd, toUsd } from "token-budget";';
  if (path.startsWith("src/console/")) {
    return [
      'import { budgetConsole } from "token-budget/console";',
      'import { BudgetStore, MemoryStore } from "token-budget/stores";',
    ].join("\n");
  }
  if (path.startsWith("src/gateway/")) {
    return [
      'import { KeyStore, startGateway } from "token-budget/gateway";',
      'import { BudgetStore, MemoryStore } from "token-budget/stores";',
    ].join("\n");
  }
  if (path.startsWith("src/stores/"))
    return 'import { BudgetStore, MemoryStore } from "token-budget/stores";';
  return path.startsWith("src/threads/")
    ? 'import { SharedBudgetPool } from "token-budget/threads";'
    : 'import { BudgetPool } from "token-budget";';
}

function examplesOf(path: string): Example[] {
  const text = readFileSync(`${root}/${path}`, "utf8");
  const found = path.endsWith(".md")
    ? [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? "")
    : [...text.matchAll(/@example\n([\s\S]*?)\*\//g)].map(
        (match) => `${importFor(path)}\n${(match[1] ?? "").replaceAll(/^\s*\* ?/gm, "")}`,
      );
  return found.map((code, index) => ({ title: `${path} ${index + 1}`, code }));
}

/** Turns `expression; // => value` into an assertion. */
function withAssertions(code: string): string {
  return code
    .split("\n")
    .map((line) => {
      const match = /^(\s*)(?:const (\w+) = )?(.*?);\s*\/\/ => (.*)$/.exec(line);
      if (match === null) return line;
      const [, indent = "", name, expression = "", value = ""] = match;
      const declared = name === undefined ? "" : `const ${name} = ${expression}; `;
      return `${indent}${declared}docsAssert.deepEqual(${name ?? expression}, ${value});`;
    })
    .join("\n");
}

function filesUnder(path: string, ending: string): string[] {
  return readdirSync(`${root}/${path}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${path}/${name}`);
}

/** What runs in workerd alone; test/durable-objects does so. */
const ELSEWHERE = "src/durable-objects/";
const sources = filesUnder("src", ".ts").filter((path) => !path.startsWith(ELSEWHERE));
const pages = ["README.md", ...filesUnder("docs", ".md"), ...sources];
const examples = pages.flatMap(examplesOf);

/** What the clients of providers read from the environment. */
function environmentFor(url: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    OPENAI_API_KEY: "key",
    ANTHROPIC_API_KEY: "key",
    GEMINI_API_KEY: "key",
    SIMULATED_PROVIDER: url,
  };
}

describe("examples", () => {
  let provider: SimulatedProvider;
  beforeAll(async () => {
    provider = await SimulatedProvider.start();
  });
  afterAll(() => provider.close());

  it("are found in the README, the docs and the docstrings", () => {
    const from = (start: string): number =>
      examples.filter(({ title }) => title.startsWith(start)).length;
    expect(from("README.md")).toBeGreaterThanOrEqual(2);
    expect(from("docs/")).toBeGreaterThanOrEqual(10);
    expect(from("src/")).toBeGreaterThanOrEqual(1);
  });

  it.concurrent.each(examples)("$title runs and gives what it says", async ({ code }) => {
    // Run from the repository, where "token-budget" is the package itself, as built.
    const program = PRELUDE + withAssertions(code);
    const flags = ["--input-type=module-typescript", "--eval", program];
    const env = environmentFor(provider.url);
    await expect(run(process.execPath, flags, { cwd: root, env })).resolves.toBeDefined();
  });
});
