// Pools are made and deleted: each with a reason, which the ledger keeps.

import { askFor } from "./action-dialog.tsx";
import { goTo } from "./address.tsx";
import { poolAt, viewer } from "./client.tsx";

const PERIODS = ["hour", "day", "week", "month"];

/** A cap as it was typed; undefined where there is none. */
function capIn(fields: FormData, name: string): number | undefined {
  const text = String(fields.get(name) ?? "").trim();
  return text === "" ? undefined : Number(text);
}

function settingsIn(fields: FormData): Record<string, unknown> {
  const [usd, tokens] = [capIn(fields, "usd"), capIn(fields, "tokens")];
  const window = String(fields.get("window") ?? "");
  return {
    ...((usd !== undefined || tokens !== undefined) && {
      caps: { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) },
    }),
    ...(window !== "" && { window, timeZone: String(fields.get("timeZone")) }),
  };
}

/** The field for a cap; empty means none. */
function Cap({ title, name }: { readonly title: string; readonly name: string }) {
  return (
    <label>
      {title}
      <input
        name={name}
        type="number"
        min="0"
        step="any"
        inputMode="decimal"
        placeholder="no cap"
      />
    </label>
  );
}

/** Creates a pool, below `above` unless the path that is typed says otherwise. */
export function askToMakePool(above: string = viewer.value?.subtree ?? ""): void {
  const { timeZone: own } = Intl.DateTimeFormat().resolvedOptions();
  const zones = own === "UTC" ? ["UTC"] : ["UTC", own];
  askFor({
    title: "Create a pool",
    effect:
      "Calls that draw from it must fit its caps, and those of the pools above it. Where you leave everything empty, its template decides.",
    button: "Create",
    route: "/pools",
    fields: (
      <>
        <label>
          Path
          <input
            name="path"
            required
            autofocus
            autocomplete="off"
            maxLength={1024}
            placeholder="team/person"
            defaultValue={above === "" ? "" : `${above}/`}
          />
        </label>
        <div class="pair">
          <Cap title="Dollars" name="usd" />
          <Cap title="Tokens" name="tokens" />
        </div>
        <div class="pair">
          <label>
            Used starts at zero
            <select name="window">
              <option value="">Never</option>
              {PERIODS.map((period) => (
                <option value={period}>Every {period}</option>
              ))}
            </select>
          </label>
          <label>
            Time zone
            <select name="timeZone">
              {zones.map((zone) => (
                <option value={zone}>{zone}</option>
              ))}
            </select>
          </label>
        </div>
      </>
    ),
    bodyOf(fields) {
      const path = String(fields.get("path") ?? "").trim();
      if (path === "" || path.split("/").includes(""))
        return "Enter a path such as team/person, with a name between its slashes";
      return { path, ...settingsIn(fields) };
    },
    onDone: (answer) => goTo("pool", { path: (answer as { pool: { path: string } }).pool.path }),
  });
}

/** Whether the viewer may delete a pool: a lead keeps the one that was given to it. */
export function mayDelete(path: string): boolean {
  return path !== viewer.value?.subtree;
}

/** Deletes a pool and those below it. */
export function askToDeletePool(path: string): void {
  askFor({
    title: `Delete ${path}`,
    effect:
      "Deletes this pool and those below it, unless one of them holds something. What was used stays used in the pools above, and in the ledger.",
    button: "Delete",
    isGrave: true,
    route: `${poolAt(path)}/delete`,
    bodyOf: () => ({}),
    onDone() {
      const above = path.split("/").slice(0, -1).join("/");
      if (above === "") goTo("pools");
      else goTo("pool", { path: above });
    },
  });
}
