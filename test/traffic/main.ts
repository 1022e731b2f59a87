// Replays recorded exchanges through the meter:
//   npm run test:traffic -- FOLDER [OPTIONS]
// FOLDER holds *.jsonl.gz, one exchange a line (see exchanges.ts); OPTIONS is JSON for the meter.

import { parseArgs } from "node:util";
import { judged } from "./judge.ts";

const SHOWN_MAX = 20;
const OTHER_BYTES = "other bytes for the caller";
const ABOVE = ["input above the hold", "output above the hold", "dollars above the hold"] as const;
const { positionals } = parseArgs({ allowPositionals: true });
const [folder, options = "{}"] = positionals;
if (folder === undefined) {
  process.stderr.write(
    "Expected a folder with *.jsonl.gz: npm run test:traffic -- FOLDER [OPTIONS]\n",
  );
  process.exit(2);
}
const { counts, faults, explained, refusals } = await judged(folder, JSON.parse(options));
const refusedFor = (code: string): number => refusals.get(code)?.length ?? 0;
const { metered, changed, tokensCompared, tokensEqual, dollarsCompared } = counts;
const { dollarsEqual, dollarsExplained } = counts;
/** What is found, and what is wanted. */
const TABLE: readonly (readonly [what: string, found: string, wanted: string])[] = [
  [
    "exchanges, passed as free, still under way",
    `${counts.exchanges}, ${counts.passed}, ${counts.awaited}`,
    "",
  ],
  ["threw; other bytes for the caller; left open", sum("threw", OTHER_BYTES, "left open"), "0"],
  ["input, output, dollars above the hold", sum(...ABOVE), "0"],
  ["tokens = expected", `${tokensEqual} of ${tokensCompared}`, "all"],
  ["… or explained", `${tokensCompared - faults["other tokens"].length}`, `${tokensCompared}`],
  ["dollars = expected", `${dollarsEqual} of ${dollarsCompared}`, ""],
  ["… or explained", percent(dollarsEqual + dollarsExplained, dollarsCompared), "≥ 99.5 %"],
  ["below the bill, and called certain", sum("dollars below the bill"), "0"],
  ["refused for price, for input, as unreadable", refusedSum().join(" + "), "≤ 150 in all"],
  ["refused for their route", `${refusedFor("route_unmetered")}`, ""],
  ["requests changed", `${changed} of ${metered} (${percent(changed, metered)})`, "≤ 15 %"],
];
for (const [what, found, wanted] of TABLE) say(`${what.padEnd(46)}${found.padEnd(24)}${wanted}`);
for (const [code, list] of refusals) {
  say(`\nrefused, ${code}: ${list.length}`);
  const kinds = new Map<string, number>();
  for (const { kind } of list) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (const [kind, times] of [...kinds].toSorted(([, a], [, b]) => b - a))
    say(`${String(times).padStart(5)}  ${kind.slice(0, 200)}`);
}
for (const [reason, list] of explained) show(`differs, because ${reason}`, list);
for (const [fault, list] of Object.entries(faults))
  if (list.length > 0) show(`FAULT: ${fault}`, list);
if (Object.entries(faults).some(([fault, list]) => fault !== "other dollars" && list.length > 0))
  process.exitCode = 1;

function refusedSum(): readonly number[] {
  const unreadable = refusedFor("request_unreadable");
  return [refusedFor("PriceUnknown"), refusedFor("input_unbounded"), unreadable];
}

function sum(...kinds: readonly (keyof typeof faults)[]): string {
  return String(kinds.reduce((all, kind) => all + faults[kind].length, 0));
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)} %`;
}

function show(title: string, list: readonly string[]): void {
  say(`\n${title}: ${list.length}`);
  for (const each of list.slice(0, SHOWN_MAX)) say(`  ${each.slice(0, 200)}`);
  if (list.length > SHOWN_MAX) say(`  and ${list.length - SHOWN_MAX} more`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
