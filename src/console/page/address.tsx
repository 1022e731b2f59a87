// Where in the console we are: all of it stands behind the `#` of the address, so that a view can be
// kept as a bookmark and sent to others, and no filter reaches the log of a server.

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

/** The view that the address names. */
export const view = signal<View>(viewIn(location.hash));

addEventListener("hashchange", () => {
  view.value = viewIn(location.hash);
});

/** The address of a view, without what is empty. */
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

/** Goes to a view. */
export function goTo(page: string, query: Readonly<Record<string, string | undefined>> = {}): void {
  location.hash = linkTo(page, query);
}

/** The address of the view as it is, with something changed. */
export function linkWith(changes: Readonly<Record<string, string | undefined>>): string {
  const { page, query } = view.value;
  return linkTo(page, { ...query, ...changes });
}
