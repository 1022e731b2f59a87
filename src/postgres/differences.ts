// What a batch adds to the figures of pools, if its outcomes would be the same in all books with
// as much room. Such a batch is written even if others have written since: the server checks that
// there is room, and adds. Only the process applies the rules.

import { AXES } from "../core/axis.ts";
import type { PoolState } from "../core/pool-state.ts";
import {
  add,
  assign,
  FIELD_OF_AXIS,
  fitsWithin,
  NOTHING,
  plus,
  quantitiesOf,
  uniform,
} from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Books, OpenReservation, StoredPool } from "../stores/books/books.ts";
import { levelsOf } from "../stores/books/stored-path.ts";
import type { Command, DrawCommand, DrawnOutcome, Outcome } from "../stores/contract/command.ts";
import {
  isNothing,
  levelNumbers,
  levelOf,
  numbersOf,
  quantitiesAt,
} from "../stores/slices/slice-state.ts";

/** What is added to the figures of a pool, as numbers with spaces between them. */
export interface PoolDifference {
  readonly path: string;
  /** To the columns of taken, reserved and unknown, and to the open reservations. */
  readonly figures: string;
  /** The most that may be taken before, on each axis, if the batch needs room. */
  readonly most?: string;
  /** To the numbers of its slices, if they change. */
  readonly slices?: string;
  /** The most slices that may share the room before, if the batch was granted some of it. */
  readonly sharing?: number;
}

/** So many more slices may share the room of a pool than the books of the process say. */
const SHARING_MORE = 8;

/** The room that a batch needs below the limits of a pool. */
interface Need {
  /** What it takes at most. */
  readonly taken: Quantities;
  /** What must be free beside that, so that slices are granted all the room they want. */
  readonly beside: Quantities;
  /** The most slices that may share the room before. */
  readonly sharing: number;
}

/** The books of a batch. */
interface JudgedBooks extends Pick<Books, "pool" | "reservation" | "entry"> {
  readonly changedPools: ReadonlySet<StoredPool>;
  /** Whether nothing changed but figures, entries, and reservations that have not expired. */
  readonly hasOnlyHolds: boolean;
}

/** What a batch names. */
interface Named {
  readonly ids: readonly string[];
  readonly paths: readonly string[];
}

/** The state of a pool before a batch. */
interface Before {
  readonly numbers: readonly number[];
  readonly slices: readonly number[] | undefined;
  readonly taken: Quantities;
  readonly settings: readonly unknown[];
}

/** The books before a batch is applied to them, to compare with. */
export class BooksBefore {
  readonly #books: JudgedBooks;
  readonly #commands: readonly Command[];
  readonly #pools = new Map<StoredPool, Before>();
  readonly #reservations = new Map<string, OpenReservation>();
  readonly #needs = new Map<StoredPool, Need>();
  readonly #draws: number;
  readonly #hasEntries: boolean;

  constructor(books: JudgedBooks, commands: readonly Command[], { ids, paths }: Named) {
    this.#books = books;
    this.#commands = commands;
    for (const path of paths) {
      const pool = books.pool(path);
      if (pool !== undefined) this.#pools.set(pool, stateOf(pool));
    }
    for (const id of ids) {
      const reservation = books.reservation(id);
      if (reservation !== undefined) this.#reservations.set(id, reservation);
    }
    this.#hasEntries = ids.some((id) => books.entry(id) !== undefined);
    this.#draws = commands.filter(({ kind }) => kind === "draw").length;
  }

  /** The reservations that the commands name. */
  get reservations(): ReadonlyMap<string, OpenReservation> {
    return this.#reservations;
  }

