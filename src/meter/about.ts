// What the ledger of a stored pool tells of an exchange, besides the amount.

const LENGTH_MAX = 128;
const NOT_ALLOWED = /[\p{Control}\p{Surrogate}]/gu;

/** A text as a ledger takes it: models are named by whoever sends the request. */
export function wordOf(text: string): string {
  return text.slice(0, LENGTH_MAX).replace(NOT_ALLOWED, "?");
}

/** The words of an exchange, for holds that are kept in a store. */
export function aboutOf(
  model: string,
  label: string | undefined,
): { readonly model?: string; readonly label?: string } {
  return { ...(model !== "" && { model: wordOf(model) }), ...(label !== undefined && { label }) };
}
