// `npm run soak`: many calls through the proxy, more than half of which fail in some way. Memory, descriptors
// and holds have to stay as they are, and the books have to equal the bill. CALLS says how many.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { printTable } from "../print.ts";
import { call, hangUp } from "./caller.ts";
import { courseOf, goesWell, costOf, ILL, WELL } from "./faults.ts";
import type { Figures } from "./figures.ts";
import { startProvider } from "./provider.ts";

const CALLS = Number(process.env["CALLS"] ?? 100_000);
const PARTS = 10;
const CALLERS = 40;
/** What the first parts fill, such as caches, does not count: growth is counted from the third on. */
const SETTLED = 2;
const GROWTH_MAX = 1.1;
const GROWTH_BYTES_MAX = 4_000_000;
/** As many connections as there are callers may be kept, or not, at either time. */
const DESCRIPTORS_MAX = CALLERS;
const MEGABYTE = 1_000_000;
const NANO = 1e9;

const provider = await startProvider();
const proxy = fork(join(import.meta.dirname, "proxy.ts"), [String(provider.port)], {
  execArgv: ["--expose-gc"],
});
const [url]: unknown[] = await once(proxy, "message");
const rows: Figures[] = [];
/** Calls that should go well and did not. */
let astray = 0;
const begun = performance.now();
for (let part = 0; part < PARTS; part++) {
  await someCalls(String(url), (CALLS * part) / PARTS, (CALLS * (part + 1)) / PARTS);
  hangUp();
  rows.push(await figuresAtRest(proxy));
  process.stderr.write(`${Math.floor((CALLS * (part + 1)) / PARTS)} calls\n`);
}
const seconds = (performance.now() - begun) / 1000;
print(rows);
const faults = faultsIn(rows);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(
  `${CALLS} calls in ${seconds.toFixed(0)} s, ${faults.length === 0 ? "all as it should be" : "not as it should be"}\n`,
);
provider.close();
proxy.disconnect();
process.exitCode = faults.length === 0 ? 0 : 1;

async function someCalls(to: string, from: number, end: number): Promise<void> {
  let next = Math.floor(from);
  const caller = async (): Promise<void> => {
    while (next < Math.floor(end)) if (!(await call(to, next++))) astray++;
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

async function figuresOf(child: ChildProcess): Promise<Figures> {
  const told = once(child, "message");
  child.send("figures");
  const [figures]: Figures[] = await told;
  if (figures === undefined) throw new Error("the proxy has gone");
  return figures;
}

/** The figures once nothing is held any more, or after 30 s. */
async function figuresAtRest(child: ChildProcess): Promise<Figures> {
  for (let tries = 0; ; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const figures = await figuresOf(child);
    if (tries >= 4 && (figures.open === 0 || tries >= 60)) return figures;
  }
}

function print(all: readonly Figures[]): void {
  printTable(
    ["calls", "memory MB", "in use MB", "descriptors", "holds", "used", "unsure"],
    all.map(({ rss, heap, descriptors, open, used, outcomes }, part) => [
      String((CALLS * (part + 1)) / PARTS),
      (rss / MEGABYTE).toFixed(1),
      (heap / MEGABYTE).toFixed(2),
      String(descriptors),
      String(open),
      `$${(used / NANO).toFixed(6)}`,
      String((outcomes["bounded"] ?? 0) + (outcomes["unknown"] ?? 0)),
    ]),
  );
}

function faultsIn(all: readonly Figures[]): readonly string[] {
  const [early, last] = [all[SETTLED], all.at(-1)];
  if (early === undefined || last === undefined) return ["there are no figures"];
  const bill = Array.from({ length: CALLS }, (_, number) => number)
    .filter((number) => goesWell(courseOf(number)))
    .reduce((sum, number) => sum + costOf(number), 0);
  const grown = last.heap - early.heap;
  return [
    ...(astray === 0 ? [] : [`${astray} calls did not go well that should`]),
    ...(provider.bill() === bill ? [] : [`billed ${provider.bill()} for calls of ${bill}`]),
    ...(last.booked[WELL] === bill ? [] : [`booked ${last.booked[WELL]} for a bill of ${bill}`]),
    ...((last.booked[ILL] ?? 0) > 0 ? [] : ["nothing was booked for calls that failed"]),
    ...(last.used === last.reported ? [] : [`used ${last.used}, reported ${last.reported}`]),
    ...(last.open === 0 && last.reserved === 0 ? [] : [`${last.open} holds are left`]),
    ...(last.descriptors - early.descriptors <= DESCRIPTORS_MAX ? [] : ["descriptors grow"]),
    ...(grown <= GROWTH_BYTES_MAX ? [] : [`${grown} bytes more are in use`]),
    ...(last.rss <= early.rss * GROWTH_MAX + GROWTH_BYTES_MAX ? [] : ["memory grows"]),
  ];
}