  /** Returns the differences of the pools; undefined if the outcomes depend on more than room. */
  differences(outcomes: readonly Outcome[]): readonly PoolDifference[] | undefined {
    const books = this.#books;
    if (this.#hasEntries || !books.hasOnlyHolds) return undefined;
    for (const { expired } of this.#reservations.values()) if (expired) return undefined;
    for (const [index, command] of this.#commands.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || !this.#isPlain(command, outcome)) return undefined;
    }
    const differences: PoolDifference[] = [];
    for (const pool of books.changedPools) {
      const difference = this.#differenceOf(pool);
      if (difference === undefined) return undefined;
      differences.push(difference);
    }
    return differences;
  }

  /** Whether a command would have had this outcome in all books with room; notes what it needs. */
  #isPlain(command: Command, outcome: Outcome): boolean {
    switch (command.kind) {
      case "reserve":
        if (outcome.kind !== "held" || this.#reservations.has(command.id)) return false;
        return this.#need(command.path, command.ask);
      case "grant": {
        if (outcome.kind !== "held" || this.#reservations.has(command.id)) return false;
        const { fixed, unit, max } = command;
        return outcome.units === max && this.#need(command.path, plus(fixed, unit, max));
      }
      case "record":
        if (outcome.kind !== "settled" || outcome.settled.overage !== undefined) return false;
        return !this.#reservations.has(command.id) && this.#need(command.path, command.ask);
      case "commit": {
        if (outcome.kind !== "settled") return false;
        const { booked, overage, exceeded } = outcome.settled;
        if (overage === undefined) return true;
        return booked && exceeded === undefined && this.#need(command.path, overage);
      }
      case "release":
      case "renew":
        return outcome.kind === "done";
      case "draw":
        return outcome.kind === "drawn" && this.#isPlainDraw(command, outcome);
      default:
        return false;
    }
  }

  /** Whether a draw got all that it asked for and wants, and nothing was beyond its slice. */
  #isPlainDraw(command: DrawCommand, outcome: DrawnOutcome): boolean {
    const { id, path, seq, keep, asks, want, end } = command;
    const { held, refused, settled } = outcome;
    const row = this.#reservations.get(id);
    if (refused.length > 0 || settled !== undefined) return false;
    if (seq !== (row?.slice?.seq ?? 0) + 1) return false;
    if (end) return true;
    const taken = uniform(0);
    for (const ask of asks) add(taken, ask);
    const slack = quantitiesOf((field) => held[field] - keep[field] - taken[field]);
    if (AXES.some((axis) => slack[FIELD_OF_AXIS[axis]] !== want[FIELD_OF_AXIS[axis]])) return false;
    add(taken, slack);
    return isNothing(taken) || this.#need(path, taken, slack);
  }

  #need(path: string, taken: Quantities, slack?: Quantities): boolean {
    const pool = this.#books.pool(path);
    if (pool === undefined) return false;
    for (const level of levelsOf(pool)) {
      let need = this.#needs.get(level);
      if (need === undefined) {
        const sharing = (this.#pools.get(level)?.slices?.[SHARING_PLACE] ?? 0) + SHARING_MORE;
        need = { taken: uniform(0), beside: uniform(0), sharing };
        this.#needs.set(level, need);
      }
      add(need.taken, taken);
      if (slack !== undefined) {
        const shares = 2 * (need.sharing + this.#draws);
        for (const axis of AXES) {
          const field = FIELD_OF_AXIS[axis];
          need.beside[field] = Math.max(need.beside[field], shares * slack[field]);
        }
      }
    }
    return true;
  }

  #differenceOf(pool: StoredPool): PoolDifference | undefined {
    const before = this.#pools.get(pool);
    if (before === undefined) return undefined;
    const { state } = pool;
    const after = stateOf(pool);
    if (before.settings.some((each, index) => !Object.is(each, after.settings[index])))
      return undefined;
    if ((before.slices === undefined) !== (after.slices === undefined)) return undefined;
    const need = this.#needs.get(pool);
    const most = need && plus(plus(state.limits, need.taken, -1), need.beside, -1);
    // The server would say the same.
    if (most !== undefined && !fitsWithin(before.taken, NOTHING, most)) return undefined;
    const slices = before.slices && differenceOf(before.slices, after.slices ?? []);
    return {
      path: state.path,
      figures: differenceOf(before.numbers, after.numbers).join(" "),
      ...(most !== undefined && { most: numbersOf(most).join(" ") }),
      ...(slices?.some((each) => each !== 0) === true && { slices: slices.join(" ") }),
      ...(need !== undefined && !isNothing(need.beside) && { sharing: need.sharing }),
    };
  }
}

/** Replaces the figures of a pool by those of an answer; returns by how much used grew. */
export function setFigures(pool: StoredPool, text: string): Quantities {
  const { state, unknown } = pool;
  const numbers = text.split(" ").map(Number);
  const usedBefore = usedOf(state);
  for (const [index, amount] of [state.taken, state.reserved, unknown].entries())
    assign(amount, quantitiesAt(numbers, 5 * index));
  state.openReservations = numbers[15] ?? 0;
  if (numbers.length > 16) pool.slices = levelOf(numbers.slice(16).join(" "));
  return plus(usedOf(state), usedBefore, -1);
}

/** Returns outcomes as they are in books where used is more by so much. */
export function movedOutcomes(
  outcomes: readonly Outcome[],
  moved: ReadonlyMap<string, Quantities>,
): readonly Outcome[] {
  if (moved.size === 0) return outcomes;
  return outcomes.map((outcome) => {
    if (!("levels" in outcome) || outcome.levels === undefined) return outcome;
    const levels = outcome.levels.map((level) => {
      const by = moved.get(level.path) ?? NOTHING;
      const { usedBefore, used } = level;
      return { ...level, usedBefore: plus(usedBefore, by, 1), used: plus(used, by, 1) };
    });
    return { ...outcome, levels };
  });
}

function usedOf({ taken, reserved }: PoolState): Quantities {
  return plus(taken, reserved, -1);
}

/** Where the numbers of a level say how many slices share its room. */
const SHARING_PLACE = 5;

function differenceOf(before: readonly number[], after: readonly number[]): number[] {
  return after.map((each, index) => each - (before[index] ?? 0));
}

function stateOf(pool: StoredPool): Before {
  const { state, unknown, slices } = pool;
  return {
    numbers: [...[state.taken, state.reserved, unknown].flatMap(numbersOf), state.openReservations],
    slices: slices && levelNumbers(slices),
    taken: plus(state.taken, NOTHING, 1),
    settings: settingsOf(state, pool),
  };
}

/** What changes only with other writes than differences; each is replaced, not changed. */
function settingsOf(state: PoolState, { countsSince, raises }: StoredPool): readonly unknown[] {
  const { caps, overage, frozen, window, windowStartsAt, windowEndsAt, parts } = state;
  const { generation, droppedBefore, tree } = state;
  return [
    caps,
    overage,
    frozen,
    window,
    windowStartsAt,
    windowEndsAt,
    parts,
    generation,
    droppedBefore,
    tree.resets,
    countsSince,
    raises,
  ];
}
