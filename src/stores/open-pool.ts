// Opening a stored pool: it is made once, and found with the same settings ever after.

import { ConfigInvalid } from "../core/errors.ts";
import { errorOf } from "./outcome-error.ts";
import type { StoredPlace } from "./stored-budget-pool.ts";
import { readStoredPoolOptions } from "./stored-requests.ts";
import type { StoredPoolOptions } from "./stored-requests.ts";
import { settingsTextOf } from "./stored-settings.ts";
import type { StoredTree } from "./stored-tree.ts";

/** Opens the pool of that path. @throws {ConfigInvalid} when it was made with other settings. */
export async function openPool(
  tree: StoredTree,
  path: string,
  leaseMsDefault: number,
  options: StoredPoolOptions | undefined,
): Promise<StoredPlace> {
  const { settings, leaseMs, thresholds } = readStoredPoolOptions(options, leaseMsDefault);
  const command = { kind: "open", path, settings } as const;
  const outcome = await tree.ask(command);
  if (outcome.kind !== "opened") throw errorOf(outcome, command);
  if (settings !== undefined) {
    const asked = settingsTextOf(settings);
    const now = settingsTextOf(outcome.settings);
    if (asked !== outcome.made && asked !== now) {
      const since = outcome.made === now ? "" : ` and has ${now} since`;
      throw new ConfigInvalid(
        path,
        `Pool "${path}" was made with ${outcome.made}${since}, now asked for with ${asked}; use configure() to change it, or omit the options to use it as it is`,
      );
    }
  }
  const listener = options?.onThreshold;
  if (listener !== undefined) tree.watch(path, thresholds, listener);
  return { tree, path, leaseMs };
}
