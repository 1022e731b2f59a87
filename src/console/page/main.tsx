// The console in the browser: its frame, and the page that the address names.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { ActionDialog } from "./action-dialog.tsx";
import { linkTo, view } from "./address.tsx";
import { AlertsPage } from "./alerts-page.tsx";
import { get, hasSession, isOnline, viewer } from "./client.tsx";
import type { Viewer } from "./client.tsx";
import type { Role } from "../../api/access.ts";
import { KeysPage } from "./keys-page.tsx";
import { LedgerPage } from "./ledger-page.tsx";
import { ChangesPage, HoldsPage } from "./lists-page.tsx";
import { messageOf } from "./load.tsx";
import { PoolPage } from "./pool-page.tsx";
import { PoolsPage } from "./pools-page.tsx";
import { RefusalsPage } from "./refusals-page.tsx";
import { RequestsPage } from "./requests-page.tsx";
import { signal } from "@preact/signals";

interface Entry {
  readonly page: string;
  readonly title: string;
  /** The group of routes that it needs. */
  readonly feature?: string;
  /** The least role that sees it. */
  readonly role: Role;
}

const ENTRIES: readonly Entry[] = [
  { page: "pools", title: "Pools", role: "self" },
  { page: "ledger", title: "Ledger", role: "self" },
  { page: "refusals", title: "Refusals", role: "self" },
  { page: "holds", title: "Holds", role: "self" },
  { page: "changes", title: "Changes", role: "self" },
  { page: "requests", title: "Requests", feature: "requests", role: "self" },
  { page: "alerts", title: "Alerts", feature: "alerts", role: "admin" },
  { page: "keys", title: "People and keys", feature: "keys", role: "lead" },
];
const PAGES: Readonly<Record<string, () => preact.JSX.Element | null>> = {
  pools: PoolsPage,
  pool: PoolPage,
  ledger: LedgerPage,
  refusals: RefusalsPage,
  holds: HoldsPage,
  changes: ChangesPage,
  requests: RequestsPage,
  keys: KeysPage,
  alerts: AlertsPage,
};
const ROLES: readonly Role[] = ["self", "lead", "admin"];
const DARK = matchMedia("(prefers-color-scheme: dark)");
const THEME = "token-budget-theme";
const trouble = signal("");

function entriesFor({ features, role }: Viewer): readonly Entry[] {
  return ENTRIES.filter(
    (entry) =>
      (entry.feature === undefined || features.includes(entry.feature)) &&
      ROLES.indexOf(role) >= ROLES.indexOf(entry.role),
  );
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? DARK.matches : chosen === "dark";
}

const theme = signal("");

function changeTheme(): void {
  theme.value = isDark() ? "light" : "dark";
  document.documentElement.dataset["theme"] = theme.value;
  try {
    localStorage.setItem(THEME, theme.value);
  } catch {
    // A browser without storage.
  }
}

/** Keyboard shortcuts: `/` focuses the search field. */
function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.key !== "/" || target.matches("input, select, textarea, dialog *")) return;
  const field = document.querySelector<HTMLInputElement>(".search input");
  if (field === null) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function Frame() {
  const { page, query } = view.value;
  const who = viewer.value;
  useEffect(() => {
    const title = ENTRIES.find((each) => each.page === page)?.title ?? query["path"] ?? "";
    document.title = `${title} · token-budget`;
    document.querySelector("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [page, query["path"]]);
  if (who === undefined)
    return (
      <main>
        {trouble.value === "" ? (
          <p class="quiet">Loading…</p>
        ) : (
          <p class="trouble" role="alert">
            {trouble.value}
          </p>
        )}
      </main>
    );
  const Page = PAGES[page] ?? PoolsPage;
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        Skip to content
      </a>
      <header>
        <a class="brand" href={linkTo("pools")}>
          token-budget
        </a>
        <nav aria-label="Pages">
          {entriesFor(who).map((entry) => (
            <a
              href={linkTo(entry.page)}
              aria-current={
                entry.page === page || (entry.page === "pools" && page === "pool")
                  ? "page"
                  : undefined
              }
            >
              {entry.title}
            </a>
          ))}
        </nav>
        <span class="who" title={`${who.role}${who.subtree === "" ? "" : ` of ${who.subtree}`}`}>
          {who.actor}
        </span>
        <ThemeButton />
        {hasSession && (
          <form method="post" action="session/end">
            <button class="small">Sign out</button>
          </form>
        )}
      </header>
      <p class={isOnline.value ? "offline" : "offline shown"} role="status">
        {isOnline.value ? "" : "The server does not answer; what you see may be old."}
      </p>
      <main id="content" tabIndex={-1}>
        <Page key={page} />
      </main>
      <ActionDialog />
    </>
  );
}

/** Says which theme it changes to. */
function ThemeButton() {
  const [, setTimes] = useState(0);
  useEffect(() => {
    const again = (): void => setTimes((times) => times + 1);
    DARK.addEventListener("change", again);
    return () => DARK.removeEventListener("change", again);
  }, []);
  const shown = theme.value === "" ? isDark() : theme.value === "dark";
  return (
    <button class="small" onClick={changeTheme}>
      {shown ? "Light" : "Dark"}
      <span class="unseen"> theme</span>
    </button>
  );
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector("main")?.focus();
}

try {
  const kept = localStorage.getItem(THEME);
  if (kept !== null) document.documentElement.dataset["theme"] = kept;
} catch {
  // A browser without storage.
}
addEventListener("keydown", onKey);
const place = document.querySelector("#page");
if (place !== null) render(<Frame />, place);
get<Viewer>("/access").then(
  (found) => (viewer.value = found),
  (error: unknown) => (trouble.value = messageOf(error)),
);
