// Slices of several processes over one set of books, played step by step, with a bill that the
// provider keeps: what must hold of slices (R15) is checked after every step of the store.

import { AXES } from "../../src/core/axis.ts";
import {
  add,
  FIELD_OF_AXIS,
  QUANTITY_MAX,
  quantitiesOf,
  subtract,
  uniform,
} from "../../src/core/quantities.ts";
import type { Quantities } from "../../src/core/quantities.ts";
import { isBelow } from "../../src/stores/contract/path.ts";
import { applyCommands } from "../../src/stores/books/apply.ts";
import type { Command, DrawCommand, Outcome } from "../../src/stores/contract/command.ts";
import { MemoryBooks } from "../../src/stores/memory/memory-books.ts";
import { Slice } from "../../src/stores/slices/slice.ts";

export const PATHS: readonly string[] = ["acme", "acme/a", "acme/a/b", "acme/c"];
const LEASE_MS = 1000;
const RECALL_MS = 100;
const FIELDS = AXES.map((axis) => FIELD_OF_AXIS[axis]);

/** One thing that happens. */
export type SliceStep =
  | { readonly do: "ask"; readonly slice: number; readonly ask: Quantities }
  | { readonly do: "settle"; readonly slice: number; readonly used: number }
  | {
      readonly do: "draw";
      readonly slice: number;
      readonly target: Quantities;
      readonly isRecalled: boolean;
      readonly fate: "arrives" | "is lost" | "answer is lost" | "comes late";
    }
  /** Something that was sent long ago comes once more. */
  | { readonly do: "late"; readonly message: number }
  | { readonly do: "crash"; readonly slice: number }
  | { readonly do: "end"; readonly slice: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "command"; readonly command: Command };

interface Call {
  readonly held: Quantities;
}

interface Process {
  slice: Slice;
  calls: Call[];
  waiting: Quantities[];
  leaseEndsAt: number;
  end: boolean;
  /** Whether it was told to give back what it does not use. */
  isRecalled: boolean;
}

/** What the provider knows of one path, by itself. */
interface Bill {
  readonly used: Quantities;
  readonly underWay: Quantities;
}

