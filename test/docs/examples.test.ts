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

const POOL = 'import { BudgetPool } from "token-budget";';
const STORES = 'import { BudgetStore, MemoryStore } from "token-budget/stores";';
const OPENAI = 'import OpenAI from "openai";';
const FETCH = 'import { meteredFetch } from "token-budget/meter";';
/** What docstrings use, by the paths that they stand below: they show no imports. */
const IMPORTS: readonly (readonly [path: string, imports: readonly string[]])[] = [
  [
    "src/meter/",
    [
      OPENAI,
      POOL,
      'import { adaptiveEstimate, budgetExceededFrom, meteredFetch } from "token-budget/meter";',
      'import { meteredTool, publicTokenizer } from "token-budget/meter";',
    ],
  ],
  [
    "src/anthropic/",
    [
      'import Anthropic from "@anthropic-ai/sdk";',
      POOL,
      'import { anthropicMiddleware } from "token-budget/anthropic";',
    ],
  ],
  [
    "src/bedrock/",
    [
      'import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";',
      POOL,
      'import { budgetPlugin } from "token-budget/bedrock";',
    ],
  ],
  [
    "src/ai-sdk/",
    [
      'import { generateText, wrapLanguageModel } from "ai";',
      'import { openai } from "@ai-sdk/openai";',
      POOL,
      'import { budgetMiddleware } from "token-budget/ai-sdk";',
    ],
  ],
  [
    "src/otel/",
    [
      'import { MeterProvider } from "@opentelemetry/sdk-metrics";',
      OPENAI,
      POOL,
      FETCH,
      'import { budgetMetrics } from "token-budget/otel";',
    ],
  ],
  [
    "src/scope/",
    [OPENAI, POOL, FETCH, 'import { currentBudget, withBudget } from "token-budget/scope";'],
  ],
  ["src/proxy/", [OPENAI, POOL, 'import { startProxy } from "token-budget/proxy";']],
  ["src/sqlite/", ['import { sqliteStore } from "token-budget/sqlite";']],
  [
    "src/redis/",
    ['import { Redis } from "ioredis";', 'import { redisStore } from "token-budget/redis";'],
  ],
  [
    "src/postgres/",
    ['import pg from "pg";', 'import { postgresStore } from "token-budget/postgres";'],
  ],
  ["src/api/", [STORES, 'import { adminApi } from "token-budget/console";']],
  [
    "src/testing/provider/",
    [OPENAI, POOL, FETCH, 'import { SimulatedProvider } from "token-budget/testing/provider";'],
  ],
  [
    "src/testing/",
    [
      'import test from "node:test";',
      POOL,
      STORES,
      'import { conformanceSuite, runTrace, storeSuite } from "token-budget/testing";',
    ],
  ],
  ["src/prices/", ['import { priceBook } from "token-budget/prices";']],
  ["src/core/nano-usd.ts", ['import { toNanoUsd, toUsd } from "token-budget";']],
  ["src/gateway/", [STORES, 'import { KeyStore, startGateway } from "token-budget/gateway";']],
  ["src/console/", [STORES, 'import { budgetConsole } from "token-budget/console";']],
  ["src/stores/", [STORES]],
  ["src/threads/", ['import { SharedBudgetPool } from "token-budget/threads";']],
  ["src/", [POOL]],
];

function importFor(path: string): string {
  const [, imports = []] = IMPORTS.find(([below]) => path.startsWith(below)) ?? [];
  return imports.join("\n");
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

  it("examples are found in the README, the docs and the docstrings", () => {
    const from = (start: string): number =>
      examples.filter(({ title }) => title.startsWith(start)).length;
    expect(from("README.md")).toBeGreaterThanOrEqual(2);
    expect(from("docs/")).toBeGreaterThanOrEqual(10);
    expect(from("src/")).toBeGreaterThanOrEqual(1);
  });

  it.concurrent.each(examples)(
    "the example $title runs and prints what it says",
    async ({ code }) => {
      // Run from the repository, where "token-budget" is the package itself, as built.
      const program = PRELUDE + withAssertions(code);
      const flags = ["--input-type=module-typescript", "--eval", program];
      const env = environmentFor(provider.url);
      await expect(run(process.execPath, flags, { cwd: root, env })).resolves.toBeDefined();
    },
  );
});
