// A newly created pool of the books: nothing used, and no slices.

import { createPoolState } from "../../core/pool-state.ts";
import { uniform } from "../../core/quantities.ts";
import type { StoredSettings } from "../contract/stored-settings.ts";
import type { StoredPool } from "./books.ts";

/** Creates a pool; `made` is the text of the settings that it was first opened with. */
export function createStoredPool(
  path: string,
  made: string,
  above: StoredPool | undefined,
  settings: StoredSettings,
): StoredPool {
  const state = createPoolState(path, { ...settings, thresholds: [] }, above?.state);
  return { state, above, unknown: uniform(0), made, countsSince: 0, raises: [], slices: undefined };
}
