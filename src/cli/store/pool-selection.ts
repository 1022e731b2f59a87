// The selection of pools, and their order.

import type { BudgetSnapshot } from "../../core/snapshot.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments } from "../command-line.ts";
import { usedPart } from "../output/figures.ts";

const ORDERS = ["name", "used", "part", "left", "open"] as const;
const KINDS = ["low", "spent", "open"] as const;
const LOW_PART = 0.8;

type Order = (typeof ORDERS)[number];
type Kind = (typeof KINDS)[number];
type Figures = Pick<
  BudgetSnapshot,
  "path" | "used" | "caps" | "remaining" | "reserved" | "openReservations"
>;

/** A selection of pools, and their order. */
export interface Selection {
  /** A text that their paths contain, in lower case. */
  readonly search: string;
  readonly order: Order;
  readonly only: Kind | undefined;
}

/** The flags that select pools. */
export const SELECTION_FLAGS: Readonly<Record<string, Flag>> = {
  search: { value: "TEXT", help: "only pools whose path contains this" },
  only: { value: "KIND", help: "low (80 % of a cap used), spent, or open (with open holds)" },
  sort: { value: "ORDER", help: "name, used (dollars), part (of the cap), left, or open" },
};

/**
 * Reads the selection.
 * @throws {UsageError} if it is invalid.
 */
export function selectionOf(given: ParsedArguments): Selection {
  return {
    search: (given.text("search") ?? "").toLowerCase(),
    order: oneOf(given, "sort", ORDERS) ?? "name",
    only: oneOf(given, "only", KINDS),
  };
}

/** Returns the next order. */
export function nextOrder(order: Order): Order {
  return ORDERS[(ORDERS.indexOf(order) + 1) % ORDERS.length] ?? "name";
}

/** Returns the selected pools, in order. */
export function matching<T extends Figures>(
  pools: readonly T[],
  { search, order, only }: Selection,
): readonly T[] {
  const found = pools.filter(
    (pool) => pool.path.toLowerCase().includes(search) && (only === undefined || IS[only](pool)),
  );
  if (order === "name") return found;
  const rank = RANKS[order];
  return found.toSorted((one, other) => rank(one) - rank(other));
}

const IS: Readonly<Record<Kind, (pool: Figures) => boolean>> = {
  low: (pool) => usedPart(pool) >= LOW_PART,
  spent: (pool) => usedPart(pool) >= 1,
  open: ({ openReservations }) => openReservations > 0,
};

/** In ascending order. */
const RANKS: Readonly<Record<Exclude<Order, "name">, (pool: Figures) => number>> = {
  used: ({ used }) => -used.usd,
  part: (pool) => -usedPart(pool),
  left: ({ remaining }) => remaining.usd ?? Number.MAX_VALUE,
  open: ({ openReservations }) => -openReservations,
};

function oneOf<T extends string>(
  given: ParsedArguments,
  flag: string,
  values: readonly T[],
): T | undefined {
  const text = given.text(flag);
  const value = values.find((each) => each === text);
  if (text !== undefined && value === undefined)
    throw new UsageError(`Expected --${flag} to be one of ${values.join(", ")}, got "${text}"`);
  return value;
}
