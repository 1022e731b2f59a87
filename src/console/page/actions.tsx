// Actions on pools, holds and entries.

import type { LedgerEntry } from "../../stores/contract/ledger.ts";
import type { OpenHold } from "../../stores/contract/holds.ts";
import { askFor } from "./action-dialog.tsx";
import { poolAt } from "./client.tsx";
import { AXES, AXIS_NAMES, onAxis, usd } from "./format.tsx";
import type { Axis } from "./format.tsx";
import type { PoolView } from "../../api/pool-views.ts";

type Done = () => void;
const HOUR_MS = 3_600_000;

function numberIn(fields: FormData, name: string): number | undefined {
  const text = String(fields.get(name) ?? "").trim();
  return text === "" ? undefined : Number(text);
}

function endOf(fields: FormData): number | undefined {
  const choice = String(fields.get("until") ?? "");
  if (choice === "hour") return Date.now() + HOUR_MS;
  if (choice === "tonight") return new Date().setHours(24, 0, 0, 0);
  if (choice === "week") return Date.now() + 7 * 24 * HOUR_MS;
  if (choice === "at") return new Date(String(fields.get("at") ?? "")).getTime();
  return undefined;
}

/** The initial values of a raise. */
interface Proposed {
  readonly axis: Axis;
  readonly by: number;
}

/** Raises a pool by an amount, for good or until an instant. */
export function askToRaise(
  { path, caps }: Pick<PoolView, "path" | "caps">,
  onDone: Done,
  proposed?: Proposed,
): void {
  const axes = AXES.filter((axis) => caps[axis] !== undefined);
  askFor({
    title: `Raise ${path}`,
    effect: "Adds to the cap at once, for all who draw from this pool.",
    button: "Raise",
    route: `${poolAt(path)}/raise`,
    fields: (
      <>
        <div class="pair">
          <label>
            By
            <input
              name="by"
              type="number"
              step="any"
              required
              autofocus
              inputMode="decimal"
              defaultValue={proposed === undefined ? "" : String(proposed.by)}
            />
          </label>
          <label>
            Of
            <select name="axis">
              {(axes.length === 0 ? AXES : axes).map((axis) => (
                <option value={axis} selected={axis === proposed?.axis}>
                  {AXIS_NAMES[axis]}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div class="pair">
          <label>
            Until
            <select name="until">
              <option value="">For good</option>
              <option value="hour">One hour</option>
              <option value="tonight" selected>
                Tonight, midnight
              </option>
              <option value="week">One week</option>
              <option value="at">The time you enter</option>
            </select>
          </label>
          <label>
            Time
            <input name="at" type="datetime-local" />
          </label>
        </div>
      </>
    ),
    bodyOf(fields) {
      const by = numberIn(fields, "by");
      if (by === undefined || by === 0 || Number.isNaN(by)) return "Enter an amount";
      const until = endOf(fields);
      if (until !== undefined && !(until > Date.now())) return "Choose a time in the future";
      return { by: { [String(fields.get("axis"))]: by }, ...(until !== undefined && { until }) };
    },
    onDone,
  });
}

/** A field for an amount on an axis; empty if there is none yet. */
function AmountInput({
  axis,
  value,
  isFirst = false,
}: {
  readonly axis: Axis;
  readonly value: number | undefined;
  /** Whether it has the focus when the dialog opens. */
  readonly isFirst?: boolean;
}) {
  return (
    <input
      name={axis}
      type="number"
      min="0"
      step="any"
      inputMode="decimal"
      autofocus={isFirst}
      defaultValue={value === undefined ? "" : String(value)}
    />
  );
}

/** Sets caps. */
export function askToSetCaps({ path, caps }: PoolView, onDone: Done): void {
  askFor({
    title: `Caps of ${path}`,
    effect: "Sets the caps; an empty field means no cap. What is held or used above one stays.",
    button: "Set caps",
    route: `${poolAt(path)}/configure`,
    fields: AXES.map((axis) => (
      <label key={axis}>
        {AXIS_NAMES[axis]}
        <AmountInput axis={axis} value={caps[axis]} />
      </label>
    )),
    bodyOf(fields) {
      const changed = AXES.filter((axis) => numberIn(fields, axis) !== caps[axis]);
      if (changed.length === 0) return "Nothing has changed";
      const entries = changed.map((axis) => [axis, numberIn(fields, axis) ?? null] as const);
      return { caps: Object.fromEntries(entries) };
    },
    onDone,
  });
}

/** Actions on a pool without further fields: the route has the name of the action. */
const ACTS = {
  freeze: {
    button: "Freeze",
    effect:
      "Refuses every new call here and below until it is thawed. Calls under way are settled.",
    isGrave: true,
  },
  thaw: {
    button: "Thaw",
    effect: "Lets calls draw from this pool again, within its caps.",
    isGrave: false,
  },
  reset: {
    button: "Reset",
    effect:
      "Sets used to zero and drops what is held, in this pool alone. The ledger keeps every entry.",
    isGrave: true,
  },
} as const;

export function askTo(act: keyof typeof ACTS, path: string, onDone: Done): void {
  const { button } = ACTS[act];
  askFor({
    ...ACTS[act],
    title: `${button} ${path}`,
    route: `${poolAt(path)}/${act}`,
    bodyOf: () => ({}),
    onDone,
  });
}

export function askToEndHold({ id, pool, amount }: OpenHold, onDone: Done): void {
  askFor({
    title: "Release a hold that hangs",
    effect: `Frees the ${usd(amount.usd)} that this call holds in ${pool}. If it ends later all the same, what it used is booked.`,
    button: "Release",
    isGrave: true,
    route: `${poolAt(pool)}/holds/${encodeURIComponent(id)}/end`,
    bodyOf: () => ({}),
    onDone,
  });
}

/** Amends the booking of a call. */
export function askToAmend({ id, pool, amount }: LedgerEntry, onDone: Done): void {
  const axes = AXES.filter((axis) => axis === "usd" || amount[axis] > 0);
  askFor({
    title: "Amend an entry",
    effect: `Corrects what was booked in ${pool}, in the period in which it was booked.`,
    button: "Amend",
    route: `${poolAt(pool)}/entries/${encodeURIComponent(id)}/amend`,
    fields: axes.map((axis, index) => (
      <label key={axis}>
        {AXIS_NAMES[axis]}, booked: {onAxis(amount[axis], axis)}
        <AmountInput axis={axis} value={amount[axis]} isFirst={index === 0} />
      </label>
    )),
    bodyOf(fields) {
      const given = axes.map((axis) => [axis, numberIn(fields, axis) ?? Number.NaN] as const);
      if (given.some(([, value]) => !(value >= 0))) return "Enter amounts";
      return { actual: Object.fromEntries(given) };
    },
    onDone,
  });
}
