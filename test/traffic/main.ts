// Replays recorded exchanges through the meter:
//   npm run test:traffic -- FOLDER [OPTIONS]
// FOLDER holds *.jsonl.gz, one exchange a line (see exchanges.ts); OPTIONS is JSON for the meter.

import { parseArgs } from "node:util";
import { judged } from "./judge.ts";

const SHOWN_MAX = 20;
const { positionals } = parseArgs({ allowPositionals: true });
const [folder, options = "{}"] = positionals;
if (folder === undefined) {
  process.stderr.write(
    "Expected a folder with *.jsonl.gz: npm run test:traffic -- FOLDER [OPTIONS]\n",
  );
  process.exit(2);
}
const { counts, faults, explained, refusals } = await judged(folder, JSON.parse(options));
for (const [name, count] of Object.entries(counts)) say(`${name}: ${count}`);
for (const [code, list] of refusals) show(`refused, ${code}`, list);
for (const [reason, list] of explained) show(`differs, because ${reason}`, list);
for (const [fault, list] of Object.entries(faults))
  if (list.length > 0) show(`FAULT: ${fault}`, list);
if (Object.entries(faults).some(([fault, list]) => fault !== "other dollars" && list.length > 0))
  process.exitCode = 1;

function show(title: string, list: readonly string[]): void {
  say(`\n${title}: ${list.length}`);
  for (const each of list.slice(0, SHOWN_MAX)) say(`  ${each.slice(0, 200)}`);
  if (list.length > SHOWN_MAX) say(`  and ${list.length - SHOWN_MAX} more`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
