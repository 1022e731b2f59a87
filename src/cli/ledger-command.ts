// `token-budget ledger`: what was booked, line by line, or who used what.

import { amountView } from "../core/amount.ts";
import type { AmountView } from "../core/amount.ts";
import { toNanoUsd } from "../core/nano-usd.ts";
import { add, Quantities, uniform } from "../core/quantities.ts";
import type { LedgerEntry, LedgerOptions, StoredBudgetPool } from "../stores/index.ts";
import { UsageError } from "./command-line.ts";
import type { Command, Given } from "./command-line.ts";
import { counted, dollars, quantity } from "./figures.ts";
import { JSON_FLAG, withPool } from "./pool-commands.ts";
import { STORE_FLAG } from "./state.ts";

const LINES_SHOWN = 1000;
const LINES_AT_ONCE = 10_000;
const KEYS = ["model", "label", "pool", "day"] as const;
type Key = (typeof KEYS)[number];

/** `token-budget ledger`. */
export const ledger: Command = {
  name: "ledger",
  operands: "POOL",
  operandsMax: 1,
  summary: `Shows who used what: the lines of the ledger, the oldest first, at most ${LINES_SHOWN}; or sums.`,
  flags: {
    by: { value: "WHAT", help: `sums by ${KEYS.join(", ")}` },
    since: { value: "TIME", help: "only what was booked since then, such as 2026-11-01 (UTC)" },
    after: { value: "SEQ", help: "only what comes after the line with this number" },
    ...STORE_FLAG,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget ledger daily",
    "token-budget ledger daily --by model --since 2026-11-01",
    "token-budget ledger daily --json --after 1000",
  ],
  async run(given, surroundings) {
    const from = { ...afterOf(given), ...sinceOf(given) };
    const by = keyOf(given);
    const isJson = given.isOn("json");
    return withPool(given, surroundings, async (pool) => {
      if (by !== undefined) {
        const sums = await sumsOf(pool, from, by);
        const shown = isJson ? sums.map((sum) => JSON.stringify(sum)) : tableOf(sums);
        for (const line of shown) surroundings.out(line);
        return;
      }
      for (const entry of await pool.ledger({ limit: LINES_SHOWN, ...from }))
        surroundings.out(isJson ? JSON.stringify(entry) : lineOf(entry));
    });
  },
};

function lineOf({ seq, at, kind, pool, amount, unknown, model, label }: LedgerEntry): string {
  const figures = `${quantity("usd", amount.usd).padStart(12)}  ${quantity("tokens", amount.tokens).padEnd(16)}`;
  const about = [pool, model, label].filter((word) => word !== undefined).join("  ");
  const sure = unknown ? "  not certain" : "";
  return `${seq}  ${new Date(at).toISOString()}  ${kind.padEnd(9)} ${figures}  ${about}${sure}`;
}

interface Sum {
  readonly name: string;
  readonly amount: AmountView;
}

/** What was used, the most expensive first. */
async function sumsOf(
  pool: StoredBudgetPool,
  from: LedgerOptions,
  by: Key,
): Promise<readonly Sum[]> {
  const sums = new Map<string, Quantities>();
  for await (const entry of entriesOf(pool, from)) {
    if (entry.kind === "release" || entry.kind === "reset" || entry.kind === "configure") continue;
    const name = nameOf(entry, by);
    const sum = sums.get(name) ?? uniform(0);
    add(sum, signedQuantitiesOf(entry.amount));
    sums.set(name, sum);
  }
  return [...sums]
    .map(([name, sum]) => ({ name, amount: amountView(sum) }))
    .toSorted((one, other) => other.amount.usd - one.amount.usd);
}

async function* entriesOf(
  pool: StoredBudgetPool,
  from: LedgerOptions,
): AsyncGenerator<LedgerEntry, void, undefined> {
  let after = from.after ?? 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await pool.ledger({ ...from, after, limit: LINES_AT_ONCE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINES_AT_ONCE) return;
    after = last.seq;
  }
}

function nameOf(entry: LedgerEntry, by: Key): string {
  if (by === "day") return new Date(entry.at).toISOString().slice(0, 10);
  return entry[by] ?? `no ${by}`;
}

/** An amendment may take away. */
function signedQuantitiesOf(amount: AmountView): Quantities {
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  const nanoUsd = Math.sign(usd) * toNanoUsd(Math.abs(usd));
  return new Quantities(tokens, inputTokens, outputTokens, nanoUsd, calls);
}

function tableOf(sums: readonly Sum[]): readonly string[] {
  if (sums.length === 0) return ["Nothing was booked"];
  const width = Math.max(...sums.map(({ name }) => name.length));
  return sums.map(({ name, amount }) =>
    [
      name.padEnd(width),
      dollars(amount.usd).padStart(12),
      counted(amount.tokens, "token").padStart(20),
      counted(amount.calls, "call").padStart(14),
    ].join("  "),
  );
}

function keyOf(given: Given): Key | undefined {
  const text = given.text("by");
  const key = KEYS.find((each) => each === text);
  if (text !== undefined && key === undefined)
    throw new UsageError(`Expected --by to be one of ${KEYS.join(", ")}, got "${text}"`);
  return key;
}

function afterOf(given: Given): LedgerOptions {
  const text = given.text("after");
  if (text === undefined) return {};
  const after = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(after)) return { after };
  throw new UsageError(`Expected --after to be a whole number, got "${text}"`);
}

function sinceOf(given: Given): LedgerOptions {
  const text = given.text("since");
  if (text === undefined) return {};
  const since = Date.parse(text);
  if (!Number.isNaN(since)) return { since };
  throw new UsageError(`Expected --since to be a time such as 2026-11-01T12:00Z, got "${text}"`);
}
