// Gateways as people run them: processes of their own, several of them on one store, which end,
// are killed, or lose their store.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { KeyStore } from "../../src/gateway/index.ts";
import type { BudgetStore, StoredSnapshot } from "../../src/stores/index.ts";
import { start, tokenBudget } from "../cli/program.ts";
import { startProvider } from "../meter/provider.ts";
import { openStore } from "../support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { freePort } from "../support/servers.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { chat } from "./gateways.ts";

const provider = await startProvider();
const PEOPLE = 200;
const CHAT = "/openai/v1/chat/completions";
/** A process is started and asked on a machine that may be busy. */
const PATIENCE = { timeout: 60_000 };

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: ReturnType<typeof start>["ended"];
}

/** Starts a gateway over a store. */
async function serve(store: string, more: readonly string[] = []): Promise<Served> {
  const port = await freePort();
  const args = ["serve", "--store", store, "--port", String(port), "--quiet", ...more];
  const { child, ended } = start([...args, "--upstream", `openai=${provider.url}/v1`], {
    OPENAI_API_KEY: "sk-one,sk-two",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  await expect.poll(() => statusOf(`${url}/readyz`), PATIENCE).toBe(200);
  return { child, url, ended };
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  try {
    const answer = await fetch(url, init);
    await answer.text();
    return answer.status;
  } catch {
    return 0;
  }
}

function by(key: string, init: RequestInit = chat("Hello", { max_tokens: 200 })): RequestInit {
  return { ...init, headers: { ...Object(init.headers), authorization: `Bearer ${key}` } };
}

interface Place {
  readonly name: string;
  readonly isMissing: boolean;
  readonly begin: () => Promise<{
    /** For programs, and for this one. */
    readonly url: string;
    readonly address: string;
    readonly server: RedisServer | PostgresServer | undefined;
  }>;
}

const PLACES: readonly Place[] = [
  {
    name: "SQLite",
    isMissing: false,
    async begin() {
      const file = temporaryFile("team.db");
      return { url: `sqlite:${file}`, address: `sqlite:process crash:${file}`, server: undefined };
    },
  },
  {
    name: "Redis",
    isMissing: redisBinary("redis-server") === undefined,
    async begin() {
      const aof = ["--appendonly", "yes", "--appendfsync", "always"];
      const server = await RedisServer.start(redisBinary("redis-server") ?? "", aof);
      const { port } = server;
      return { url: `redis://127.0.0.1:${port}`, address: `redis:${port}`, server };
    },
  },
  {
    name: "Postgres",
    isMissing: postgresBinaries() === undefined,
    async begin() {
      const server = await PostgresServer.start(postgresBinaries() ?? "");
      const { port } = server;
      const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
      return { url, address: `postgres:${port}`, server };
    },
  },
];

/**
 * Calls go through or are refused, for money or because a busy machine's store was too slow; an
 * answer may be lost on the way.
 */
function expectStatuses(statuses: readonly number[]): void {
  expect(statuses).toContain(200);
  expect(statuses).toContain(402);
  const known = new Set([0, 200, 402, 503]);
  expect(statuses.filter((status) => !known.has(status))).toEqual([]);
}

/** What the pot has used, in nano-dollars. */
async function booked(store: BudgetStore): Promise<bigint> {
  const { used } = await (await store.pool("team")).snapshot();
  return BigInt(toNanoUsd(used.usd));
}

/** What a pool and those below it have, beside what the provider has billed. */
function expectNoCapPassed(snapshots: readonly StoredSnapshot[]): void {
  for (const { path, caps, used, reserved } of snapshots)
    if (caps.usd !== undefined)
      expect([path, toNanoUsd(used.usd) + toNanoUsd(reserved.usd) <= toNanoUsd(caps.usd)]).toEqual([
        path,
        true,
      ]);
}

async function team(address: string): Promise<{ store: BudgetStore; keys: readonly string[] }> {
  const store = openStore(address);
  onTestFinished(() => store.close());
  await store.pool("team", { caps: { usd: 1 }, overage: "allow" });
  await store.template("team/*", { caps: { usd: 0.02 }, overage: "allow" });
  const all = new KeyStore(store);
  const keys: string[] = [];
  for (let person = 0; person < PEOPLE; person++)
    // oxlint-disable-next-line no-await-in-loop -- in their order
    keys.push((await all.create({ pool: `team/${person}` }, "test")).key);
  return { store, keys };
}

for (const { name, isMissing, begin } of PLACES) {
  describe.skipIf(isMissing)(`two gateways on ${name}`, () => {
    it("200 people at once on a shared pot of $1: no cap is passed, and the books equal the bill", async () => {
      const { url, address } = await begin();
      const { store, keys } = await team(address);
      const gateways = await Promise.all([serve(url), serve(url)]);
      // Dear enough that the pot is empty long before all have had what is theirs.
      provider.behave(() => ({ outputTokens: 200 }));
      const body = chat("Hello", { model: "gpt-4o", max_tokens: 200 });
      const people = keys.map(async (key, person) => {
        const statuses: number[] = [];
        for (let call = 0; call < 4; call++)
          // oxlint-disable-next-line no-await-in-loop -- a person asks one thing after the other
          statuses.push(
            await statusOf(`${gateways[(person + call) % 2]?.url}${CHAT}`, by(key, body)),
          );
        return statuses;
      });
      expectStatuses((await Promise.all(people)).flat());
      await provider.idle();
      // What a store under such a load has not taken in time is booked in the background.
      await expect.poll(async () => await booked(store), PATIENCE).toBe(provider.total.nanoUsd);
      const snapshots = await store.pools();
      expectNoCapPassed(snapshots);
      expect(snapshots.find(({ path }) => path === "team")?.openReservations).toBe(0);
      for (const { child, ended } of gateways) {
        child.kill("SIGTERM");
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(await ended).toMatchObject({ code: 0, signal: null });
      }
    }, 300_000);

    it("one of two gateways killed with -9 in the middle: no cap is passed, and all billed spend is booked or held", async () => {
      const { url, address } = await begin();
      const { store, keys } = await team(address);
      const [one, other] = await Promise.all([serve(url), serve(url)]);
      provider.behave(() => ({ outputTokens: 200 }));
      const body = chat("Hello", { model: "gpt-4o", max_tokens: 200 });
      const calls = keys.map(async (key, person) => {
        const first = person % 2 === 0 ? one : other;
        const statuses = [];
        for (let call = 0; call < 4; call++) {
          // oxlint-disable-next-line no-await-in-loop -- a person asks one thing after the other
          const status = await statusOf(`${first?.url}${CHAT}`, by(key, body));
          // oxlint-disable-next-line no-await-in-loop -- as above
          statuses.push(
            status === 0 ? await statusOf(`${other?.url}${CHAT}`, by(key, body)) : status,
          );
        }
        return statuses;
      });
      await expect.poll(() => provider.requests.length, PATIENCE).toBeGreaterThan(60);
      one?.child.kill("SIGKILL");
      await one?.ended;
      const statuses = (await Promise.all(calls)).flat();
      await provider.idle();
      expectStatuses(statuses);
      const snapshots = await store.pools();
      expectNoCapPassed(snapshots);
      const pot = snapshots.find(({ path }) => path === "team");
      const known = toNanoUsd(pot?.used.usd ?? 0) + toNanoUsd(pot?.reserved.usd ?? 0);
      expect(BigInt(known)).toBeGreaterThanOrEqual(provider.total.nanoUsd);
      expect(provider.total.nanoUsd).toBeLessThanOrEqual(1_000_000_000n);
    }, 300_000);

    it("a key revoked by one process is refused by both, and running calls finish", async () => {
      const { url } = await begin();
      const gateways = await Promise.all([serve(url), serve(url)]);
      const args = ["--pool", "users/ada", "--usd", "5/day", "--store", url];
      const made = await tokenBudget(["keys", "create", ...args, "--name", "ada", "--json"]);
      const { key, id } = JSON.parse(made.stdout) as { key: string; id: string };
      for (const gateway of gateways)
        expect(await statusOf(`${gateway.url}${CHAT}`, by(key))).toBe(200);
      // A call that goes on while its gateway ends.
      const text = "A long answer. ".repeat(40);
      provider.behave(() => ({ text, delayMs: 50 }));
      const slow = await fetch(
        `${gateways[0]?.url}${CHAT}`,
        by(key, chat("Hello", { stream: true })),
      );
      gateways[0]?.child.kill("SIGTERM");
      await expect.poll(() => statusOf(`${gateways[0]?.url}/healthz`), PATIENCE).toBe(0);
      expect((await slow.text()).trimEnd().endsWith("data: [DONE]")).toBe(true);
      expect(await gateways[0]?.ended).toMatchObject({ code: 0 });
      provider.behave(() => ({}));
      expect((await tokenBudget(["keys", "revoke", id, "--store", url])).code).toBe(0);
      await expect.poll(() => statusOf(`${gateways[1]?.url}${CHAT}`, by(key)), PATIENCE).toBe(401);
      const list = (await tokenBudget(["keys", "list", "--store", url])).stdout;
      expect(list).toMatch(
        /^key_[0-9a-f]{16} {2}tb_\w{5}… {2}users\/ada {2}ada {2}used .* {2}revoked /,
      );
      expect(list).not.toContain(key);
    }, 300_000);

    it.skipIf(name === "SQLite")(
      "two gateways whose store is away refuse with 503, and recover by themselves",
      async () => {
        const { url, address, server } = await begin();
        const store = openStore(address);
        onTestFinished(() => store.close());
        const { key } = await new KeyStore(store).create({ pool: "users/ada" }, "test");
        await store.pool("users/ada", { caps: { usd: 1 }, overage: "allow" });
        const gateways = await Promise.all([serve(url), serve(url)]);
        const calls = () =>
          Promise.all(gateways.map((each) => statusOf(`${each.url}${CHAT}`, by(key))));
        const readiness = () => Promise.all(gateways.map((each) => statusOf(`${each.url}/readyz`)));
        expect(await calls()).toEqual([200, 200]);
        await server?.crash();
        await expect.poll(calls, PATIENCE).toEqual([503, 503]);
        await expect.poll(readiness, PATIENCE).toEqual([503, 503]);
        for (const { url: place } of gateways) expect(await statusOf(`${place}/healthz`)).toBe(200);
        const billed = provider.total.nanoUsd;
        // Refused while the store is away, and no provider is asked.
        expect(await calls()).toEqual([503, 503]);
        expect(provider.total.nanoUsd).toBe(billed);
        await server?.restart();
        await expect.poll(calls, PATIENCE).toEqual([200, 200]);
        expect(await readiness()).toEqual([200, 200]);
        await provider.idle();
        expect(provider.total.nanoUsd).toBeGreaterThan(billed);
        const bookedByAda = async () => {
          const { used } = await (await store.pool("users/ada")).snapshot();
          return BigInt(toNanoUsd(used.usd));
        };
        await expect.poll(bookedByAda, PATIENCE).toBe(provider.total.nanoUsd);
        for (const { child } of gateways) {
          child.kill("SIGTERM");
          await once(child, "exit");
        }
      },
      300_000,
    );
  });
}
