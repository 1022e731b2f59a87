// Which reservations are open: bits of the exchanged state, one for each index of the table.

import type { Quantities } from "../core/quantities.ts";
import { NO_HOLD } from "../core/rules.ts";
import type { Hold } from "../core/rules.ts";
import { ReservationsFull } from "./errors.ts";
import { HEADER } from "./layout.ts";
import { NumberList } from "./number-list.ts";
import { SharedHold } from "./reservation-table.ts";
import type { ReservationTable } from "./reservation-table.ts";
import type { SlotSwap } from "./slot-swap.ts";
import type { Step } from "./step.ts";

/** The open reservations as one thread sees them, and how its step changes them. */
export class OpenReservations {
  readonly table: ReservationTable;
  readonly #step: Step;
  readonly #swap: SlotSwap;
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  readonly #bitsCell: number;
  readonly #capacity: number;
  /** How many are open or waiting, including changes of this step. */
  #inUse = 0;
  /** Indexes that this thread gets back once the step takes effect. */
  readonly #freed = new NumberList();
  /** An index that was taken for a step that was discarded, or that refused. */
  #spare: number | undefined;
  #spareUsed = false;
  #bitsChanged = false;

  constructor(step: Step, swap: SlotSwap, table: ReservationTable) {
    this.table = table;
    this.#step = step;
    this.#swap = swap;
    this.#cells = step.shared.cells;
    this.#words = step.shared.words;
    this.#bitsCell = step.shared.layout.bitsCell;
    this.#capacity = step.shared.layout.reservations;
  }

  /** Called when a step begins. */
  start(): void {
    this.#bitsChanged = false;
    this.#freed.clear();
    this.#spareUsed = false;
  }

  /** Reads the count of the slot at `at`. */
  read(at: number): void {
    this.#inUse = this.#cells[at + HEADER.inUse] ?? 0;
  }

  /**
   * Checks that one more reservation fits.
   * @throws {ReservationsFull} if it does not.
   */
  hasRoom(): boolean {
    if (this.#inUse < this.#capacity) {
      this.#spare ??= this.table.take();
      if (this.#spare !== undefined) return true;
    }
    this.#step.fail(new ReservationsFull(this.#capacity));
    return false;
  }

  /** After `hasRoom`: gives a hold on a pool an index in the table. */
  open(pool: number, held: Hold): SharedHold {
    const kept = this.#keep(pool, held.quantities, held.asOf);
    this.#setBit(kept.place, true);
    return kept;
  }

  /** After `hasRoom`: gives a waiting request an index in the table. */
  openWaiting(pool: number, ask: Quantities): SharedHold {
    return this.#keep(pool, ask, NO_HOLD.asOf);
  }

  #keep(pool: number, quantities: Quantities, asOf: number): SharedHold {
    const kept = new SharedHold(quantities, asOf, this.#spare ?? 0, this.#step.operations + 1);
    this.table.write(pool, kept);
    this.#spareUsed = true;
    this.#inUse++;
    this.#step.changesRest();
    return kept;
  }

  /** Marks the reservation of an admitted waiter as open. */
  admit(place: number): void {
    this.#setBit(place, true);
  }

  #setBit(place: number, open: boolean): void {
    this.#swap.prepareRest();
    this.#swap.writeBit(place, open);
    this.#bitsChanged = true;
    this.#step.changesRest();
  }

  /** Puts a waiter back into the queue; returns the reason if there is no room. */
  waitAgain(): ReservationsFull | undefined {
    if (this.#inUse >= this.#capacity) return new ReservationsFull(this.#capacity);
    this.#inUse++;
    this.#step.changesRest();
    return undefined;
  }

  /** Returns whether a reservation is still held. */
  isOpen(held: SharedHold): boolean {
    return this.isPlaceOpen(held.place) && this.table.ticketOf(held.place) === held.ticket;
  }

  /** Returns whether a reservation was open when the step began. */
  isPlaceOpen(place: number): boolean {
    const word = (this.#swap.at + this.#bitsCell) * 2 + (place >>> 5);
    return (this.#words[word]! & (1 << (place & 31))) !== 0;
  }

  /**
   * Marks a settled reservation of this thread; it was `open`, or another thread freed it before.
   */
  close(held: SharedHold, open: boolean): void {
    if (open) this.closePlace(held.place);
    this.#freed.add(held.place);
    this.#step.changesRest();
  }

  /** Marks a reservation as no longer open. */
  closePlace(place: number): void {
    this.#setBit(place, false);
    this.#inUse--;
  }

  /** Marks a waiter as gone. */
  closeWaiting(place: number): void {
    this.#inUse--;
    this.#step.changesRest();
    if (this.table.isOwn(place)) this.#freed.add(place);
  }

  /** Writes the changes of the step into the next slot. */
  write(at: number, operations: number): void {
    this.#cells[at + HEADER.inUse] = this.#inUse;
    if (this.#bitsChanged) this.#cells[at + HEADER.bitsAt] = operations;
  }

  /** Called when the step has taken effect. */
  stand(): void {
    for (let index = 0; index < this.#freed.length; index++) {
      this.table.giveBack(this.#freed.at(index));
    }
    if (this.#spareUsed) this.#spare = undefined;
  }
}
