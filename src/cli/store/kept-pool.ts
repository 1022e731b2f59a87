// How commands find the named pool, and print it.

import type { StoredSnapshot } from "../../stores/index.ts";
import { Failure, suggestion, UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, Painted, CliContext } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { counted, dollars, instantText, styleOf, usedOf } from "../output/figures.ts";
import { carryOverText, differenceText } from "../output/settings-text.ts";
import type { AllBooks, PoolBooks } from "./books.ts";
import { openBooks } from "./open-books.ts";

/** The flag for output to programs. */
export const JSON_FLAG: Readonly<Record<string, Flag>> = { json: { help: "as JSON" } };
/** More names than these are counted, not listed. */
const NAMES_LISTED_MAX = 8;

/** Runs a function with the named pool. */
export async function withPool(
  given: ParsedArguments,
  context: CliContext,
  task: (pool: PoolBooks, books: AllBooks) => Promise<void>,
): Promise<number> {
  const [name] = given.operands;
  const { books, close } = await openBooks(given, context);
  try {
    if (name === undefined) {
      const known = (await books.pools()).map(({ path }) => path);
      throw new UsageError(`Missing pool: name one${otherPools(known)}`);
    }
    await task((await books.find(name)) ?? (await noPool(books, name)), books);
    return EXIT.success;
  } finally {
    await close();
  }
}

/** What helps where there is no pool: in a store, or behind a gateway. */
export function noPoolsYet({ isRemote }: Pick<AllBooks, "isRemote">): string {
  return isRemote === true
    ? "No pools that your key may see yet: a pool appears with the first call of its key"
    : "No pools yet: token-budget run --pool NAME --usd 5 -- COMMAND";
}

/** Fails with the names that there are, or with the nearest of many. @throws {Failure} */
export async function noPool(books: AllBooks, name: string): Promise<never> {
  const known = (await books.pools()).map(({ path }) => path);
  const near = suggestion(name, known);
  const toMake =
    books.isRemote === true ? "" : "; to make one: token-budget run --pool NAME --usd 5 -- COMMAND";
  const help = near === "" ? `${otherPools(known)}${toMake}` : near;
  throw new Failure(`no pool named "${name}"${help}`);
}

function otherPools(known: readonly string[]): string {
  if (known.length === 0) return "; no pools exist yet";
  if (known.length <= NAMES_LISTED_MAX) return `; pools: ${known.join(", ")}`;
  return `; ${counted(known.length, "pool")} exist: token-budget status --search TEXT`;
}

function leftOf(usd: number): string {
  return usd < 0 ? `${dollars(-usd)} over` : `${dollars(usd)} left`;
}

/** Returns a pool as text for people. */
export function partsOf(snapshot: StoredSnapshot): readonly (string | Painted)[] {
  const { path, window, reserved, remaining, openReservations, unknown, inSlices } = snapshot;
  const left = remaining.usd === undefined ? "" : `; ${leftOf(remaining.usd)}`;
  const held =
    openReservations === 0 ? "" : `; ${dollars(reserved.usd)} held by ${openReservations}`;
  // What processes hold in slices, for calls that they decide on locally.
  const sliced = (inSlices?.usd ?? 0) === 0 ? "" : `; ${dollars(inSlices?.usd ?? 0)} in slices`;
  const unsure = unknown.usd === 0 ? "" : `; ${dollars(unknown.usd)} of it uncertain`;
  const carried =
    (snapshot.carried?.usd ?? 0) === 0
      ? ""
      : `; ${dollars(snapshot.carried?.usd ?? 0)} carried over`;
  const rolls =
    window === undefined
      ? ""
      : `; starts over ${instantText(window.endsAt)}${carryOverText(snapshot.carryOver)}`;
  const raised = (snapshot.raises ?? []).map(
    ({ until, by }) => `; ${differenceText(by)} until ${instantText(until)}`,
  );
  const used = { style: styleOf(snapshot), text: usedOf(snapshot) };
  const frozen = snapshot.frozen === true ? [{ style: "red", text: "frozen" } as const, "; "] : [];
  return [
    `${path}: `,
    ...frozen,
    used,
    `${left}${carried}${held}${sliced}${unsure}${rolls}${raised.join("")}`,
  ];
}
