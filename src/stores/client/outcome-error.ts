// Converts outcomes of commands to errors.

import { BudgetExceeded, ReservationSettled } from "../../core/errors.ts";
import { uniform } from "../../core/quantities.ts";
import type { Refusal } from "../../core/refusal.ts";
import { standsFor } from "../../core/superseded.ts";
import type { Command, Outcome } from "../contract/command.ts";
import { IdTaken, NotFound, PoolGone, PoolInUse } from "../contract/errors.ts";

/** Returns the error for an outcome that the command cannot have. */
export function errorOf(outcome: Outcome, command: Command): Error {
  const id = "id" in command ? command.id : "";
  switch (outcome.kind) {
    case "refused":
      return refusedWith(outcome.refusal);
    case "gone":
      return new PoolGone(
        command.path,
        "is no longer in the store: it was deleted, or the store lost its data; open it again to start a new one",
      );
    case "in use":
      return new PoolInUse(command.path, outcome.openReservations);
    case "id taken":
      return new IdTaken(id);
    case "not found":
      return new NotFound(command.path, "of" in command ? command.of : id);
    case "out of range":
      return new RangeError(outcome.message);
    case "settled before":
      return new ReservationSettled(command.path, outcome.outcome, uniform(0));
    default:
      return new Error(`The store has answered ${command.kind} with ${outcome.kind}`);
  }
}

/** Returns the error for a refusal, which stands for its entry in the journal (R18). */
export function refusedWith(refusal: Refusal): BudgetExceeded {
  return standsFor(new BudgetExceeded(refusal), refusal);
}

/** The outcomes of certain kinds. */
export type OutcomeOf<K extends Outcome["kind"]> = Extract<Outcome, { kind: K }>;

/** Returns whether an outcome is of one of certain kinds. */
export function isOneOf<K extends Outcome["kind"]>(
  outcome: Outcome,
  kinds: readonly K[],
): outcome is OutcomeOf<K> {
  return (kinds as readonly string[]).includes(outcome.kind);
}
