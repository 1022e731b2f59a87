// Where reservations are stored, so that those of an ended thread can be freed. An index belongs to
// one thread. Only that thread writes there, and only while the reservation neither is open nor
// waits, which the exchanged state says (the bits, the queue and the list of granted ones).

import { Quantities } from "../core/quantities.ts";
import type { Hold } from "../core/rules.ts";
import { SPARE_SLOTS, RESERVATION } from "./layout.ts";
import { NumberList } from "./number-list.ts";
import { readQuantities, writeQuantities } from "./pool-cells.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import type { Owner } from "./thread-rows.ts";

/** A hold with an index in the table. */
export class SharedHold implements Hold {
  readonly quantities: Quantities;
  readonly asOf: number;
  readonly place: number;
  /** The operation that made it: the index may belong to another reservation by now. */
  readonly ticket: number;

  constructor(quantities: Quantities, asOf: number, place: number, ticket: number) {
    this.quantities = quantities;
    this.asOf = asOf;
    this.place = place;
    this.ticket = ticket;
  }
}

/** The table as one thread sees it. */
export class ReservationTable {
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  readonly #ownersWord: number;
  readonly #firstCell: number;
  readonly places: number;
  readonly #owner: Owner;
  /** Free indexes of this thread. */
  readonly #kept = new NumberList();
  #searchFrom: number;

  constructor({ cells, words, layout }: SharedBuffer, owner: Owner, row: number) {
    this.#cells = cells;
    this.#words = words;
    this.#ownersWord = layout.ownersWord;
    this.#firstCell = layout.reservationsCell;
    this.places = layout.places;
    this.#owner = owner;
    this.#searchFrom = row * SPARE_SLOTS;
  }

  /** Takes a free index; undefined if there is none. */
  take(): number | undefined {
    return this.#kept.pop() ?? this.#search();
  }

  /** Returns a free index of this thread. */
  giveBack(place: number): void {
    if (this.#kept.length < SPARE_SLOTS) this.#kept.add(place);
    else Atomics.store(this.#words, this.#ownersWord + place, 0);
  }

  /** Returns an index of an ended thread. */
  giveBackFor(owner: Owner, place: number): void {
    Atomics.compareExchange(this.#words, this.#ownersWord + place, owner, 0);
  }

  /** The owner of an index; 0 for none. */
  ownerOf(place: number): Owner {
    return Atomics.load(this.#words, this.#ownersWord + place);
  }

  /** Returns whether an index belongs to this thread. */
  isOwn(place: number): boolean {
    return this.ownerOf(place) === this.#owner;
  }

  /** Returns the indexes of a thread. */
  placesOf(owner: Owner): number[] {
    const places: number[] = [];
    for (let place = 0; place < this.places; place++) {
      if (this.ownerOf(place) === owner) places.push(place);
    }
    return places;
  }

  /** Writes a reservation on a pool before it is open or waits. */
  write(pool: number, held: SharedHold): void {
    const cells = this.#cells;
    const at = this.#firstCell + held.place * RESERVATION.cells;
    cells[at + RESERVATION.pool] = pool;
    cells[at + RESERVATION.ticket] = held.ticket;
    cells[at + RESERVATION.asOf] = held.asOf;
    writeQuantities(cells, at + RESERVATION.quantities, held.quantities);
  }

  /** Writes the reset count when a waiter was admitted. */
  writeAsOf(place: number, asOf: number): void {
    this.#cells[this.#firstCell + place * RESERVATION.cells + RESERVATION.asOf] = asOf;
  }

  /** Returns the operation that made the reservation. */
  ticketOf(place: number): number {
    return this.#cells[this.#firstCell + place * RESERVATION.cells + RESERVATION.ticket]!;
  }

  /** Returns the index of the reservation's pool. */
  poolOf(place: number): number {
    return this.#cells[this.#firstCell + place * RESERVATION.cells + RESERVATION.pool]! | 0;
  }

  /** Returns the reserved or requested amount. */
  read(place: number): SharedHold {
    const at = this.#firstCell + place * RESERVATION.cells;
    const quantities = new Quantities(0, 0, 0, 0, 0);
    readQuantities(this.#cells, at + RESERVATION.quantities, quantities);
    const asOf = this.#cells[at + RESERVATION.asOf]!;
    return new SharedHold(quantities, asOf, place, this.ticketOf(place));
  }

  #search(): number | undefined {
    for (let step = 0; step < this.places; step++) {
      const place = (this.#searchFrom + step) % this.places;
      const at = this.#ownersWord + place;
      if (this.#words[at] !== 0) continue;
      if (Atomics.compareExchange(this.#words, at, 0, this.#owner) !== 0) continue;
      this.#searchFrom = place + 1;
      return place;
    }
    return undefined;
  }
}
