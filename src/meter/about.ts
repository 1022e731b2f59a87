// What the ledger of a stored pool tells of an exchange, besides the amount.

import { wordOf } from "../core/word.ts";

/**
 * The words of an exchange, for holds that are kept in a store. Models are named by whoever sends
 * the request: whatever the name, its spending is booked.
 */
export function aboutOf(
  model: string,
  label: string | undefined,
): { readonly model?: string; readonly label?: string } {
  return { ...(model !== "" && { model: wordOf(model) }), ...(label !== undefined && { label }) };
}
