// R15. A slice as its process sees it: what it may still reserve, what it holds and what it
// settled. It knows nothing of stores or time; it makes draws and takes their answers.

import {
  add,
  assign,
  beyond,
  exchange,
  fitsWithin,
  minus,
  NOTHING,
  plus,
  Quantities,
  subtract,
  Totals,
} from "../../core/quantities.ts";
import type { DrawCommand, DrawnOutcome, SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { EntryList } from "./entry-list.ts";
import { EntrySums } from "./entry-sums.ts";
import { NO_ASK } from "./ask.ts";

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

/**
 * This process's part of a pool's room. One draw at a time is in progress.
 *
 * A hold and its settlement change three amounts, which begin anew with each draw; everything else
 * follows from them when a draw is made.
 */
export class Slice {
  readonly id: string;
  readonly path: string;
  /**
   * The room at the last draw, and what came since: from its answer, and from settled calls. It is
   * kept without the low water, so that a request compares with one total.
   */
  readonly #offered: Quantities = totals();
  #lowWater: Quantities = NOTHING;
  /** The same without settled calls. */
  readonly #given: Quantities = totals();
  /** The part of it that was reserved. */
  readonly #taken: Quantities = totals();
  /** How many requests reserved it. */
  #takenTimes = 0;
  /** What was settled since the last draw, and before. */
  readonly #used: Quantities = totals();
  readonly #usedBefore: Quantities = totals();
  /** The room and the holds at the last draw, and what its answer added to both. */
  readonly #held: Quantities = totals();
  readonly #unknown: Quantities = totals();
  readonly #entries: EntryList | EntrySums;
  open = 0;
  /** How many settlements are not part of a draw yet. */
  unreported = 0;
  /** With fewer of them, a settlement is no reason to draw; for the keeper of the slice. */
  quietUntil = 0;
  #seq = BEFORE_FIRST;
  #drawing: DrawCommand | undefined;

  constructor(id: string, path: string, ledger: "entries" | "sums") {
    this.id = id;
    this.path = path;
    this.#entries = ledger === "sums" ? new EntrySums() : new EntryList();
  }

  /** The draw that is not answered yet. */
  get drawing(): DrawCommand | undefined {
    return this.#drawing;
  }

  /** How many entries the next draw has. */
  get entryCount(): number {
    return this.#entries.size;
  }

  /** The number of the next draw. */
  get nextSeq(): number {
    return this.#seq + 1;
  }

  /** The room left. Negative if more was used than was held. */
  get room(): Quantities {
    return plus(minus(this.#offered, this.#taken), this.#lowWater, 1);
  }

  /**
   * What was reserved since the last draw, and what calls used beyond their holds; and how many
   * requests that were. A call that holds `tokens` and uses `inputTokens` needs room for those too:
   * without it, the next request would be a round trip.
   */
  get taken(): { readonly amount: Quantities; readonly times: number } {
    const left = plus(this.#offered, this.#lowWater, 1);
    const amount = plus(this.#taken, beyond(this.#given, left), 1);
    return { amount, times: this.#takenTimes };
  }

  /** The id of a ledger entry: that of its draw, and its position in it. */
  lineId(seq: number, place: number): string {
    return `${this.id}.${seq}.${place}`;
  }

  /** With less room than this, the slice wants more. Whole quantities. */
  get lowWater(): Quantities {
    return this.#lowWater;
  }

  set lowWater(lowWater: Quantities) {
    exchange(this.#offered, lowWater, this.#lowWater);
    this.#lowWater = lowWater;
  }

  /** Reserves a request if it fits in the room and leaves the low water. */
  tryHold(ask: Quantities): boolean {
    const offered = this.#offered;
    const taken = this.#taken;
    const tokens = taken.tokens + ask.tokens;
    const inputTokens = taken.inputTokens + ask.inputTokens;
    const outputTokens = taken.outputTokens + ask.outputTokens;
    const nanoUsd = taken.nanoUsd + ask.nanoUsd;
    const calls = taken.calls + ask.calls;
    if (
      tokens > offered.tokens ||
      inputTokens > offered.inputTokens ||
      outputTokens > offered.outputTokens ||
      nanoUsd > offered.nanoUsd ||
      calls > offered.calls
    )
      return false;
    taken.tokens = tokens;
    taken.inputTokens = inputTokens;
    taken.outputTokens = outputTokens;
    taken.nanoUsd = nanoUsd;
    taken.calls = calls;
    this.#takenTimes++;
    this.open++;
    return true;
  }

  /** Reserves a request if it fits in the room, of which less than the low water may be left. */
  tryHoldBelow(ask: Quantities): boolean {
    const { lowWater } = this;
    this.lowWater = NOTHING;
    const isHeld = this.tryHold(ask);
    this.lowWater = lowWater;
    return isHeld;
  }

  /** Settles a hold at what its call used; what was released used nothing. */
  settle(
    held: Quantities,
    used: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    const offered = this.#offered;
    const total = this.#used;
    this.#entries.note(total, used, kind, unknown, about);
    // Written out here, where all amounts are of one class: see `AskQuantities`.
    const { tokens, inputTokens, outputTokens, nanoUsd, calls } = used;
    offered.tokens += held.tokens - tokens;
    offered.inputTokens += held.inputTokens - inputTokens;
    offered.outputTokens += held.outputTokens - outputTokens;
    offered.nanoUsd += held.nanoUsd - nanoUsd;
    offered.calls += held.calls - calls;
    total.tokens += tokens;
    total.inputTokens += inputTokens;
    total.outputTokens += outputTokens;
    total.nanoUsd += nanoUsd;
    total.calls += calls;
    if (unknown) add(this.#unknown, used);
    this.open--;
    this.unreported++;
  }

  /** Books usage without a hold. */
  book(
    used: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    this.open++;
    this.settle(NO_ASK, used, kind, unknown, about);
  }

  /** Returns the next draw, to be repeated until it is answered. */
  draw(wish: DrawWish): DrawCommand {
    const { asks, target, least, isRecalled, end, leaseMs, recallMs, watched } = wish;
    const before = this.room;
    const holds = this.#holds(before);
    const most = end || isRecalled ? NOTHING : target;
    const room = keptOf(before, most);
    const want = isRecalled ? NOTHING : beyond(target, room);
    const lines = this.#entries.take(this.#used);
    add(this.#usedBefore, this.#used);
    assign(this.#used, NOTHING);
    assign(this.#taken, NOTHING);
    this.#takenTimes = 0;
    assign(this.#offered, room);
    assign(this.#given, room);
    this.#lowWater = NOTHING;
    assign(this.#held, holds);
    add(this.#held, room);
    this.unreported = 0;
    return (this.#drawing = {
      kind: "draw",
      id: this.id,
      path: this.path,
      seq: ++this.#seq,
      settled: copyOf(this.#usedBefore),
      unknown: copyOf(this.#unknown),
      lines,
      holds,
      open: this.open,
      keep: plus(holds, room, 1),
      asks: [...asks],
      want,
      least,
      recallMs,
      leaseMs,
      end,
      watched,
    });
  }

  /** Applies the answer of a draw; its callers hold the admitted requests from now on. */
  answer({ held, admitted }: DrawnOutcome): void {
    const command = this.#drawing;
    if (command === undefined) return;
    this.#drawing = undefined;
    exchange(this.#held, command.keep, held);
    exchange(this.#offered, command.keep, held);
    exchange(this.#given, command.keep, held);
    for (const [index, ask] of command.asks.entries()) {
      if (admitted[index] !== "1") continue;
      subtract(this.#offered, ask);
      subtract(this.#given, ask);
      this.open++;
    }
  }

  /** What running calls hold: what the slice held, without its room and what was settled since. */
  #holds(room: Quantities): Quantities {
    return minus(minus(this.#held, room), this.#used);
  }

  /** Returns whether the slice has room that no call holds. */
  hasRoom(): boolean {
    return !fitsWithin(this.room, NOTHING, NOTHING);
  }

  /** Returns whether the room is at least so much. */
  hasAtLeast(least: Quantities): boolean {
    return fitsWithin(NOTHING, least, this.room);
  }
}

function totals(): Quantities {
  return new Totals(0, 0, 0, 0, 0);
}

function copyOf(total: Quantities): Quantities {
  return minus(total, NOTHING);
}

function keptOnAxis(room: number, target: number): number {
  return Math.max(0, room > 2 * target ? target : room);
}

/** Keeps at most twice the wanted room; the rest is returned. */
function keptOf(room: Quantities, target: Quantities): Quantities {
  return new Quantities(
    keptOnAxis(room.tokens, target.tokens),
    keptOnAxis(room.inputTokens, target.inputTokens),
    keptOnAxis(room.outputTokens, target.outputTokens),
    keptOnAxis(room.nanoUsd, target.nanoUsd),
    keptOnAxis(room.calls, target.calls),
  );
}
