// What the threads of the termination test note down in shared memory, so that it can be read when
// they are dead: what they were about to book, and what they were told is booked.

const ASKED = 0;
const ACKNOWLEDGED = 1;
const FIGURES = 2;
const STOP = 0;
const CALLS = 1;

/** The notes of all places at which threads live, one after another. */
export class Ledger {
  readonly shared: { readonly figures: SharedArrayBuffer; readonly counters: SharedArrayBuffer };
  readonly #figures: Float64Array;
  readonly #counters: Int32Array;

  constructor(shared: Ledger["shared"]) {
    this.shared = shared;
    this.#figures = new Float64Array(shared.figures);
    this.#counters = new Int32Array(shared.counters);
  }

  static create(places: number): Ledger {
    return new Ledger({
      figures: new SharedArrayBuffer(places * FIGURES * 8),
      counters: new SharedArrayBuffer((places + CALLS) * 4),
    });
  }

  /** Notes that so many tokens may be booked from now on. */
  ask(place: number, tokens: number): void {
    this.#figures[place * FIGURES + ASKED]! += tokens;
  }

  /** Notes that what was asked for is booked. */
  acknowledge(place: number): void {
    this.#figures[place * FIGURES + ACKNOWLEDGED] = this.asked(place);
  }

  asked(place: number): number {
    return this.#figures[place * FIGURES + ASKED] ?? 0;
  }

  acknowledged(place: number): number {
    return this.#figures[place * FIGURES + ACKNOWLEDGED] ?? 0;
  }

  /** For the next thread at a place: what the pool of the place has booked before it. */
  begin(place: number, booked: number): void {
    this.#figures[place * FIGURES + ASKED] = booked;
    this.#figures[place * FIGURES + ACKNOWLEDGED] = booked;
  }

  /** Counts a call. */
  count(place: number): void {
    Atomics.add(this.#counters, CALLS + place, 1);
  }

  calls(place: number): number {
    return Atomics.load(this.#counters, CALLS + place);
  }

  /** Has all threads finish. */
  stop(): void {
    Atomics.store(this.#counters, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#counters, STOP) === 1;
  }
}
