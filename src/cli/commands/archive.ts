// `token-budget archive`: moves old entries of the ledger from the store to a file.

import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import type { BudgetStore, LedgerEntry } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../output/figures.ts";
import { textCell } from "../output/focus-csv.ts";
import { JSON_FLAG, noPool } from "../store/kept-pool.ts";
import { openStore, STORE_FLAG } from "../store/open-store.ts";

const DAY_MS = 86_400_000;
const ONLY_USER = 0o600;
const COLUMNS =
  "seq,id,kind,pool,at,tokens,inputTokens,outputTokens,usd,calls,unknown,of,bookedAt,model,label,provider,durationMs,actor,reason,usage,held".split(
    ",",
  );

/** `token-budget archive`. */
export const archive: CliCommand = {
  name: "archive",
  operands: "[POOL]",
  operandsMax: 1,
  summary:
    "Moves old ledger entries of a root pool, or of all, from the store to a file. Totals by model, label, pool and day stay in the store, and so do changes.",
  flags: {
    before: { value: "TIME", help: "entries older than this: 2026-10-01 (UTC) or 90d" },
    to: { value: "FILE", help: "a .jsonl or .csv file; entries are appended" },
    ...STORE_FLAG,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget archive --before 90d --to ledger.jsonl",
    "token-budget archive work --before 2026-10-01 --to work-2026q3.csv",
  ],
  async run(given, context) {
    const before = beforeOf(given);
    const to = given.text("to");
    if (to === undefined || !/\.(?:jsonl|csv)$/.test(to))
      throw new UsageError("Where to? Pass --to with a .jsonl or .csv file");
    const { store, close } = await openStore(given, context);
    const file = await open(to, "a", ONLY_USER);
    try {
      const archived = await archiveTo(
        file,
        to.endsWith(".csv"),
        store,
        await rootsOf(given, store),
        before,
      );
      const report = { archived, before: new Date(before).toISOString(), file: to };
      if (given.isOn("json")) context.out(JSON.stringify(report));
      else context.out(`${count(archived)} entries before ${report.before} moved to ${to}`);
      return EXIT.success;
    } finally {
      await file.close();
      await close();
    }
  },
};

async function archiveTo(
  file: FileHandle,
  isCsv: boolean,
  store: BudgetStore,
  roots: readonly string[],
  before: number,
): Promise<number> {
  if (isCsv && (await file.stat()).size === 0) await file.appendFile(`${COLUMNS.join(",")}\n`);
  let archived = 0;
  for (const root of roots) {
    // oxlint-disable-next-line no-await-in-loop -- one file
    archived += await store.archive(root, before, async (entries) => {
      const lines = entries.map((entry) => (isCsv ? csvLineOf(entry) : JSON.stringify(entry)));
      await file.appendFile(`${lines.join("\n")}\n`);
      // The store deletes them next.
      await file.sync();
    });
  }
  return archived;
}

/** Returns the named root, or all of them. */
async function rootsOf(given: ParsedArguments, store: BudgetStore): Promise<readonly string[]> {
  const [name] = given.operands;
  if (name !== undefined) {
    if (name.includes("/"))
      throw new UsageError(`Entries are moved for a root pool, such as ${name.split("/")[0]}`);
    return (await store.find(name)) === undefined ? await noPool(store, name) : [name];
  }
  const roots = (await store.pools()).map(({ path }) => path.split("/")[0] ?? path);
  return [...new Set(roots)];
}

function csvLineOf(entry: LedgerEntry): string {
  const { amount, usage, held, at, ...rest } = entry;
  const values: Readonly<Record<string, unknown>> = {
    ...rest,
    ...amount,
    at: new Date(at).toISOString(),
    usage: usage && JSON.stringify(usage),
    held: held && JSON.stringify(held),
  };
  return COLUMNS.map((column) => {
    const value = values[column] ?? "";
    return typeof value === "string" ? textCell(value) : JSON.stringify(value);
  }).join(",");
}

/**
 * Parses --before.
 * @throws {UsageError} if it is invalid.
 */
function beforeOf(given: ParsedArguments): number {
  const text = given.text("before");
  const [, days] = /^(\d{1,5})d$/.exec(text ?? "") ?? [];
  const before = days === undefined ? Date.parse(text ?? "") : Date.now() - Number(days) * DAY_MS;
  if (!Number.isNaN(before)) return before;
  throw new UsageError(
    `Expected --before to be a time such as 2026-10-01 or 90d${text === undefined ? "" : `, got "${text}"`}`,
  );
}
