// Snapshots of pools of many trees, through temporary queues.

import { CommandQueue } from "./command-queue.ts";
import { errorOf } from "./outcome-error.ts";
import { rootPath } from "../contract/path.ts";
import { storedSnapshotOf } from "../contract/pool-figures.ts";
import type { StoredSnapshot } from "../contract/pool-figures.ts";
import type { Store } from "../contract/store.ts";

/** Returns snapshots of the pools that exist, in order. */
export async function snapshotsOf(
  store: Store,
  timeoutMs: number,
  paths: readonly string[],
): Promise<readonly StoredSnapshot[]> {
  const queues = new Map<string, CommandQueue>();
  // If that fails, the queues report why, in time.
  const known = (await store.figures?.(paths).catch(() => [])) ?? [];
  const queueOf = (root: string): CommandQueue => {
    const queue = queues.get(root) ?? new CommandQueue(store, root, timeoutMs, () => undefined);
    queues.set(root, queue);
    return queue;
  };
  const snapshots = paths.map(async (path, at) => {
    const command = { kind: "snapshot", path } as const;
    const outcome = known[at] ?? (await queueOf(rootPath(path)).ask(command));
    if (outcome.kind === "gone") return [];
    if (outcome.kind !== "figures") throw errorOf(outcome, command);
    return [storedSnapshotOf(outcome.figures)];
  });
  return (await Promise.all(snapshots)).flat();
}
