// Commands that change pools of a store.

import { userInfo } from "node:os";

import { wordOf } from "../../core/word.ts";
import type { StoredSnapshot } from "../../stores/index.ts";
import { CAP_FLAGS, changeOf, WINDOW_FLAGS } from "../settings/caps.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, Flag, ParsedArguments, CliContext } from "../command-line.ts";
import { JSON_FLAG, partsOf, withPool } from "../store/kept-pool.ts";
import { BOOKS_FLAGS } from "../store/open-books.ts";

/** R17. The flags for actor and reason. */
export const ACCOUNT_FLAGS: Readonly<Record<string, Flag>> = {
  actor: { value: "WHO", help: "who makes the change, for the ledger (default: your user name)" },
  reason: { value: "TEXT", help: "why, for the ledger" },
};

/** Returns the actor and the reason of a change. */
export function accountOf(given: ParsedArguments): {
  readonly actor: string;
  readonly reason?: string;
} {
  const reason = given.text("reason");
  const actor = given.text("actor") ?? userName();
  return { actor, ...(reason !== undefined && { reason }) };
}

/** The system user, who may have no name in a container. */
function userName(): string {
  try {
    return wordOf(userInfo().username);
  } catch {
    return `user ${process.getuid?.() ?? "without a name"}`;
  }
}

/** Prints a pool after a change. */
function answer(snapshot: StoredSnapshot, given: ParsedArguments, { out }: CliContext): void {
  if (given.isOn("json")) out(JSON.stringify(snapshot));
  else out(...partsOf(snapshot));
}

/** `token-budget set`. */
export const set: CliCommand = {
  name: "set",
  operands: "POOL",
  operandsMax: 1,
  summary:
    "Raises or lowers the caps of a pool. Takes effect at once, also for running commands. With a sign, as in +5 or -5, a cap changes by that amount, and two such changes at once both count.",
  flags: {
    ...CAP_FLAGS,
    ...WINDOW_FLAGS,
    until: { value: "TIME", help: "when +5 or -5 ends: 2026-11-30T18:00, 12h or 3d" },
    ...ACCOUNT_FLAGS,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget set daily --usd 30",
    'token-budget set daily --usd +5 --until 12h --reason "release day"',
    "token-budget set daily --per month",
  ],
  async run(given, context) {
    // Invalid flags are reported before a store is opened.
    const until = untilOf(given);
    if (until !== undefined && changeOf(given).by === undefined)
      throw new UsageError("--until goes with amounts that have a sign, such as --usd +5");
    if (Object.keys(changeOf(given)).length === 0)
      throw new UsageError("Nothing to set: pass --usd 30, --usd +5, --tokens N or --per day");
    return withPool(given, context, async (pool) => {
      const change = changeOf(given, (await pool.snapshot()).timeZone);
      await pool.configure({ ...change, until, ...accountOf(given) });
      answer(await pool.snapshot(), given, context);
    });
  },
};

/** `token-budget reset`. */
export const resetCommand: CliCommand = {
  name: "reset",
  operands: "POOL",
  operandsMax: 1,
  summary: "Sets used to zero. Open holds are dropped; running calls are booked when they finish.",
  flags: { ...ACCOUNT_FLAGS, ...BOOKS_FLAGS, ...JSON_FLAG },
  examples: ["token-budget reset daily"],
  async run(given, context) {
    return withPool(given, context, async (pool) => {
      await pool.reset(accountOf(given));
      answer(await pool.snapshot(), given, context);
    });
  },
};

/** `token-budget freeze`. */
export const freeze: CliCommand = {
  name: "freeze",
  operands: "POOL",
  operandsMax: 1,
  summary:
    "Refuses every new call that draws from a pool, until it is thawed. Calls that are under way are finished and booked.",
  flags: { ...ACCOUNT_FLAGS, ...BOOKS_FLAGS, ...JSON_FLAG },
  examples: ['token-budget freeze daily --reason "runaway agent"'],
  async run(given, context) {
    return withPool(given, context, async (pool) => {
      await pool.freeze(accountOf(given));
      answer(await pool.snapshot(), given, context);
    });
  },
};

/** `token-budget thaw`. */
export const thaw: CliCommand = {
  name: "thaw",
  operands: "POOL",
  operandsMax: 1,
  summary: "Ends a freeze: the caps of the pool decide about calls again.",
  flags: { ...ACCOUNT_FLAGS, ...BOOKS_FLAGS, ...JSON_FLAG },
  examples: ["token-budget thaw daily"],
  async run(given, context) {
    return withPool(given, context, async (pool) => {
      await pool.thaw(accountOf(given));
      answer(await pool.snapshot(), given, context);
    });
  },
};

/** `token-budget delete`. */
export const remove: CliCommand = {
  name: "delete",
  operands: "POOL",
  operandsMax: 1,
  summary:
    "Deletes a pool and all pools below it. Their usage stays in the pools above, and in the ledger. A pool that holds something is not deleted.",
  flags: { ...ACCOUNT_FLAGS, ...BOOKS_FLAGS, ...JSON_FLAG },
  examples: ["token-budget delete work/run-42", 'token-budget delete old --reason "project ended"'],
  async run(given, context) {
    return withPool(given, context, async (pool, books) => {
      const last = await pool.snapshot();
      await books.delete(pool.path, accountOf(given));
      if (given.isOn("json")) context.out(JSON.stringify(last));
      else context.out(...partsOf(last), "; deleted");
    });
  },
};

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses --until.
 * @throws {UsageError} if it is invalid, or has passed.
 */
export function untilOf(given: ParsedArguments): number | undefined {
  const text = given.text("until");
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const until =
    count === undefined || unit === undefined
      ? Date.parse(text)
      : Date.now() + Number(count) * (UNITS_MS[unit] ?? 0);
  if (until > Date.now()) return until;
  throw new UsageError(
    `Expected --until to be in the future, such as 2026-11-30T18:00, 12h or 3d, got "${text}"`,
  );
}
