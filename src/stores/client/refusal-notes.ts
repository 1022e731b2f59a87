// R18. The recent refusals of this process until they are written to the journal of their tree: in
// the background, a fraction of a second later, so that no request waits for it. Bounded, however
// many requests are refused meanwhile.

import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import type { Refusal } from "../../core/refusal.ts";
import { plus, uniform } from "../../core/quantities.ts";
import { onSuperseded } from "../../core/superseded.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { countNameOf, countOfRefusal } from "../contract/refusals.ts";
import type { RefusalBatch, RefusalCount, RefusalLine } from "../contract/refusals.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";

/** How long refusals are collected before they are written. */
const GATHERED_MS = 250;
/** How many are kept in full until then: the last ones. About 12 kB, a small part of a batch. */
const LINES_MAX = 50;
/** How many counts are kept; refusals beyond them are counted without model and label. */
const COUNTS_MAX = 400;

/** Writes a batch to the journal of the tree. */
export type JournalWriter = (batch: RefusalBatch) => Promise<void>;

/** The refusals of one tree that are not written yet. */
export class RefusalNotes {
  readonly #write: JournalWriter;
  readonly #clock: Clock;
  #lines: RefusalLine[] = [];
  #counts = new Map<string, RefusalCount>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  constructor(write: JournalWriter, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** Notes the refusals of a batch. */
  note(commands: readonly Command[], outcomes: readonly Outcome[]): void {
    const lines = refusalsAmong(commands, outcomes, () => Math.floor(readClock(this.#clock)));
    if (lines.length === 0) return;
    this.#add(lines, lines.map(countOfRefusal));
    for (const line of lines) onSuperseded(line.refusal, () => this.#remove(line));
    this.#wakeLater();
  }

  /** Removes a refusal that is not written yet, because its call is tried again. */
  #remove(line: RefusalLine): void {
    const lines = this.#lines.filter((each) => each !== line);
    if (lines.length === this.#lines.length) return;
    this.#lines = lines;
    const counted = countOfRefusal(line);
    const name = nameOf(counted);
    const before = this.#counts.get(name);
    if (before === undefined) return;
    if (before.count === 1) this.#counts.delete(name);
    else this.#counts.set(name, { ...before, count: before.count - 1 });
  }

  /** Resolves once all earlier refusals are written, or rejects with the reason why not. */
  async flush(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    this.#stop();
    if (this.#counts.size === 0) return;
    const lines = this.#lines;
    const counts = [...this.#counts.values()];
    this.#lines = [];
    this.#counts = new Map();
    const at = Math.floor(readClock(this.#clock));
    this.#writing = this.#write({ at, lines, counts });
    try {
      await this.#writing;
    } catch (error) {
      const since = this.#lines;
      this.#lines = [];
      this.#add([...lines, ...since], counts);
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }

  #add(lines: readonly RefusalLine[], counts: readonly RefusalCount[]): void {
    this.#lines = [...this.#lines, ...lines].slice(-LINES_MAX);
    for (const counted of counts) {
      const name = nameOf(counted);
      const before = this.#counts.get(name);
      if (before !== undefined) {
        this.#counts.set(name, { ...before, count: before.count + counted.count });
      } else if (this.#counts.size < COUNTS_MAX) {
        this.#counts.set(name, counted);
      } else {
        const { minute, pool, axis, reason, count } = counted;
        const plain = { minute, pool: rootOf(pool), axis, reason, count };
        const plainName = nameOf(plain);
        const known = this.#counts.get(plainName)?.count ?? 0;
        this.#counts.set(plainName, { ...plain, count: known + count });
      }
    }
  }

  #wakeLater(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      // Refusals that cannot be written now are written with the next ones.
      this.flush().catch(() => undefined);
    }, GATHERED_MS);
    // A journal must not keep a finished process alive.
    const timer: { unref?: () => void } = this.#timer;
    timer.unref?.();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Returns the final refusals of a batch; a check makes no request, and a wait continues. */
export function refusalsAmong(
  commands: readonly Command[],
  outcomes: readonly Outcome[],
  now: () => number,
): readonly RefusalLine[] {
  let lines: RefusalLine[] | undefined;
  for (let index = 0; index < outcomes.length; index++) {
    const outcome = outcomes[index];
    const command = commands[index];
    if (outcome === undefined || command === undefined) continue;
    if (outcome.kind === "refused" && command.kind !== "check") {
      lines ??= [];
      lines.push(lineOf(command, askOf(command), outcome.refusal, now()));
    } else if (outcome.kind === "drawn" && command.kind === "draw") {
      for (const [ask, refusal] of refusedOf(command.asks, outcome)) {
        // Only what is busy may become free.
        const isLasting = outcome.isFinal || refusal.reason !== "busy";
        if (isLasting) (lines ??= []).push(lineOf(command, ask, refusal, now()));
      }
    }
  }
  return lines ?? [];
}

function lineOf(command: Command, asked: Quantities, refusal: Refusal, at: number): RefusalLine {
  const about: EntryMetadata | undefined = "about" in command ? command.about : undefined;
  const { model, label, details } = about ?? {};
  return { at, path: command.path, asked, refusal, model, label, actor: details?.actor };
}

function askOf(command: Command): Quantities {
  if (command.kind === "grant") return plus(command.fixed, command.unit, command.min);
  return "ask" in command ? command.ask : uniform(0);
}

/** The refused requests of a draw, each with its reason. */
function refusedOf(
  asks: readonly Quantities[],
  { admitted, refused }: Extract<Outcome, { kind: "drawn" }>,
): readonly (readonly [Quantities, Refusal])[] {
  let place = 0;
  return asks.flatMap((ask, index) => {
    if (admitted[index] !== "0") return [];
    const outcome = refused[place++];
    return outcome?.kind === "refused" ? [[ask, outcome.refusal] as const] : [];
  });
}

/** The name of a count among those of other minutes, pools and reasons. */
function nameOf(counted: RefusalCount): string {
  return `${counted.minute} ${countNameOf(counted)}`;
}

function rootOf(path: string): string {
  const end = path.indexOf("/");
  return end === -1 ? path : path.slice(0, end);
}
