// Random batches of a few processes on one tree. Most of what they ask fits; now and then one
// changes settings, resets, deletes, or executes what another one has executed before.

import { Quantities, plus, quantitiesOf, uniform } from "../../src/core/quantities.ts";
import { readWindow } from "../../src/core/window.ts";
import type { WindowRule } from "../../src/core/window-rule.ts";
import type { Command, DrawCommand, Outcome } from "../../src/stores/contract/command.ts";

const PATHS: readonly string[] = ["acme", "acme/a", "acme/a/b", "acme/c"];
const POLICIES = ["throw", "allow", "reject"] as const;
const HELD_MAX = 25;
const SLICES = 6;

/** A random number of at least 0, below 1: the same series for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d_2b_79_f5) % 2 ** 32;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Held {
  readonly id: string;
  readonly path: string;
  readonly ask: Quantities;
}

interface PlayedSlice {
  readonly id: string;
  readonly path: string;
  seq: number;
  held: Quantities;
  settled: Quantities;
  unknown: Quantities;
  /** The draw that has not been answered. */
  drawing: DrawCommand | undefined;
}

/** What one play is like. */
interface Temper {
  /** How many commands change more than figures. */
  readonly disorder: number;
  /** Whether there is room for a few holds only. */
  readonly isTight: boolean;
  /** Whether leases and windows end while it lasts. */
  readonly isShort: boolean;
}

/** Makes batches. */
export class Plans {
  readonly #random: () => number;
  readonly #temper: Temper;
  #held: Held[] = [];
  readonly #records: Held[] = [];
  readonly #slices: PlayedSlice[] = [];
  #before: Command[] = [];
  #made = 0;

  constructor(random: () => number) {
    this.#random = random;
    const disorder = this.#pick([0, 0, 0.01, 0.1, 0.3]);
    this.#temper = { disorder, isTight: this.#is(0.5), isShort: this.#is(0.3) };
  }

  /** Opens all pools. */
  openings(): readonly Command[] {
    return PATHS.map((path) => {
      const overage = this.#pick([undefined, ...POLICIES]);
      const settings = { caps: this.#caps(), overage, window: this.#window() };
      return { kind: "open", path, settings };
    });
  }

  batch(nowMs: number): readonly Command[] {
    const commands = Array.from({ length: this.#pick([1, 1, 1, 2, 3, 6]) }, () =>
      this.#is(this.#temper.disorder) ? this.#disorderly(nowMs) : this.#command(),
    );
    this.#before = this.#before.concat(commands).slice(-40);
    return commands;
  }

  /** Notes the answer of a draw, from which the slice goes on. */
  answered(command: Command | undefined, outcome: Outcome): void {
    if (command?.kind !== "draw" || outcome.kind !== "drawn") return;
    const slice = this.#slices.find(({ id }) => id === command.id);
    if (slice === undefined || slice.seq >= command.seq) return;
    const { seq, settled, unknown } = command;
    Object.assign(slice, { seq, settled, unknown, held: outcome.held, drawing: undefined });
    if (command.end) this.#slices.splice(this.#slices.indexOf(slice), 1);
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #pick<T>(all: readonly T[]): T {
    const picked = all[this.#below(all.length)];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undefined may be among them
    return picked as T;
  }

  #is(chance: number): boolean {
    return this.#random() < chance;
  }

  #id(kind: string): string {
    return `${kind}-${this.#made++}`;
  }

  /** Small amounts, and seldom a large one. Near 2^53, books in memory round sums in between. */
  #amount(most = 12): Quantities {
    const large = this.#is(0.002) ? 2 ** 44 + this.#below(2 ** 45) : 0;
    return new Quantities(
      large + this.#below(most),
      this.#below(most),
      this.#below(most),
      this.#below(most),
      this.#below(3),
    );
  }

