// R15. A slice as its process sees it: what it may still reserve, what it holds and what it
// settled. It knows nothing of stores or time; it makes draws and takes their answers.

import { AXES } from "../../core/axis.ts";
import {
  add,
  exchange,
  FIELD_OF_AXIS,
  fitsWithin,
  NOTHING,
  quantitiesOf,
  subtract,
  Totals,
} from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { DrawCommand, DrawnOutcome, SliceEntry } from "../contract/command.ts";
import { EntrySums } from "./entry-sums.ts";
import { isNothing } from "./slice-state.ts";

/**
 * The number before the first draw. All numbers of draws have as many digits, so that the ids of
 * entries rise as texts: an index of ids then grows at its end.
 */
const BEFORE_FIRST = 1_000_000_000;

/** The part of a draw that the slice does not know itself. */
export interface DrawWish {
  readonly asks: readonly Quantities[];
  /** How much room for future requests is useful, and the least that is. */
  readonly target: Quantities;
  readonly least: Quantities;
  /** Whether other processes wait for spare room. */
  readonly isRecalled: boolean;
  readonly leaseMs: number;
  readonly recallMs: number;
  readonly end: boolean;
  readonly watched?: readonly string[] | undefined;
}

/** This process's part of a pool's room. One draw at a time is in progress. */
export class Slice {
  readonly id: string;
  readonly path: string;
  /** The room left. Negative if more was used than was held. */
  readonly room: Quantities = new Totals(0, 0, 0, 0, 0);
  /** What running calls hold. */
  readonly holds: Quantities = new Totals(0, 0, 0, 0, 0);
  open = 0;
  /** The total settled since the slice began. */
  readonly settled: Quantities = new Totals(0, 0, 0, 0, 0);
  readonly unknown: Quantities = new Totals(0, 0, 0, 0, 0);
  #entries: SliceEntry[] = [];
  readonly #sums: EntrySums | undefined;
  #unreported = 0;
  #seq = BEFORE_FIRST;
  #drawing: DrawCommand | undefined;

  constructor(id: string, path: string, ledger: "entries" | "sums") {
    this.id = id;
    this.path = path;
    this.#sums = ledger === "sums" ? new EntrySums() : undefined;
  }

  /** The draw that is not answered yet. */
  get drawing(): DrawCommand | undefined {
    return this.#drawing;
  }

  /** How many settlements are not part of a draw yet. */
  get unreported(): number {
    return this.#unreported;
  }

  /** How many entries the next draw has. */
  get entryCount(): number {
    return this.#sums?.size ?? this.#entries.length;
  }

  /** The number of the next draw. */
  get nextSeq(): number {
    return this.#seq + 1;
  }

  /** The id of a ledger entry: that of its draw, and its position in it. */
  lineId(seq: number, place: number): string {
    return `${this.id}.${seq}.${place}`;
  }

  /** Returns whether a request fits in the remaining room. */
  fits(ask: Quantities): boolean {
    return fitsWithin(NOTHING, ask, this.room);
  }

  /** Reserves a request that fits. */
  hold(ask: Quantities): void {
    subtract(this.room, ask);
    add(this.holds, ask);
    this.open++;
  }

  /** Settles a hold at what its call used. */
  settle(held: Quantities, entry: SliceEntry): void {
    subtract(this.holds, held);
    exchange(this.room, entry.amount, held);
    add(this.settled, entry.amount);
    if (entry.unknown) add(this.unknown, entry.amount);
    this.open--;
    this.#note(entry);
  }

  /** Books usage without a hold. */
  book(entry: SliceEntry): void {
    subtract(this.room, entry.amount);
    add(this.settled, entry.amount);
    if (entry.unknown) add(this.unknown, entry.amount);
    this.#note(entry);
  }

  #note(entry: SliceEntry): void {
    this.#unreported++;
    if (this.#sums === undefined) this.#entries.push(entry);
    else this.#sums.count(entry);
  }

  /** Returns the next draw, to be repeated until it is answered. */
  draw(wish: DrawWish): DrawCommand {
    const { asks, target, least, isRecalled, end, leaseMs, recallMs, watched } = wish;
    const keepRoom = end || isRecalled ? NOTHING : this.#keptRoom(target);
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      this.room[field] = Math.min(this.room[field], keepRoom[field]);
    }
    const room = quantitiesOf((field) => Math.max(0, this.room[field]));
    const want = isRecalled ? NOTHING : quantitiesOf((field) => target[field] - room[field]);
    const command: DrawCommand = {
      kind: "draw",
      id: this.id,
      path: this.path,
      seq: ++this.#seq,
      settled: quantitiesOf((field) => this.settled[field]),
      unknown: quantitiesOf((field) => this.unknown[field]),
      lines: this.#sums?.take() ?? this.#entries,
      holds: quantitiesOf((field) => this.holds[field]),
      open: this.open,
      keep: quantitiesOf((field) => this.holds[field] + room[field]),
      asks: [...asks],
      want: quantitiesOf((field) => Math.max(0, want[field])),
      least,
      recallMs,
      leaseMs,
      end,
      watched,
    };
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      this.room[field] = room[field];
    }
    this.#entries = [];
    this.#unreported = 0;
    this.#drawing = command;
    return command;
  }

  /** Applies the answer of a draw; its callers hold the admitted requests from now on. */
  answer({ held, admitted }: DrawnOutcome): void {
    const command = this.#drawing;
    if (command === undefined) return;
    this.#drawing = undefined;
    const room = quantitiesOf((field) => held[field] - command.keep[field]);
    for (const [index, ask] of command.asks.entries()) {
      if (admitted[index] !== "1") continue;
      subtract(room, ask);
      add(this.holds, ask);
      this.open++;
    }
    add(this.room, room);
  }

  /** Keeps at most twice the wanted room; the rest is returned. */
  #keptRoom(target: Quantities): Quantities {
    return quantitiesOf((field) =>
      this.room[field] > 2 * target[field] ? target[field] : this.room[field],
    );
  }

  /** Returns whether the slice has room that no call holds. */
  hasRoom(): boolean {
    return !isNothing(quantitiesOf((field) => Math.max(0, this.room[field])));
  }
}
