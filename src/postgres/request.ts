// What the commands of a batch can touch: everything that is loaded before they are applied.

import { isLost, lostHoldId } from "../stores/books/sent-holds.ts";
import type { Command } from "../stores/contract/command.ts";
import { lostLineId } from "../stores/slices/draw.ts";
import type { PostgresBooks } from "./postgres-books.ts";

/** What the commands of a batch can touch, in the form that load_1 takes. */
export interface Request {
  readonly ids: readonly string[];
  /** Including the paths of all pools above. */
  readonly paths: readonly string[];
  readonly of?: readonly string[];
  /** Pools to be deleted: whether they have pools below them. */
  readonly deleted?: readonly string[];
  readonly waits?: true;
  readonly now?: number;
}

/** Returns everything the commands can touch; `nowMs` if the clock is not the server's. */
export function requestOf(commands: readonly Command[], nowMs: number | undefined): Request {
  const ids = new Set<string>();
  const of = new Set<string>();
  const paths = new Set<string>();
  for (const command of commands) {
    addPath(paths, command.path);
    if ("id" in command) ids.add(command.id);
    if (command.kind === "draw") {
      // The entry that stands in for an expired slice, and may have been amended.
      const lost = lostLineId(command.id, command.seq - 1);
      ids.add(lost).add(`${lost}.found`);
      of.add(lost);
    }
    if (command.kind === "renew") for (const id of command.ids) ids.add(id);
    if (command.kind === "amend" || command.kind === "find") {
      ids.add(command.of);
      of.add(command.of);
    }
    // A retried record returns its amended amount.
    if (command.kind === "withdraw") of.add(command.id);
  }
  const deleted = commands.filter(({ kind }) => kind === "delete").map(({ path }) => path);
  return {
    ids: [...ids],
    paths: [...paths],
    ...(of.size > 0 && { of: [...of] }),
    ...(deleted.length > 0 && { deleted }),
    ...(commands.some(({ kind }) => kind === "wait") && { waits: true }),
    ...(nowMs !== undefined && { now: nowMs }),
  };
}

/** Returns the entries that stand in for holds of these commands that were booked as unknown. */
export function lostAmong(commands: readonly Command[], books: PostgresBooks): readonly string[] {
  return commands.flatMap((command) =>
    "id" in command && isLost(books.reservation(command.id)) ? [lostHoldId(command.id)] : [],
  );
}

/** Returns the same, with entries that may have been amended. */
export function withLost(request: Request, lost: readonly string[]): Request {
  return { ...request, ids: [...request.ids, ...lost], of: [...(request.of ?? []), ...lost] };
}

/** Returns the path, and those of all pools above. */
function addPath(paths: Set<string>, path: string): void {
  paths.add(path);
  for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1))
    paths.add(path.slice(0, end));
}
