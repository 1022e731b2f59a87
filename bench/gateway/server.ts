// One server of the comparison, in a process of its own: what stands before the provider, or the
// provider itself. It writes its address, and, when it reads a line, how much of a processor it took.

import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

import pg from "pg";
import { createClient } from "redis";

import { KeyStore, startGateway } from "../../dist/gateway/index.js";
import { BudgetPool } from "../../dist/index.js";
import { postgresStore } from "../../dist/postgres/index.js";
import { startProxy } from "../../dist/proxy/index.js";
import { redisStore } from "../../dist/redis/index.js";
import { sqliteStore } from "../../dist/sqlite/index.js";
import { BudgetStore, MemoryStore } from "../../dist/stores/index.js";

const [kind = "", upstream = ""] = process.argv.slice(2);
const ANSWER = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
});

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers at once. */
function provider(): Promise<string> {
  return listening(
    createServer((request, response) => {
      request.resume();
      request.once("end", () => {
        response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
      });
    }),
  );
}

/** Passes everything through, and looks at nothing. */
function passThrough(): Promise<string> {
  const { hostname, port } = new URL(upstream);
  return listening(
    createServer((request, response) => {
      const { method, url, headers } = request;
      const sent = ask({ hostname, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(sent);
    }),
  );
}

async function gateway(store: BudgetStore): Promise<string> {
  const slices = kind.endsWith("-slices");
  const pool = `bench-${process.pid}`;
  await store.pool(pool, { caps: { usd: 1000 }, overage: "allow" });
  const { key } = await new KeyStore(store).create({ pool: `${pool}/ada` }, "bench");
  const { url } = await startGateway(store, {
    providerKeys: { openai: ["sk-bench"] },
    upstreams: { openai: upstream },
    sendsAlerts: false,
    slices,
  });
  return `${url}/openai ${key}`;
}

async function started(): Promise<string> {
  if (kind === "provider") return await provider();
  if (kind === "pass-through") return await passThrough();
  if (kind === "proxy") {
    const pool = new BudgetPool({ caps: { usd: 1000 } });
    return (await startProxy(pool, { upstreams: { openai: upstream } })).urlOf("openai");
  }
  if (kind === "memory") return await gateway(new BudgetStore(new MemoryStore()));
  if (kind === "sqlite") return await gateway(sqliteStore(":memory:"));
  if (kind.startsWith("redis")) {
    const client = createClient({ url: "redis://127.0.0.1:6379" });
    await client.connect();
    return await gateway(redisStore(client, { prefix: `bench-${process.pid}` }));
  }
  const client = new pg.Pool({ host: "127.0.0.1", user: "postgres", database: "postgres" });
  return await gateway(postgresStore(client, { schema: `bench_${process.pid}` }));
}

process.stdout.write(`${await started()}\n`);
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${user + system}\n`);
});
process.stdin.once("end", () => process.exit(0));
