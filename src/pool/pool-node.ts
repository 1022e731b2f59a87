// One pool of a tree as its handles share it: its state, and what happens around a change of it
// (windows that roll, thresholds that are told, waiters that are let in).

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { createPoolState } from "../core/pool-state.ts";
import type { PoolSettings, PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import { refusalOf, roll } from "../core/rules.ts";
import { crossThresholds } from "../core/thresholds.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { settingsText } from "./options.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What all nodes of one tree share. */
export interface SharedByTree {
  readonly clock: Clock;
  readonly line: WaitingLine;
  /** Whether any pool of the tree has, or had, a window: only then is the clock read. */
  windowed: boolean;
  /** Whether any pool of the tree has thresholds. */
  watched: boolean;
}

/** One pool of a tree. */
export class PoolNode {
  readonly state: PoolState;
  readonly parent: PoolNode | undefined;
  readonly shared: SharedByTree;
  readonly settings: PoolSettings;
  readonly children: Map<string, PoolNode> = new Map();
  onThreshold: ((event: ThresholdEvent) => unknown) | undefined;

  constructor(path: string, settings: PoolSettings, above: PoolNode | Clock) {
    this.parent = above instanceof PoolNode ? above : undefined;
    this.settings = settings;
    this.state = createPoolState(path, settings, this.parent?.state);
    this.shared =
      above instanceof PoolNode
        ? above.shared
        : { clock: above, line: new WaitingLine(above), windowed: false, watched: false };
    if (settings.window !== undefined) this.shared.windowed = true;
    if (settings.thresholds.length > 0) this.shared.watched = true;
  }

  /** Brings the windows of the path up to now. Called before anything is judged or shown. */
  touch(): void {
    if (this.shared.windowed) this.#roll();
  }

  /** Lets waiters in and tells thresholds. Called after every change, when the books are right. */
  changed(): void {
    if (this.shared.line.head !== undefined) this.shared.line.judge();
    if (this.shared.watched) this.#tellThresholds();
  }

  /** Whether these are the settings that the pool was made with, or those of now. */
  hasSettings(settings: PoolSettings): boolean {
    const { caps, overage, window, thresholds } = this.state;
    const text = settingsText(settings);
    return (
      text === settingsText(this.settings) ||
      text === settingsText({ caps, overage, window, thresholds })
    );
  }

  /** The error for an ask that does not fit. */
  refuse(ask: Quantities): BudgetExceeded {
    const refusal = refusalOf(this.state, ask);
    if (refusal === undefined) throw new Error("unreachable: an ask that fits was refused");
    return new BudgetExceeded(refusal);
  }

  #roll(): void {
    const { clock, line } = this.shared;
    // Who has waited longer is judged before the ask that found the window over.
    if (roll(this.state, readClock(clock)) && line.head !== undefined) line.judge();
  }

  /** Told from the pool up, in a loop: a tree may be deeper than the stack. */
  #tellThresholds(): void {
    this.#tellOwnThresholds();
    for (let node = this.parent; node !== undefined; node = node.parent) node.#tellOwnThresholds();
  }

  #tellOwnThresholds(): void {
    for (const event of crossThresholds(this.state)) {
      try {
        // A listener may be asynchronous: neither what it throws nor what it rejects with may
        // break the call it sits in.
        Promise.resolve(this.onThreshold?.(event)).catch(ignore);
      } catch {
        // As the option's documentation says, what a listener throws is dropped.
      }
    }
  }
}

function ignore(): void {}
