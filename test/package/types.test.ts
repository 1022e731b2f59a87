import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";

import { runTool } from "./command.ts";

const consumer = inject("consumer");

// What the published declarations allow, and with @ts-expect-error what they forbid: were a type
// lost on the way and `any` in its place, the line after such a comment would compile, which is an
// error in turn.
const SOURCE = `
import { BudgetExceeded, BudgetPool, toNanoUsd } from "token-budget";
import type { Amount, BudgetSnapshot, Refusal, Reservation, Settlement } from "token-budget";
import { ManualClock } from "token-budget/testing";
import { postgresStore } from "token-budget/postgres";
import { priceBook } from "token-budget/prices";
import type { Price } from "token-budget/prices";
import { redisStore } from "token-budget/redis";
import { sqliteStore } from "token-budget/sqlite";
import { BudgetStore, MemoryStore } from "token-budget/stores";
import type { Store, StoredBudgetPool, StoredReservation } from "token-budget/stores";
import { SharedBudgetPool } from "token-budget/threads";
import type { SharedBudgetHandle } from "token-budget/threads";

const estimate: Amount = { inputTokens: 1200, outputTokens: 300, usd: "0.0081" };
const daily = { window: "day", timeZone: "Europe/Berlin" } as const;
const pool = new BudgetPool({ caps: { usd: 10 }, ...daily, clock: new ManualClock() });
const maybe: Reservation | undefined = pool.tryReserve(estimate);
const settlement: Settlement | undefined = maybe?.commit({ outputTokens: 250 });
const refusal: Refusal | undefined = settlement?.exceeded ?? pool.check(estimate);
const snapshot: BudgetSnapshot = pool.child("task").snapshot();
const nano: number = toNanoUsd(snapshot.used.usd) + (refusal?.attempted ?? 0);
const answer: Promise<string> = pool.run(estimate, async (hold) => String(hold.settled));
{
  using hold = pool.reserve(estimate);
  hold.release();
}
try {
  pool.record({ tokens: nano });
} catch (error) {
  if (!BudgetExceeded.is(error)) throw error;
  const axis: "tokens" | "inputTokens" | "outputTokens" | "usd" | "calls" = error.axis;
  void axis;
}
const shared: BudgetPool = SharedBudgetPool.create({ caps: { usd: 10 }, capacity: { threads: 4 } });
const handle: SharedBudgetHandle = SharedBudgetPool.create().child("task").handle;
shared.record(SharedBudgetPool.attach(handle).snapshot().used);
const kept: Store = new MemoryStore();
const stored: Promise<StoredBudgetPool> = new BudgetStore(kept).pool("acme", { leaseMs: 1000 });
const held: Promise<StoredReservation> = stored.then((each) => each.reserve(estimate));
void sqliteStore("budgets.db", { durability: "process crash" }).close();
const price: Price = priceBook.find("gpt-5.5");
pool.record(price.amount({ inputTokens: 5 }));
// @ts-expect-error a class of tokens that does not exist
price.cost({ promptTokens: 5 });
const asked = async (): Promise<unknown> => [];
void redisStore({ sendCommand: asked, duplicate: () => { throw new Error(); } }, { prefix: "x" });
// @ts-expect-error no client of Redis
void redisStore({});
void postgresStore({ query: async () => ({ rows: [] }) }, { schema: "x" });
// @ts-expect-error no client of Postgres
void postgresStore("postgres://localhost");
// @ts-expect-error a durability that does not exist
void sqliteStore("budgets.db", { durability: "fast" });
// @ts-expect-error a stored reservation answers promises
const now: Settlement = held.then((each) => each.commit());
void now;
// @ts-expect-error a shared pool is made with create()
new SharedBudgetPool();
// @ts-expect-error an axis that does not exist
pool.record({ token: 5 });
// @ts-expect-error an amount of dollars is no date
pool.record({ usd: new Date() });
// @ts-expect-error a window that does not exist
new BudgetPool({ window: "year" });
// @ts-expect-error figures of a snapshot are readonly
snapshot.used.tokens = 5;
// @ts-expect-error the inner handle is not public
new BudgetPool(new Map());
void answer;
`;

// The doors whose types are those of the web: fetch, streams.
const WEB_SOURCE = `
import { BudgetPool } from "token-budget";
import { budgetMiddleware } from "token-budget/ai-sdk";
import { anthropicMiddleware } from "token-budget/anthropic";
import { budgetPlugin } from "token-budget/bedrock";
import { adaptiveEstimate, budgetExceededFrom, meteredFetch } from "token-budget/meter";
import type { ExchangeReport, MeteredPool } from "token-budget/meter";
import { budgetMetrics } from "token-budget/otel";
import { currentBudget, withBudget } from "token-budget/scope";
import { BudgetStore, MemoryStore } from "token-budget/stores";
import { SharedBudgetPool } from "token-budget/threads";

const pool = new BudgetPool({ caps: { usd: 10 } });
const shared: BudgetPool = SharedBudgetPool.create();
const stored = new BudgetStore(new MemoryStore()).pool("acme");
const anyPool: readonly MeteredPool[] = [pool, shared];
void stored.then((each) => meteredFetch(each));
const metered: typeof fetch = meteredFetch(pool, {
  estimate: adaptiveEstimate(),
  onExchange: ({ outcome }: ExchangeReport) => outcome === "used",
});
void meteredFetch(currentBudget, { estimate: ({ outputTokens }) => ({ outputTokens }) });
const seven: number = withBudget(pool, () => 7);
void [metered, seven, anyPool, budgetExceededFrom(seven)?.reason, budgetMiddleware(pool)];
void anthropicMiddleware(pool, { provider: "bedrock" });
void budgetPlugin(pool).applyToStack;
// @ts-expect-error an option that does not exist
void meteredFetch(pool, { clamp: true });
// @ts-expect-error no meter
void budgetMetrics({});
`;

interface Consumer {
  readonly title: string;
  readonly options: { readonly lib?: readonly string[]; readonly [name: string]: unknown };
}

const CONSUMERS: readonly Consumer[] = [
  { title: "nodenext, an ES module", options: { module: "nodenext" } },
  { title: "node20, an ES module", options: { module: "node20" } },
  { title: "a bundler", options: { module: "esnext", moduleResolution: "bundler" } },
  {
    title: "a bundler for browsers",
    options: {
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2022", "dom", "esnext.disposable"],
    },
  },
  {
    title: "nodenext with the types of the web",
    options: { module: "nodenext", lib: ["es2022", "dom", "esnext.disposable"] },
  },
];

describe("the published types", () => {
  it.each(CONSUMERS)(
    "the published types compile for $title, libraries checked too",
    async ({ title, options }) => {
      const folder = `types-${title.replaceAll(/\W+/g, "-")}`;
      mkdirSync(join(consumer, folder));
      const compilerOptions = {
        target: "es2022",
        lib: ["es2022", "esnext.disposable"],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        ...options,
      };
      writeFileSync(
        join(consumer, folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions, files: ["consumer.mts"] }),
      );
      const isWeb = compilerOptions.lib.includes("dom");
      writeFileSync(join(consumer, folder, "consumer.mts"), isWeb ? WEB_SOURCE : SOURCE);
      expect(await runTool("tsc", ["-p", folder, "--pretty", "false"], consumer)).toBe("");
    },
  );
});
