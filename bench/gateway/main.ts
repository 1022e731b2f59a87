// A small call through the gateway, against the local proxy and a server that passes everything
// through: how long it takes one after the other, and how many a second pass with 64 at once.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import process from "node:process";

const KINDS = process.env["KINDS"]?.split(",") ?? [
  "pass-through",
  "proxy",
  "memory",
  "sqlite",
  "redis",
  "redis-slices",
  "postgres",
  "postgres-slices",
];
const CALLS = Number(process.env["CALLS"] ?? 400);
const ROUNDS = Number(process.env["ROUNDS"] ?? 5);
const AT_ONCE = 64;
const BODY = JSON.stringify({
  model: "gpt-4o-mini",
  max_tokens: 16,
  messages: [{ role: "user", content: "Is this small?" }],
});

interface Running {
  readonly kind: string;
  readonly url: URL;
  readonly key: string;
  readonly agent: Agent;
  readonly child: ChildProcess;
}

async function lineOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("no output");
  const [piece] = await once(stdout, "data");
  return String(piece).trim();
}

async function start(kind: string, upstream: string): Promise<Running> {
  const file = join(import.meta.dirname, "server.ts");
  const child = spawn(process.execPath, [file, kind, upstream], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [address = "", key = "sk-bench"] = (await lineOf(child)).split(" ");
  const path = kind === "provider" ? "" : "/v1/chat/completions";
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  return { kind, url: new URL(address + path), key, agent, child };
}

function call({ url, key, agent }: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": BODY.length,
      authorization: `Bearer ${key}`,
    };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`${url.href} answered ${answer.statusCode}`));
      });
    });
    sent.once("error", reject);
    sent.end(BODY);
  });
}

async function cpuOf({ child }: Running): Promise<number> {
  child.stdin?.write("?\n");
  return Number(await lineOf(child));
}

async function oneByOne(server: Running): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < CALLS; count++) {
    const since = performance.now();
    await call(server);
    times.push(performance.now() - since);
  }
  return times;
}

async function atOnce(server: Running): Promise<number> {
  let left = CALLS * 4;
  const since = performance.now();
  const callers = Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) await call(server);
  });
  await Promise.all(callers);
  return (CALLS * 4) / ((performance.now() - since) / 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

const provider = await start("provider", "");
const servers: Running[] = [];
for (const kind of KINDS) servers.push(await start(kind, provider.url.origin));
const found = servers.map((server) => ({
  server,
  times: [] as number[],
  rates: [] as number[],
  cpu: [] as number[],
}));
for (const { server } of found) await oneByOne(server);
// In turns, so that what else the machine does falls on all of them.
for (let round = 0; round < ROUNDS; round++)
  for (const { server, times, rates, cpu } of found) {
    times.push(median(await oneByOne(server)));
    const before = await cpuOf(server);
    rates.push(await atOnce(server));
    cpu.push(((await cpuOf(server)) - before) / (CALLS * 4));
  }
process.stdout.write("server            ms a call   CPU µs a call   calls/s, 64 at once\n");
for (const { server, times, rates, cpu } of found)
  process.stdout.write(
    `${server.kind.padEnd(18)}${median(times).toFixed(2).padStart(8)}${median(cpu).toFixed(0).padStart(15)}${median(rates).toFixed(0).padStart(18)}\n`,
  );
for (const { child } of [...servers, provider]) child.stdin?.end();
for (const { agent } of [...servers, provider]) agent.destroy();
