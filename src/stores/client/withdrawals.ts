// R10, R12. What was given up is undone: a store that answers too late must not hold or book what
// its caller believes not held or booked.

import { uniform } from "../../core/quantities.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { newId } from "./id.ts";

/** How many are remembered; beyond them, holds end with their leases. */
const WITHDRAWALS_MAX = 10_000;

/** The commands of one tree whose callers no longer wait. */
export class Withdrawals {
  readonly #ask: (command: Command) => Promise<Outcome>;
  readonly #redeliver: (deliver: () => Promise<unknown>) => void;
  #count = 0;

  constructor(
    ask: (command: Command) => Promise<Outcome>,
    redeliver: (deliver: () => Promise<unknown>) => void,
  ) {
    this.#ask = ask;
    this.#redeliver = redeliver;
  }

  /** Has a command undone that the store has not answered, if it is one that holds or books. */
  add(command: Command): void {
    if (!isWithdrawn(command) || this.#count >= WITHDRAWALS_MAX) return;
    const { id, path } = command;
    const amendment = newId();
    this.#count++;
    this.#redeliver(async () => {
      const outcome = await this.#ask({ kind: "withdraw", id, path });
      if (outcome.kind === "found") {
        const actual = uniform(0);
        await this.#ask({ kind: "amend", id: amendment, path, of: id, actual });
      }
      this.#count--;
    });
  }
}

/**
 * A commit is never undone: the money was spent. Nor is what has an id of the caller's: to ask
 * again under it, in this process or another, is how its outcome is learned.
 */
function isWithdrawn(
  command: Command,
): command is Extract<Command, { kind: "record" | "late" | "reserve" | "grant" | "wait" }> {
  switch (command.kind) {
    case "record":
    case "late":
    case "reserve":
      return command.named !== true;
    case "grant":
    case "wait":
      return true;
    default:
      return false;
  }
}
