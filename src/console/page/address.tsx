// The address of a view in the console: all of it follows the `#`, so that a view can be bookmarked
// and shared, and no filter reaches a server's log.

import { signal } from "@preact/signals";

/** A view of the console. */
export interface View {
  /** Its page: "pools", "pool", "ledger" and so on. */
  readonly page: string;
  readonly query: Readonly<Record<string, string>>;
}

function viewIn(hash: string): View {
  const [page = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return {
    page: page === "" ? "pools" : page,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The view in the address. */
export const view = signal<View>(viewIn(location.hash));

addEventListener("hashchange", () => {
  view.value = viewIn(location.hash);
});

/** Returns the address of a view, without empty filters. */
export function linkTo(
  page: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) words.set(name, value);
  const text = words.toString();
  return `#/${page}${text === "" ? "" : `?${text}`}`;
}

/** Navigates to a view. */
export function goTo(page: string, query: Readonly<Record<string, string | undefined>> = {}): void {
  location.hash = linkTo(page, query);
}

/** Returns the address of the current view with a change. */
export function linkWith(changes: Readonly<Record<string, string | undefined>>): string {
  const { page, query } = view.value;
  return linkTo(page, { ...query, ...changes });
}
