// Commands about single calls: their holds and bookings.

import type { OpenHold } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments } from "../command-line.ts";
import { instantText, quantity } from "../output/figures.ts";
import { CAP_FLAGS, typedCaps } from "../settings/caps.ts";
import { JSON_FLAG, partsOf, withPool } from "../store/kept-pool.ts";
import { BOOKS_FLAGS } from "../store/open-books.ts";
import { ACCOUNT_FLAGS, accountOf } from "./pool-commands.ts";

const HOLDS_SHOWN = 1000;

/** `token-budget holds`. */
export const holdsCommand: CliCommand = {
  name: "holds",
  operands: "POOL",
  operandsMax: 1,
  summary: `Shows what is held in a pool and the pools below it, by the ids of the reservations, at most ${HOLDS_SHOWN}.`,
  flags: {
    after: { value: "ID", help: "only reservations after this one" },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["token-budget holds daily", "token-budget holds daily --json"],
  async run(given, context) {
    return withPool(given, context, async (pool) => {
      const after = given.text("after");
      const found = await pool.holds({ limit: HOLDS_SHOWN, ...(after !== undefined && { after }) });
      if (given.isOn("json")) context.out(JSON.stringify(found));
      else if (found.length === 0) context.out("Nothing is held");
      else for (const hold of found) context.out(lineOf(hold));
    });
  },
};

function lineOf({ id, pool, amount, expiresAt, isSlice }: OpenHold): string {
  const words = [
    id,
    pool,
    quantity("usd", amount.usd),
    quantity("tokens", amount.tokens),
    `until ${instantText(expiresAt)}`,
    ...(isSlice ? ["slice of a process"] : []),
  ];
  return words.join("  ");
}

/** `token-budget release`. */
export const releaseCommand: CliCommand = {
  name: "release",
  operands: "POOL ID",
  operandsMax: 2,
  summary:
    "Releases what a stuck reservation holds, by its id. If its process commits later, what it used is still booked.",
  flags: { ...ACCOUNT_FLAGS, ...BOOKS_FLAGS, ...JSON_FLAG },
  examples: ['token-budget release daily 01J8Z3 --reason "its host is gone"'],
  async run(given, context) {
    const id = idIn(given, "reservation", "holds");
    return withPool(given, context, async (pool) => {
      await pool.endHold(id, accountOf(given));
      const snapshot = await pool.snapshot();
      if (given.isOn("json")) context.out(JSON.stringify(snapshot));
      else context.out(...partsOf(snapshot));
    });
  },
};

/** `token-budget amend`. */
export const amendCommand: CliCommand = {
  name: "amend",
  operands: "POOL ID",
  operandsMax: 2,
  summary:
    "Corrects what a call has booked, by the id of its ledger entry, for example after you have seen the provider's bill. Axes that you omit stay as booked.",
  flags: {
    ...Object.fromEntries(
      Object.entries(CAP_FLAGS).map(([name, { value = "N", help }]) => [
        name,
        { value, help: (help.split(", such")[0] ?? help).replace("cap in", "what it used, in") },
      ]),
    ),
    ...ACCOUNT_FLAGS,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ['token-budget amend daily 01J8Z3 --usd 0.42 --reason "bill of November"'],
  async run(given, context) {
    const id = idIn(given, "entry", "ledger --ids");
    const actual = typedCaps(given);
    if (Object.keys(actual).length === 0)
      throw new UsageError("Nothing to amend: pass --usd 0.42 or --tokens N");
    return withPool(given, context, async (pool) => {
      await pool.amend(id, actual, accountOf(given));
      const snapshot = await pool.snapshot();
      if (given.isOn("json")) context.out(JSON.stringify(snapshot));
      else context.out(...partsOf(snapshot));
    });
  },
};

/**
 * Returns the named id.
 * @throws {UsageError} without one.
 */
function idIn(given: ParsedArguments, what: string, where: string): string {
  const id = given.operands[1];
  if (id !== undefined) return id;
  throw new UsageError(`Missing id of the ${what}: token-budget ${where} POOL shows them`);
}
