// Who reaches the server, and what they may do there: TLS, and a user with no more rights than needed.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import { storeSuite } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { freePort, serverBinary } from "../support/servers.ts";
import { LONG_MS } from "../support/stored-roots.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const binary = redisBinary("redis-server");
const openssl = serverBinary("openssl", "apt-get install openssl");
const GUIDE = new URL("../../docs/guides/choosing-a-store.md", import.meta.url);

const places = [
  { name: "the user of the guide", isWithFunctions: false },
  { name: "the user of the guide with functions", isWithFunctions: true },
];
describe.skipIf(binary === undefined).each(places)("redisStore as $name", (place) => {
  let server: RedisServer;
  let client: Redis;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "");
    admin = new Redis({ port: server.port, host: "127.0.0.1" });
    const guide = readFileSync(GUIDE, "utf8");
    const [rule = ""] = /(?<=ACL SETUSER ).*/.exec(guide) ?? [];
    const [functions = ""] = /(?<=\n)\+fcall .*/.exec(guide) ?? [];
    const rights = place.isWithFunctions ? `${rule} ${functions}` : rule;
    await admin.call("ACL", "SETUSER", ...rights.split(" "));
    const [username = ""] = rule.split(" ");
    client = new Redis({ port: server.port, host: "127.0.0.1", username, password: "secret" });
  });
  afterAll(async () => {
    client.disconnect();
    admin.disconnect();
    await server.crash();
  });

  let count = 0;
  storeSuite({
    test: it,
    openPlace(clock) {
      const options = { clock, prefix: `token-budget:${count++}`, pollMs: LONG_MS };
      return () => redisStore(client, options);
    },
  });

  it("R13 the Redis user of the guide may subscribe to freed room", async () => {
    const [one, other] = [1, 2].map(() => redisStore(client, { pollMs: LONG_MS }));
    const pool = await one?.pool("acme", { caps: { tokens: 10 } });
    const hold = await (await other?.pool("acme"))?.reserve({ tokens: 10 });
    const waiting = pool?.reserveWhenFree({ tokens: 10 });
    await expect.poll(() => admin.pubsub("NUMSUB", "token-budget:{acme}:freed")).toContain(1);
    await hold?.release();
    await (await waiting)?.commit({ tokens: 7 });
    expect((await pool?.snapshot())?.used.tokens).toBe(7);
    await one?.close();
    await other?.close();
  });

  it("the Redis user of the guide calls functions where it may", async () => {
    await redisStore(client).pool("acme");
    const stats = await admin.info("commandstats");
    const [, called = 0] = /cmdstat_fcall:calls=(\d+)/.exec(stats) ?? [];
    expect(Number(called) > 0).toBe(place.isWithFunctions);
  });

  it("the Redis user of the guide can access nothing else, and gets an error at once", async () => {
    await expect(client.set("other", "1")).rejects.toThrow(/NOPERM/);
    await expect(client.flushall()).rejects.toThrow(/NOPERM/);
    await expect(client.keys("*")).rejects.toThrow(/NOPERM/);
    await expect(redisStore(client, { prefix: "other" }).pool("acme")).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: expect.objectContaining({ message: expect.stringContaining("NOPERM") }),
    });
  });
});

/** Paths of a certificate for this machine and of its key. */
function makeCertificate(): { readonly certificate: string; readonly key: string } {
  const folder = dirname(temporaryFile("certificate"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"];
  const names = ["/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(openssl ?? "", [...words, ...names, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  return { certificate, key };
}

describe.skipIf(binary === undefined || openssl === undefined)("redisStore over TLS", () => {
  it("redisStore books over TLS with both clients, and not at all if the certificate is not trusted", async () => {
    const { certificate, key } = makeCertificate();
    const port = await freePort();
    const server = await RedisServer.start(binary ?? "", [
      "--tls-port",
      String(port),
      "--tls-cert-file",
      certificate,
      "--tls-key-file",
      key,
      "--tls-ca-cert-file",
      certificate,
      "--tls-auth-clients",
      "no",
    ]);
    const ca = readFileSync(certificate);
    const ioredis = new Redis({ port, host: "127.0.0.1", tls: { ca } });
    const nodeRedis = createClient({ socket: { port, host: "127.0.0.1", tls: true, ca } });
    await nodeRedis.connect();
    for (const client of [ioredis, nodeRedis]) {
      const pool = await redisStore(client).pool("acme");
      await pool.record({ tokens: 3 });
    }
    expect((await (await redisStore(ioredis).pool("acme")).snapshot()).used.tokens).toBe(6);
    const distrusting = new Redis({ port, host: "127.0.0.1", tls: {} });
    distrusting.on("error", () => undefined);
    const opening = redisStore(distrusting, { timeoutMs: 500 }).pool("acme");
    await expect(opening).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    distrusting.disconnect();
    ioredis.disconnect();
    nodeRedis.destroy();
    await server.crash();
  });
});
