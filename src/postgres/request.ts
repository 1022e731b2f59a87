// What the commands of a batch can touch: all that is asked of the server before they are applied.

import { isLost, lostHoldId } from "../stores/books/sent-holds.ts";
import type { Command } from "../stores/contract/command.ts";
import { lostLineId } from "../stores/slices/draw.ts";
import type { PostgresBooks } from "./postgres-books.ts";

/** What the commands of a batch can touch, as load_1 takes it. */
export interface Request {
  readonly ids: readonly string[];
  /** With the paths of all pools above. */
  readonly paths: readonly string[];
  readonly of?: readonly string[];
  /** Pools that are deleted: whether they have others below them. */
  readonly deleted?: readonly string[];
  readonly waits?: true;
  readonly now?: number;
}

/** Returns all that the commands can touch; `nowMs` where the clock is not the server's. */
export function requestOf(commands: readonly Command[], nowMs: number | undefined): Request {
  const ids = new Set<string>();
  const of = new Set<string>();
  const paths = new Set<string>();
  for (const command of commands) {
    addPath(paths, command.path);
    if ("id" in command) ids.add(command.id);
    if (command.kind === "draw") {
      // What stands in for a slice that was given up, and was perhaps amended.
      const lost = lostLineId(command.id, command.seq - 1);
      ids.add(lost).add(`${lost}.found`);
      of.add(lost);
    }
    if (command.kind === "renew") for (const id of command.ids) ids.add(id);
    if (command.kind === "amend" || command.kind === "find") {
      ids.add(command.of);
      of.add(command.of);
    }
    // A record that was amended is answered as amended.
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

/** Returns the same, with entries that were perhaps amended. */
export function withLost(request: Request, lost: readonly string[]): Request {
  return { ...request, ids: [...request.ids, ...lost], of: [...(request.of ?? []), ...lost] };
}

/** The path, and those of all pools above. */
function addPath(paths: Set<string>, path: string): void {
  paths.add(path);
  for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1))
    paths.add(path.slice(0, end));
}
