// R15: slices of processes that are cut off, frozen, or whose server forgets its last second. A bill
// is kept outside the books, and compared with them.

import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { CAP, expectCovered, expectExact, LEASE_MS, pause, Spenders } from "../slices/spenders.ts";
import { canMakeNamespaces, NetworkNamespace } from "../support/network-namespace.ts";
import { openStore } from "../support/open-store.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");

describe.skipIf(binary === undefined)("slices in Redis", () => {
  it.skipIf(!canMakeNamespaces())(
    "R15 a host that is cut off for three leases is booked as unknown, and exact when it is back",
    { timeout: 120_000 },
    async () => {
      const open = ["--bind", "0.0.0.0", "--protected-mode", "no"];
      const server = await RedisServer.start(binary ?? "", open);
      const hosts = [new NetworkNamespace(1), new NetworkNamespace(2)];
      const [cut, other] = hosts;
      const store = openStore(`redis:${server.port}`);
      const root = await store.pool("acme", { caps: { tokens: CAP } });
      await store.pool("acme/search");
      const spenders = new Spenders();
      for (const host of hosts)
        // oxlint-disable-next-line no-await-in-loop -- one after another
        await spenders.start(`redis:${server.port}:${host.outside}`, host);
      await pause(1000);
      cut?.cut();
      await pause(3 * LEASE_MS);
      await expectCovered(root, spenders);
      expect((await root.snapshot()).unknown.tokens).toBeGreaterThan(0);
      // What is out of reach admits nothing, and the other host goes on.
      const [journalOfCut = "", journalOfOther = ""] = spenders.journals;
      const before = [spenders.billed([journalOfCut]), spenders.billed([journalOfOther])];
      await pause(LEASE_MS);
      expect(spenders.billed([journalOfCut])).toBe(before[0]);
      expect(spenders.billed([journalOfOther])).toBeGreaterThan(before[1] ?? 0);
      cut?.heal();
      await expect
        .poll(async () => (await root.snapshot()).unknown.tokens, { timeout: 30_000 })
        .toBe(0);
      await expectCovered(root, spenders);
      await expectExact(root, spenders);
      for (const host of [cut, other]) host?.remove();
      await store.close();
      await server.crash();
    },
  );

  it(
    "R15 a process that is frozen past its lease is booked as unknown, and exact when it goes on",
    { timeout: 120_000 },
    async () => {
      const server = await RedisServer.start(binary ?? "");
      const address = `redis:${server.port}`;
      const store = openStore(address);
      const root = await store.pool("acme", { caps: { tokens: CAP } });
      const spenders = new Spenders();
      const frozen = await spenders.start(address);
      await spenders.start(address);
      for (let round = 0; round < 3; round++) {
        await pause(500);
        frozen.kill("SIGSTOP");
        await pause(2 * LEASE_MS);
        await expectCovered(root, spenders);
        expect((await root.snapshot()).unknown.tokens).toBeGreaterThan(0);
        frozen.kill("SIGCONT");
        await expect
          .poll(async () => (await root.snapshot()).unknown.tokens, { timeout: 30_000 })
          .toBe(0);
      }
      await expectExact(root, spenders);
      await store.close();
      await server.crash();
    },
  );

  it(
    "R15 a server that forgets its last second is right again once all have reported",
    { timeout: 120_000 },
    async () => {
      const server = await RedisServer.start(binary ?? "");
      const address = `redis:${server.port}`;
      const store = openStore(address);
      const root = await store.pool("acme", { caps: { tokens: CAP } });
      const spenders = new Spenders();
      await spenders.start(address);
      await spenders.start(address);
      await pause(500);
      const client = new Redis({ port: server.port, host: "127.0.0.1" });
      client.on("error", () => undefined);
      for (let round = 0; round < 3; round++) {
        await client.save();
        await pause(1000);
        // What was written since it was saved is gone.
        await server.crash();
        await server.restart();
        await pause(2 * LEASE_MS);
        await expectCovered(root, spenders);
      }
      await spenders.stop();
      const { used, reserved, unknown } = await root.snapshot();
      // A slice whose lease has ended by what the server remembers stays unknown: it has forgotten
      // the draws that would tell. What is known is the bill, to the token.
      expect([used.tokens - unknown.tokens, reserved.tokens]).toEqual([spenders.billed(), 0]);
      client.disconnect();
      await store.close();
      await server.crash();
    },
  );
});
