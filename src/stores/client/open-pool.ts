// Opens a stored pool: it is created once, and found with the same settings from then on.

import { ConfigInvalid } from "../../core/errors.ts";
import type { Outcome } from "../contract/command.ts";
import { errorOf } from "./outcome-error.ts";
import type { PoolHandle } from "./pool-handle.ts";
import { readStoredPoolOptions } from "./stored-requests.ts";
import type { StoredPoolOptions } from "./stored-requests.ts";
import { settingsTextOf } from "../contract/stored-settings.ts";
import type { StoredSettings } from "../contract/stored-settings.ts";
import type { StoredTree } from "./stored-tree.ts";
import { templatedOn } from "../contract/templates.ts";

/**
 * Opens the pool of that path.
 * @throws {ConfigInvalid} if it exists with other settings.
 */
export async function openPool(
  tree: StoredTree,
  path: string,
  leaseMsDefault: number,
  options: StoredPoolOptions | undefined,
): Promise<PoolHandle> {
  const { settings, leaseMs, thresholds } = readStoredPoolOptions(options, leaseMsDefault);
  const outcome = await open(tree, path, settings);
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

/**
 * An existing pool needs one call; a missing one is created with its templates, and so are those
 * above it.
 */
async function open(
  tree: StoredTree,
  path: string,
  settings: StoredSettings | undefined,
): Promise<Extract<Outcome, { kind: "opened" }>> {
  const found =
    tree.store.templates === undefined
      ? undefined
      : await tree.ask({ kind: "open", path, settings, ifThere: true });
  if (found?.kind === "opened") return found;
  const above = templatedOn((await tree.templates(path)) ?? [], path);
  const own = settings ?? above.find((each) => each.path === path)?.settings;
  const command = { kind: "open", path, settings: own, above } as const;
  const outcome = await tree.ask(command);
  if (outcome.kind !== "opened") throw errorOf(outcome, command);
  return outcome;
}
