// Caps for models in each store, with two gateways and several models at once: no cap is passed,
// the books are the bill, and a gateway that is started again goes on where the others are.

import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { startProvider } from "../meter/provider.ts";
import { openStore } from "../support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { chat, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const redis = redisBinary("redis-server");
const postgres = postgresBinaries();
const CHAT = "/openai/v1/chat/completions";
const PATIENCE = { timeout: 60_000 };
const CAPS = { "model:gpt-4o": 0.01, "model:gpt-4o-mini": 0.0005 };

/** The stores, and where each test has a fresh one. */
const PLACES: Readonly<Record<string, (() => Promise<string>) | undefined>> = {
  SQLite: async () => `sqlite:process crash:${temporaryFile("caps.db")}`,
  Redis:
    redis === undefined ? undefined : async () => `redis:${(await RedisServer.start(redis)).port}`,
  Postgres:
    postgres === undefined
      ? undefined
      : async () => `postgres:${(await PostgresServer.start(postgres)).port}`,
};

function opened(address: string): BudgetStore {
  const store = openStore(address);
  onTestFinished(() => store.close());
  return store;
}

function ask(model: string, outputMax = 60): RequestInit {
  return chat("Hello", { model, max_completion_tokens: outputMax });
}

for (const [name, begin] of Object.entries(PLACES)) {
  for (const slices of [false, true]) {
    describe.skipIf(begin === undefined)(`${name}${slices ? ", in slices" : ""}`, () => {
      it(`several models at once over ${name}${slices ? " in slices" : ""} pass no cap, and the books are the bill`, async () => {
        const address = (await begin?.()) ?? "";
        const store = opened(address);
        for (const [cap, usd] of Object.entries(CAPS))
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await store.template(`users/*/${cap}`, { caps: { usd }, window: "day" });
        const one = await startTestGateway(provider, { slices }, store);
        const other = await startTestGateway(provider, { slices }, opened(address));
        const key = await one.keyFor("users/ada");
        provider.behave(() => ({ outputTokens: 60, delayMs: 1 }));
        const models = ["gpt-4o", "gpt-4o-mini", "gpt-5.5"];
        const calls = Array.from({ length: 90 }, async (_, at) => {
          const gateway = at % 2 === 0 ? one : other;
          const model = models[at % models.length] ?? "";
          return { model, status: (await gateway.ask(CHAT, key, ask(model))).status };
        });
        const answers = await Promise.all(calls);
        await provider.idle();
        const used = async (path: string) => {
          const snapshot = await (await store.find(path))?.snapshot();
          return { ...snapshot, nanoUsd: toNanoUsd(snapshot?.used.usd ?? 0) };
        };
        const all = async () => BigInt((await used("users/ada")).nanoUsd);
        await expect.poll(all, PATIENCE).toBe(provider.total.nanoUsd);
        for (const [cap, usd] of Object.entries(CAPS)) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          const pool = await used(`users/ada/${cap}`);
          expect([cap, pool.nanoUsd <= toNanoUsd(usd), pool.nanoUsd > 0]).toEqual([
            cap,
            true,
            true,
          ]);
          const billed = provider.requests.filter(({ body }) => bodyModel(body) === cap.slice(6));
          expect(pool.used?.calls).toBe(billed.length);
        }
        const refused = answers.filter(({ status }) => status === 402).map(({ model }) => model);
        expect(refused).toContain("gpt-4o");
        expect(refused).not.toContain("gpt-5.5");
        expect(answers.filter(({ status }) => status !== 200 && status !== 402)).toEqual([]);
        // A gateway that is started now finds what the others have used.
        const heard = provider.requests.length;
        const late = await startTestGateway(provider, {}, opened(address));
        expect((await late.ask(CHAT, key, ask("gpt-4o", 300))).status).toBe(402);
        expect(provider.requests.length).toBe(heard);
      });
    });
  }
}

function bodyModel(body: unknown): unknown {
  return Reflect.get(Object(body), "model");
}