function check(holds: boolean, what: string, ...about: unknown[]): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(about)}`);
}

/** A play of some processes, each with one slice. */
export class SlicePlay {
  readonly books: MemoryBooks = new MemoryBooks();
  readonly #processes: Process[] = [];
  readonly #bills = new Map<string, Bill>();
  readonly #sent: DrawCommand[] = [];
  /** What of a slice was room for asks to come at its last draw that was applied. */
  readonly #roomOf = new Map<string, Quantities>();
  readonly #plain = new Map<string, { readonly path: string; readonly held: Quantities }>();
  #made = 0;
  nowMs: number = Date.UTC(2026, 0, 1);
  /** Whether caps may be passed, or books be below the bill: resets, other caps, windows. */
  readonly #isStrict: boolean;
  crashes = 0;
  finals = 0;

  constructor(caps: readonly Partial<Quantities>[], processes: number, isStrict: boolean) {
    this.#isStrict = isStrict;
    for (const [index, path] of PATHS.entries()) {
      const settings = { caps: caps[index] ?? {}, overage: undefined, window: undefined };
      this.execute({ kind: "open", path, settings });
      this.#bills.set(path, { used: uniform(0), underWay: uniform(0) });
    }
    for (let place = 0; place < processes; place++) this.#processes.push(this.#process(place));
  }

  /** Applies a command as the store does, and checks the books. */
  execute(command: Command): Outcome {
    const [outcome] = applyCommands(this.books, [command], this.nowMs);
    if (outcome === undefined) throw new Error("no outcome");
    if (command.kind === "draw" && outcome.kind === "drawn") this.#noteRoom(command, outcome);
    this.#checkBooks();
    return outcome;
  }

  play(step: SliceStep): void {
    switch (step.do) {
      case "advance":
        this.nowMs += step.ms;
        return;
      case "command":
        this.#command(step.command);
        return;
      case "late": {
        const draw = this.#sent[step.message % Math.max(1, this.#sent.length)];
        if (draw !== undefined) this.execute(draw);
        return;
      }
      default:
        this.#playSlice(step);
    }
  }

  /** All that live report all that they know and give the rest back; the dead are found dead. */
  finish(): void {
    for (let round = 0; round < 2; round++) {
      for (const process of this.#processes) {
        process.waiting = [];
        while (process.calls.length > 0) this.#settle(process, 1);
        this.#draw(process, { target: uniform(0), isRecalled: true, fate: "arrives" });
      }
    }
    this.nowMs += 100 * LEASE_MS;
    for (const process of this.#processes)
      this.#draw(process, { target: uniform(0), isRecalled: true, fate: "arrives" });
    for (const path of PATHS) {
      const pool = this.books.pool(path);
      const bill = this.#bills.get(path);
      if (pool === undefined || bill === undefined || !this.#isStrict) continue;
      for (const field of FIELDS) {
        const used = pool.state.taken[field] - pool.state.reserved[field];
        check(used >= bill.used[field], "I3 never below the bill", path, field, used, bill.used);
        const known = used - pool.unknown[field];
        check(known <= bill.used[field], "I3 what is known is the bill", path, field, known);
        if (this.crashes === 0)
          check(known === bill.used[field], "I3 books are the bill", path, field, known);
      }
    }
  }

  #process(place: number): Process {
    const path = PATHS[place % PATHS.length] ?? "acme";
    const ledger = place % 2 === 0 ? "entries" : "sums";
    const slice = new Slice(`p${place}-${this.#made++}`, path, ledger);
    return { slice, calls: [], waiting: [], leaseEndsAt: -Infinity, end: false, isRecalled: false };
  }

  #playSlice(step: Exclude<SliceStep, { do: "advance" | "command" | "late" }>): void {
    const place = step.slice % this.#processes.length;
    const process = this.#processes[place];
    if (process === undefined) return;
    switch (step.do) {
      case "ask": {
        const { slice } = process;
        const isAlive = this.nowMs < process.leaseEndsAt && process.waiting.length === 0;
        if (isAlive && (slice.tryHold(step.ask) || slice.tryHoldBelow(step.ask))) {
          this.#begin(process, step.ask);
        } else if (process.waiting.length < 4) {
          process.waiting.push(step.ask);
        }
        return;
      }
      case "settle":
        this.#settle(process, step.used);
        return;
      case "draw":
        this.#draw(process, step);
        return;
      case "end":
        if (process.calls.length > 0 || process.slice.drawing !== undefined) return;
        process.end = true;
        process.waiting = [];
        this.#draw(process, { target: uniform(0), isRecalled: true, fate: "arrives" });
        this.#processes[place] = this.#process(place);
        return;
      default:
        this.crashes++;
        this.#processes[place] = this.#process(place);
    }
  }

  #begin(process: Process, held: Quantities): void {
    process.calls.push({ held });
    this.#onPath(process.slice.path, ({ underWay }) => add(underWay, held));
  }

  #settle(process: Process, used: number): void {
    const call = process.calls.shift();
    if (call === undefined) return;
    const { held } = call;
    const amount = quantitiesOf((field) => Math.floor(held[field] * used));
    process.slice.settle(held, amount, "commit", false, undefined);
    this.#onPath(process.slice.path, (bill) => {
      subtract(bill.underWay, held);
      add(bill.used, amount);
    });
  }

  #onPath(path: string, change: (bill: Bill) => void): void {
    for (const [top, bill] of this.#bills) if (isBelow(path, top)) change(bill);
  }

  #draw(
    process: Process,
    step: {
      readonly target: Quantities;
      readonly isRecalled: boolean;
      readonly fate: "arrives" | "is lost" | "answer is lost" | "comes late";
    },
  ): void {
    const { slice } = process;
    const { target, isRecalled, fate } = step;
    const isNew = slice.drawing === undefined;
    const command =
      slice.drawing ??
      slice.draw({
        asks: process.waiting,
        target,
        least: uniform(0),
        isRecalled: isRecalled || process.isRecalled,
        leaseMs: LEASE_MS,
        recallMs: RECALL_MS,
        end: process.end,
      });
    if (isNew) slice.lowWater = quantitiesOf((field) => Math.ceil(target[field] / 2));
    this.#sent.push(command);
    if (fate === "is lost" || fate === "comes late") return;
    const outcome = this.execute(command);
    if (fate === "answer is lost") return;
    if (outcome.kind !== "drawn") throw new Error(`a draw came to ${outcome.kind}`);
    slice.answer(outcome);
    process.leaseEndsAt = this.nowMs + LEASE_MS;
    process.isRecalled = outcome.isRecalled;
    const asks = process.waiting.splice(0, command.asks.length);
    for (const [index, ask] of asks.entries()) {
      if (outcome.admitted[index] === "1") this.#begin(process, ask);
      else if (!outcome.isFinal) process.waiting.push(ask);
    }
    this.#checkFinal(command, outcome);
  }

  /** I4: others have no room when a refusal is final, unless they have not been heard of. */
  #checkFinal(command: DrawCommand, outcome: Extract<Outcome, { kind: "drawn" }>): void {
    if (!outcome.isFinal || this.#sent.at(-1) !== command) return;
    for (const refused of outcome.refused) {
      if (refused.kind !== "refused" || refused.refusal.reason !== "busy") continue;
      const { pool: path } = refused.refusal;
      const level = this.books.pool(path);
      const recalledAt = level?.slices?.recalledAt ?? 0;
      if (this.nowMs - recalledAt > RECALL_MS) continue;
      this.finals++;
      for (const [id, room] of this.#roomOf) {
        const row = this.books.reservation(id);
        if (id === command.id || row === undefined || row.expired) continue;
        // What a reset has dropped takes no room there.
        if (!isBelow(row.path, path) || row.asOf < (level?.state.droppedBefore ?? 0)) continue;
        const isEmpty = FIELDS.every((field) => room[field] === 0);
        check(isEmpty, "I4 refused while others have room", path, id, room);
      }
    }
  }

  #noteRoom(command: DrawCommand, outcome: Extract<Outcome, { kind: "drawn" }>): void {
    const row = this.books.reservation(command.id);
    if (row?.slice?.seq !== command.seq) return;
    const admitted = command.asks.filter((_, index) => outcome.admitted[index] === "1");
    this.#roomOf.set(
      command.id,
      quantitiesOf(
        (field) =>
          outcome.held[field] -
          command.holds[field] -
          admitted.reduce((sum, ask) => sum + ask[field], 0),
      ),
    );
  }

  /** Other commands of the tree, some of which have a bill too. */
  #command(command: Command): void {
    const outcome = this.execute(command);
    if (command.kind === "reserve" && outcome.kind === "held") {
      if (this.#plain.has(command.id)) return;
      this.#plain.set(command.id, { path: command.path, held: command.ask });
    } else if (command.kind === "record" && outcome.kind === "settled") {
      this.#onPath(command.path, ({ used }) => add(used, command.ask));
    } else if (command.kind === "commit" && outcome.kind === "settled") {
      const hold = this.#plain.get(command.id);
      this.#plain.delete(command.id);
      if (hold !== undefined || outcome.settled.overage !== undefined)
        this.#onPath(command.path, ({ used }) => add(used, command.actual));
    }
  }

  #checkBooks(): void {
    for (const path of PATHS) {
      const pool = this.books.pool(path);
      const bill = this.#bills.get(path);
      if (pool === undefined) continue;
      const { state, slices } = pool;
      const rows = this.books.openReservations().filter(({ path: on, expired, asOf }) => {
        return isBelow(on, path) && !expired && asOf >= state.droppedBefore;
      });
      const ofSlices = rows.filter(({ slice }) => slice !== undefined);
      for (const field of FIELDS) {
        const sum = rows.reduce((total, { quantities }) => total + quantities[field], 0);
        check(state.reserved[field] === sum, "reserved is what is held", path, field, sum);
        const inSlices = ofSlices.reduce((total, { quantities }) => total + quantities[field], 0);
        check((slices?.held[field] ?? 0) === inSlices, "in slices", path, field, inSlices);
        check(state.taken[field] >= state.reserved[field], "used is not negative", path, field);
        if (!this.#isStrict || bill === undefined) continue;
        const cap = state.caps[field] ?? QUANTITY_MAX;
        check(state.taken[field] <= cap, "I1 within the cap", path, field, state.taken, cap);
        const least = bill.used[field] + bill.underWay[field];
        check(state.taken[field] >= least, "I2 never below the bill", path, field, least);
      }
      this.#checkCounts(path);
    }
  }

  #checkCounts(path: string): void {
    const pool = this.books.pool(path);
    if (pool?.slices === undefined) return;
    const { sharing, live, awaited, recalledDraw } = pool.slices;
    const rows = this.books
      .openReservations()
      .filter(({ path: on, expired, slice }) => isBelow(on, path) && !expired && slice);
    const living = rows.filter(({ quantities }) => FIELDS.some((field) => quantities[field] > 0));
    check(live === living.length, "those that live", path, live, living.length);
    check(
      sharing === rows.filter(({ slice }) => slice?.isSharing).length,
      "those that share",
      path,
    );
    const waitedFor = living.filter(({ slice }) => (slice?.drawnAt ?? 0) < recalledDraw);
    check(awaited === waitedFor.length, "those waited for", path, awaited, waitedFor.length);
  }
}
