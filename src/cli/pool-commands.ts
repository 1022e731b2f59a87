// Commands about pools that are kept.

import type { StoredBudgetPool, StoredSnapshot } from "../stores/index.ts";
import { CAP_FLAGS, capsOf, WINDOW_FLAGS, windowOf } from "./caps.ts";
import { Failure, UsageError } from "./command-line.ts";
import type { Command, Flag, Given, Painted, Surroundings } from "./command-line.ts";
import { dollars, instantText, styleOf, usedOf } from "./figures.ts";
import { inWords, lastsMs } from "./forecast.ts";
import { EXIT } from "./exit-codes.ts";
import { openStore, STORE_FLAG } from "./state.ts";

/** The flag for programs that read. */
export const JSON_FLAG: Readonly<Record<string, Flag>> = { json: { help: "as JSON" } };

/** Does something with the pool that is named. */
export async function withPool(
  given: Given,
  surroundings: Surroundings,
  task: (pool: StoredBudgetPool) => Promise<void>,
): Promise<number> {
  const [name, ...more] = given.operands;
  if (name === undefined || more.length > 0) throw new UsageError("Which pool? Name one");
  const { store, close } = await openStore(given, surroundings);
  try {
    const known = (await store.pools()).map(({ path }) => path);
    if (!known.includes(name)) throw noPool(name, known);
    await task(await store.pool(name));
    return EXIT.success;
  } finally {
    await close();
  }
}

function noPool(name: string, known: readonly string[]): Failure {
  return new Failure(`there is no pool "${name}"; there are: ${known.join(", ") || "none"}`);
}

/** How far back a forecast looks. */
const WATCHED_MS = 15 * 60_000;

/** How long a pool lasts at the rate of the last minutes; undefined when nothing was spent. */
async function forecastOf(
  pool: StoredBudgetPool,
  snapshot: StoredSnapshot,
): Promise<number | undefined> {
  const left = snapshot.remaining.usd;
  if (left === undefined) return undefined;
  const since = Date.now() - WATCHED_MS;
  const entries = await pool.ledger({ since, limit: 10_000 });
  const spent = entries.reduce((sum, { amount }) => sum + amount.usd, 0);
  const first = entries[0]?.at ?? Date.now();
  return lastsMs(left, spent, Math.max(60_000, Date.now() - Math.max(since, first)));
}

type Parts = readonly (string | Painted)[];

function partsOf(snapshot: StoredSnapshot): Parts {
  const { path, window, reserved, remaining, openReservations, unknown } = snapshot;
  const left = remaining.usd === undefined ? "" : `; ${dollars(remaining.usd)} left`;
  const held =
    openReservations === 0 ? "" : `; ${dollars(reserved.usd)} held by ${openReservations}`;
  const unsure = unknown.usd === 0 ? "" : `; ${dollars(unknown.usd)} of it not certain`;
  const rolls = window === undefined ? "" : `; starts over ${instantText(window.endsAt)}`;
  const used = { style: styleOf(snapshot), text: usedOf(snapshot) };
  return [`${path}: `, used, `${left}${held}${unsure}${rolls}`];
}

function statusParts({
  lastsMs: forecast,
  ...snapshot
}: StoredSnapshot & { readonly lastsMs: number | undefined }): Parts {
  const lasts = forecast === undefined ? [] : [`; at this rate it lasts ${inWords(forecast)}`];
  return [...partsOf(snapshot), ...lasts];
}

/** `token-budget status`. */
export const status: Command = {
  name: "status",
  operands: "[POOL]",
  operandsMax: 1,
  summary: "Shows what pools have used, hold and have left.",
  flags: { ...STORE_FLAG, ...JSON_FLAG },
  examples: ["token-budget status", "token-budget status daily --json"],
  async run(given, surroundings) {
    const { store, close } = await openStore(given, surroundings);
    try {
      const [name] = given.operands;
      const all = await store.pools();
      const found = all.filter(
        ({ path }) => name === undefined || path === name || path.startsWith(`${name}/`),
      );
      if (name !== undefined && found.length === 0)
        throw noPool(
          name,
          all.map(({ path }) => path),
        );
      const told = await Promise.all(
        found.map(async (snapshot) => {
          const forecast = await forecastOf(await store.pool(snapshot.path), snapshot);
          return Object.assign({ lastsMs: forecast }, snapshot);
        }),
      );
      if (given.isOn("json")) surroundings.out(JSON.stringify(told));
      else if (told.length === 0)
        surroundings.out("No pools yet: token-budget run --pool NAME --usd 5 -- COMMAND");
      else for (const each of told) surroundings.out(...statusParts(each));
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

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
  summary: "Raises or lowers the caps of a pool, live: runs that draw from it go by them at once.",
  flags: { ...CAP_FLAGS, ...WINDOW_FLAGS, ...STORE_FLAG, ...JSON_FLAG },
  examples: ["token-budget set daily --usd 30", "token-budget set daily --per month"],
  async run(given, surroundings) {
    const change = { caps: capsOf(given), ...windowOf(given) };
    if (Object.keys(change.caps).length === 0 && change.window === undefined)
      throw new UsageError("What is to be set? Say --usd 30, --tokens N, --calls N or --per day");
    return withPool(given, surroundings, async (pool) => {
      await pool.configure(change);
      answer(await pool.snapshot(), given, surroundings);
    });
  },
};

/** `token-budget reset`. */
export const reset: Command = {
  name: "reset",
  operands: "POOL",
  operandsMax: 1,
  summary: "Lets used start at zero. What runs hold is dropped, and booked when they commit it.",
  flags: { ...STORE_FLAG, ...JSON_FLAG },
  examples: ["token-budget reset daily"],
  async run(given, surroundings) {
    return withPool(given, surroundings, async (pool) => {
      await pool.reset();
      answer(await pool.snapshot(), given, surroundings);
    });
  },
};
