// The metered fetch beside the bare one, against a server in a process of its own.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { BudgetPool } from "../dist/index.js";
import { meteredFetch } from "../dist/meter/index.js";
import { printLine, printTable } from "./print.ts";
import { ratioRow } from "./ratio.ts";
import type { Effort } from "./runner.ts";

type Fetch = typeof globalThis.fetch;

const STREAM_MEGABYTES = 1024;

const SMALL = {
  model: "gpt-4o-mini",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hello" }],
};
const LONG = {
  ...SMALL,
  messages: [{ role: "user", content: "some words of a long prompt ".repeat(3700) }],
};
const STREAM = { ...SMALL, stream: true };
/** With usage asked for by the caller, nothing has to be taken out again. */
const STREAM_WITH_USAGE = { ...STREAM, stream_options: { include_usage: true } };

/** Prints what metering adds. */
export async function printMeter(effort: Effort): Promise<void> {
  const server = fork(join(import.meta.dirname, "meter-server.ts"));
  try {
    const [port]: unknown[] = await once(server, "message");
    const url = `http://127.0.0.1:${String(port)}/v1/chat/completions`;
    const metered = meteredFetch(new BudgetPool({ caps: { usd: 1_000_000 } }));
    printTable(
      ["µs", "metered", "bare fetch", "ratio", "target"],
      [
        await rowOf("a small call", url, SMALL, metered, effort, "1.15"),
        await rowOf("a prompt of 100 KB", url, LONG, metered, effort, "1.3"),
        await rowOf("a stream of 100 events", url, STREAM, metered, effort, "1.1"),
        await rowOf("… with usage asked for", url, STREAM_WITH_USAGE, metered, effort, "1.1"),
      ],
    );
    await printDelays(url, metered);
    await printMemory(url, metered);
  } finally {
    stop(server);
  }
}

function stop(server: ChildProcess): void {
  server.disconnect();
}

function rowOf(
  title: string,
  url: string,
  body: object,
  metered: Fetch,
  effort: Effort,
  target: string,
): Promise<string[]> {
  const text = JSON.stringify(body);
  const asker =
    (fetch: Fetch) =>
    async (times: number): Promise<number> => {
      let length = 0;
      for (let time = 0; time < times; time++) length += (await ask(fetch, url, text)).length;
      return length;
    };
  return ratioRow(
    title,
    { name: "bare", run: asker(fetch) },
    { name: "budget", run: asker(metered) },
    effort,
    target,
  );
}

async function ask(fetch: Fetch, url: string, body: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body })).text();
}

/** How long an event is on its way, from the server's write to the caller's hands. */
async function printDelays(url: string, metered: Fetch): Promise<void> {
  const body = JSON.stringify(STREAM);
  const delays = new Map<string, number[]>([
    ["bare fetch", []],
    ["metered", []],
  ]);
  for (let round = 0; round < 40; round++) {
    for (const [name, fetched] of [
      ["bare fetch", fetch],
      ["metered", metered],
    ] as const) {
      const answer = await fetched(url, { method: "POST", body });
      const decoder = new TextDecoder();
      for await (const piece of answer.body ?? []) {
        const now = process.hrtime.bigint();
        for (const [, sent] of decoder.decode(piece).matchAll(/"sent":"(\d+)"/g))
          delays.get(name)?.push(Number(now - BigInt(sent ?? 0)) / 1000);
      }
    }
  }
  for (const [name, all] of delays) {
    const sorted = all.toSorted((one, other) => one - other);
    const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(0);
    printLine(
      `\nAn event on its way, ${name}: median ${at(0.5)} µs, 95th percentile ${at(0.95)} µs`,
    );
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

/** What a stream of a gigabyte adds to the memory of the process. */
async function printMemory(url: string, metered: Fetch): Promise<void> {
  const before = process.memoryUsage().rss;
  let most = before;
  let bytes = 0;
  const headers = { "x-megabytes": String(STREAM_MEGABYTES) };
  const answer = await metered(url, { method: "POST", headers, body: JSON.stringify(STREAM) });
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    most = Math.max(most, process.memoryUsage.rss());
  }
  printLine(
    `\nA stream of ${megabytes(bytes)} MB: the process grew from ${megabytes(before)} to at most ${megabytes(most)} MB`,
  );
}

if (import.meta.main) await printMeter({ rounds: 15, roundMs: 250 });