  #part(of: Quantities, share: number): Quantities {
    return quantitiesOf((field) => Math.floor(of[field] * share));
  }

  #caps(): Partial<Quantities> {
    const cap = this.#temper.isTight
      ? 20 + this.#below(80)
      : this.#pick([1e5, 1e6, Number.MAX_SAFE_INTEGER]);
    return this.#pick([{}, { tokens: cap }, { tokens: cap }, { tokens: 2 * cap, nanoUsd: cap }]);
  }

  #window(): WindowRule | undefined {
    if (!this.#temper.isShort || this.#is(0.5)) return undefined;
    return readWindow(
      this.#pick([{ everyMs: 50 }, { everyMs: 400, carryOver: true }, { sliding: 120 }]),
    );
  }

  #leaseMs(): number {
    return this.#temper.isShort ? this.#pick([30, 300, 100_000]) : 100_000;
  }

  #command(): Command {
    const held = this.#is(0.55) ? this.#pick(this.#held) : undefined;
    if (held !== undefined) return this.#settling(held);
    const path = this.#pick(PATHS);
    const leaseMs = this.#leaseMs();
    const sent = this.#pick([undefined, undefined, true as const]);
    const ask = this.#amount();
    switch (this.#below(6)) {
      case 0: {
        if (this.#temper.isTight && this.#is(0.9)) return this.#draw();
        const id = this.#id("record");
        this.#records.push({ id, path, ask });
        const about = this.#pick([undefined, { model: "gpt-5.5", label: 'ü"' }]);
        const watched = this.#pick([undefined, PATHS]);
        return { kind: "record", path, id, ask, policy: this.#pick(POLICIES), watched, about };
      }
      case 1: {
        const unit = new Quantities(this.#below(4), 0, 0, 1, 0);
        const id = this.#hold(path, ask);
        const [min, max] = [this.#below(2), 2 + this.#below(5)];
        return { kind: "grant", path, id, fixed: ask, unit, min, max, leaseMs, sent };
      }
      case 2:
      case 3:
        return { kind: "reserve", path, id: this.#hold(path, ask), ask, leaseMs, sent };
      default:
        return this.#draw();
    }
  }

  #hold(path: string, ask: Quantities): string {
    const id = this.#id("hold");
    this.#held = [...this.#held, { id, path, ask }].slice(-HELD_MAX);
    return id;
  }

  #settling({ id, path, ask }: Held): Command {
    const kind = this.#pick(["commit", "commit", "commit", "release", "renew"] as const);
    if (kind === "renew") {
      const ids = this.#is(0.5) ? [id] : [id, this.#pick(this.#held).id];
      const sent = this.#pick([undefined, true as const]);
      return { kind, path, ids, leaseMs: this.#leaseMs(), sent };
    }
    // Now and then a hold is settled again.
    if (this.#is(0.85)) this.#held = this.#held.filter((each) => each.id !== id);
    if (kind === "release") return { kind, path, id };
    const within = this.#temper.isTight ? 0.1 : 1;
    const actual = this.#is(0.9) ? this.#part(ask, within * this.#random()) : this.#amount(20);
    const policy = this.#pick([undefined, ...POLICIES]);
    const watched = this.#pick([undefined, PATHS, ["acme"]]);
    return { kind, path, id, actual, unknown: this.#is(0.2), policy, watched };
  }

  #draw(): Command {
    if (this.#slices.length < SLICES) {
      const [id, path, none] = [this.#id("slice"), this.#pick(PATHS), uniform(0)];
      const amounts = { held: none, settled: none, unknown: none };
      this.#slices.push({ id, path, seq: 0, ...amounts, drawing: undefined });
    }
    const still = this.#slices.filter(({ drawing }) => drawing === undefined);
    const slice = this.#pick(still.length === 0 || this.#is(0.1) ? this.#slices : still);
    // It is repeated until it is answered; now and then another one has the same number.
    if (slice.drawing !== undefined && this.#is(0.9)) return slice.drawing;
    return (slice.drawing = this.#nextDraw(slice));
  }

  #nextDraw({ id, path, seq, held, settled, unknown }: PlayedSlice): DrawCommand {
    const used = this.#part(held, this.#pick([0, 0.05, this.#temper.isTight ? 0.1 : 0.5]));
    const keep = this.#part(held, this.#pick([0, 0.2, 0.5]));
    // What is used beyond the slice.
    const more = this.#is(0.03) ? this.#amount() : uniform(0);
    const isUnknown = this.#is(0.2);
    const kinds = Array.from({ length: this.#below(4) }, () =>
      this.#pick(["commit", "record", "release"] as const),
    );
    return {
      kind: "draw",
      path,
      id,
      seq: seq + 1,
      settled: plus(plus(settled, used, 1), more, 1),
      unknown: isUnknown ? plus(unknown, used, 1) : unknown,
      lines: kinds.map((kind) => ({ kind, amount: used, unknown: isUnknown, about: undefined })),
      holds: this.#part(keep, this.#pick([0.5, 1])),
      open: this.#below(3),
      keep,
      asks: Array.from({ length: this.#below(3) }, () => this.#amount()),
      want: this.#is(0.5) ? uniform(0) : this.#amount(this.#pick([4, 12])),
      least: uniform(this.#below(2)),
      recallMs: 100,
      leaseMs: this.#leaseMs(),
      end: this.#is(0.1),
      watched: this.#pick([undefined, PATHS]),
    };
  }

  #disorderly(nowMs: number): Command {
    const path = this.#pick(PATHS);
    const ask = this.#amount();
    const id = this.#id("change");
    const record = this.#records.at(this.#below(this.#records.length));
    const until = nowMs + this.#below(200);
    const settings = { caps: this.#caps(), overage: undefined, window: this.#window() };
    return this.#pick<Command>([
      { kind: "reset", path, id },
      { kind: "configure", path, id, caps: this.#caps() },
      { kind: "configure", path, id, by: { tokens: this.#below(40) - 20 }, until },
      { kind: "configure", path, id, frozen: this.#is(0.3) },
      { kind: "configure", path, id, window: this.#window() ?? null },
      { kind: "delete", path, id },
      { kind: "open", path, settings },
      { kind: "snapshot", path },
      { kind: "check", path, ask },
      { kind: "wait", path, id, ask, leaseMs: 100, placeMs: 100, last: this.#is(0.7) },
      { kind: "withdraw", path, id: this.#held.at(-1)?.id ?? id },
      record === undefined
        ? { kind: "find", path, of: id }
        : { kind: "amend", path: record.path, id, of: record.id, actual: ask, watched: PATHS },
      this.#before[this.#below(this.#before.length)] ?? { kind: "snapshot", path },
      this.#before[this.#below(this.#before.length)] ?? { kind: "snapshot", path },
    ]);
  }
}
