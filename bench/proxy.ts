// The metering proxy beside one that only passes on, each in a process of its own.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { printTable } from "./print.ts";

const ROUNDS = 12;
const SMALL_CALLS = 250;
const AT_ONCE = 64;
const MANY_CALLS = AT_ONCE * 10;
const STREAMS = 60;
const EVENTS = 100;

const SMALL = {
  model: "gpt-4o-mini",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hello" }],
};
const STREAM = { ...SMALL, stream: true, stream_options: { include_usage: true } };
const agent = new Agent({ keepAlive: true });

type Kind = "small" | "many" | "stream";

interface Contender {
  readonly child: ChildProcess;
  readonly url: string;
  readonly figures: Readonly<Record<Kind, { latency: number[]; cpu: number[] }>>;
}

/** Prints what the metering adds to a proxy. */
export async function printProxy(): Promise<void> {
  const server = fork(join(import.meta.dirname, "meter-server.ts"));
  const [port]: unknown[] = await once(server, "message");
  const contenders = await Promise.all(
    ["proxy-pass.ts", "proxy-metered.ts"].map((file) => started(file, String(port))),
  );
  for (let round = -2; round < ROUNDS; round++)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      await timed(contender, "small", SMALL, SMALL_CALLS, round);
      await timed(contender, "many", SMALL, MANY_CALLS, round);
      await timed(contender, "stream", STREAM, STREAMS, round);
    }
  const [pass, metered] = contenders;
  if (pass === undefined || metered === undefined) return;
  printTable(
    ["µs", "metered", "pass-through", "ratio", "target"],
    [
      row("latency of a small call", "small", "latency", 1, "1.25", metered, pass),
      row("CPU of a small call", "small", "cpu", 1, "1.2", metered, pass),
      row("latency of a small call, 64 at once", "many", "latency", 1, "", metered, pass),
      row("CPU of a small call, 64 at once", "many", "cpu", 1, "0.9", metered, pass),
      row("latency of a stream of 100 events", "stream", "latency", 1, "", metered, pass),
      row("CPU of an event", "stream", "cpu", EVENTS, "1.15", metered, pass),
    ],
  );
  for (const { child } of [...contenders, { child: server }]) child.disconnect();
}

async function started(file: string, port: string): Promise<Contender> {
  const child = fork(join(import.meta.dirname, file), [port]);
  const [told]: unknown[] = await once(child, "message");
  const url = typeof told === "number" ? `http://127.0.0.1:${told}/v1` : String(told);
  const figures = {
    small: { latency: [], cpu: [] },
    many: { latency: [], cpu: [] },
    stream: { latency: [], cpu: [] },
  };
  return { child, url, figures };
}

async function timed(
  { child, url, figures }: Contender,
  kind: Kind,
  body: object,
  times: number,
  round: number,
): Promise<void> {
  const before = await cpuOf(child);
  const at = performance.now();
  const lanes = kind === "many" ? AT_ONCE : 1;
  const lane = async (): Promise<void> => {
    for (let call = 0; call < times / lanes; call++) await ask(`${url}/chat/completions`, body);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const latency = ((performance.now() - at) * 1000) / times;
  const cpu = ((await cpuOf(child)) - before) / times;
  if (round < 0) return;
  figures[kind].latency.push(latency);
  figures[kind].cpu.push(cpu);
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [micros]: unknown[] = await once(child, "message");
  return Number(micros);
}

async function ask(url: string, body: object): Promise<string> {
  const sent = httpRequest(url, { method: "POST", agent });
  sent.end(JSON.stringify(body));
  const [answer] = await once(sent, "response");
  return text(answer);
}

function row(
  title: string,
  kind: Kind,
  figure: "latency" | "cpu",
  parts: number,
  target: string,
  metered: Contender,
  pass: Contender,
): string[] {
  const of = ({ figures }: Contender): number => {
    const sorted = figures[kind][figure].toSorted((one, other) => one - other);
    return (sorted[sorted.length >> 1] ?? 0) / parts;
  };
  const [ours, theirs] = [of(metered), of(pass)];
  return [title, ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(2), target];
}

if (import.meta.main) await printProxy();
