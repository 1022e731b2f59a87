// R10, R12. Undoes abandoned commands: a store that answers too late must not reserve or book what
// its caller believes refused.

import { uniform } from "../../core/quantities.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { newId } from "./id.ts";

/** How many are remembered; beyond that, holds expire with their leases. */
const WITHDRAWALS_MAX = 10_000;

/** The commands of one tree whose callers gave up. */
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

  /** Undoes a command that the store has not answered, if it reserves or books. */
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
 * A commit is never undone: the money was spent. Neither is a command with a caller's id: repeating
 * it, in this process or another, is how the caller learns its outcome.
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
