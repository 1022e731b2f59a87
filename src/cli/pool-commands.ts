// Commands that change pools that are kept.

import { userInfo } from "node:os";

import { wordOf } from "../core/word.ts";
import type { StoredSnapshot } from "../stores/index.ts";
import { CAP_FLAGS, changeOf, WINDOW_FLAGS } from "./caps.ts";
import { UsageError } from "./command-line.ts";
import type { Command, Flag, Given, Surroundings } from "./command-line.ts";
import { JSON_FLAG, partsOf, withPool } from "./kept-pool.ts";
import { STORE_FLAG } from "./state.ts";

/** R17. Who changes something, and why. */
const ACCOUNT_FLAGS: Readonly<Record<string, Flag>> = {
  actor: { value: "WHO", help: "who makes the change, for the ledger (default: your user name)" },
  reason: { value: "TEXT", help: "why, for the ledger" },
};

function accountOf(given: Given): { readonly actor: string; readonly reason?: string } {
  const reason = given.text("reason");
  const actor = given.text("actor") ?? userName();
  return { actor, ...(reason !== undefined && { reason }) };
}

/** The user of the system; in a container, one may have no name. */
function userName(): string {
  try {
    return wordOf(userInfo().username);
  } catch {
    return `user ${process.getuid?.() ?? "without a name"}`;
  }
}

/** Shows a pool after it was changed. */
function answer(snapshot: StoredSnapshot, given: Given, { out }: Surroundings): void {
  if (given.isOn("json")) out(JSON.stringify(snapshot));
  else out(...partsOf(snapshot));
}

/** `token-budget set`. */
export const set: Command = {
  name: "set",
  operands: "POOL",
  operandsMax: 1,
  summary:
    "Raises or lowers the caps of a pool. Takes effect at once, also for running commands. With a sign, as in +5 or -5, a cap changes by that amount, and two such changes at once both count.",
  flags: { ...CAP_FLAGS, ...WINDOW_FLAGS, ...ACCOUNT_FLAGS, ...STORE_FLAG, ...JSON_FLAG },
  examples: [
    "token-budget set daily --usd 30",
    'token-budget set daily --usd +5 --reason "release day"',
    "token-budget set daily --per month",
  ],
  async run(given, surroundings) {
    // What is wrong with it is said before a store is opened.
    if (Object.keys(changeOf(given)).length === 0)
      throw new UsageError("Nothing to set: pass --usd 30, --usd +5, --tokens N or --per day");
    return withPool(given, surroundings, async (pool) => {
      const change = changeOf(given, (await pool.snapshot()).timeZone);
      await pool.configure({ ...change, ...accountOf(given) });
      answer(await pool.snapshot(), given, surroundings);
    });
  },
};

/** `token-budget reset`. */
export const reset: Command = {
  name: "reset",
  operands: "POOL",
  operandsMax: 1,
  summary: "Sets used to zero. Open holds are dropped; running calls are booked when they finish.",
  flags: { ...ACCOUNT_FLAGS, ...STORE_FLAG, ...JSON_FLAG },
  examples: ["token-budget reset daily"],
  async run(given, surroundings) {
    return withPool(given, surroundings, async (pool) => {
      await pool.reset(accountOf(given));
      answer(await pool.snapshot(), given, surroundings);
    });
  },
};
