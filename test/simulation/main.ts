// The table of simulated fleets in docs/internals/benchmarks.md:
//   npm run simulate -- --hosts 1000 --seed 1
// Deterministic: the same seed gives the same table, however long it takes.

import process from "node:process";
import { parseArgs } from "node:util";

import type { Simulation, SimulationResult } from "./simulate.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    hosts: { type: "string" },
    calls: { type: "string" },
    seed: { type: "string", default: "1" },
    "draw-us": { type: "string", default: "12" },
    "entry-us": { type: "string", default: "1" },
    "command-us": { type: "string", default: "46" },
    "report-ms": { type: "string", default: "500" },
    "horizon-ms": { type: "string", default: "1000" },
  },
});

/** Hosts, calls a second of all of them, and the cap in mean asks: some 40 s of demand. */
const FLEETS: readonly (readonly [hosts: number, calls: number, cap: number])[] = [
  [1, 100, 5000],
  [16, 1600, 60_000],
  [64, 3200, 120_000],
  [256, 5120, 150_000],
  [1000, 10_000, 300_000],
];

const seed = Number(values.seed);
const costs = {
  commandUs: Number(values["command-us"]),
  drawUs: Number(values["draw-us"]),
  entryUs: Number(values["entry-us"]),
  askUs: 0.5,
  netMs: 0.3,
};
const slices = { reportMs: Number(values["report-ms"]), horizonMs: Number(values["horizon-ms"]) };

function fleets(): typeof FLEETS {
  if (values.hosts === undefined) return FLEETS;
  const hosts = Number(values.hosts);
  const known = FLEETS.filter(([count]) => count === hosts);
  if (known.length > 0 && values.calls === undefined) return known;
  const calls = Number(values.calls ?? hosts * 10);
  return [[hosts, calls, calls * 40]];
}

function part(value: number, digits: number): string {
  return `${(100 * value).toFixed(digits)} %`;
}

function print(simulation: Simulation, result: SimulationResult): void {
  const { hosts, calls } = simulation;
  const cells = [
    `${hosts} (${calls})`,
    simulation.slices === undefined ? "a trip each" : "slices",
    result.tripsACall.toFixed(3),
    part(result.withoutTrip, 0),
    part(result.server, 1),
    `${part(result.falsely, 1)} (${part(result.falselyForLong, 1)})`,
    part(result.left, 2),
    part(result.overHold, 1),
    `${result.bill.toFixed(4)}, ${result.most.toFixed(4)}`,
    String(result.recalls),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

process.stdout.write(`seed ${seed}, ${JSON.stringify({ ...costs, ...slices })}\n\n`);
process.stdout.write(
  "| hosts (calls/s) | pool | trips a call | asks without a trip | server | false (for 10 ms) | left at the first refusal | held without need | bill, bill + under way | recalls |\n",
);
process.stdout.write("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n");
for (const [hosts, calls, cap] of fleets()) {
  for (const options of [undefined, slices]) {
    const simulation = { seed, hosts, calls, cap, costs, slices: options };
    // oxlint-disable-next-line no-await-in-loop -- they share the clock of the process
    print(simulation, await simulate(simulation));
  }
}
process.exit(0);
