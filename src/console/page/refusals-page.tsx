// Recent refusals: who, why, at which level, what was held there and by which calls, and the action
// that would have helped.

import { useState } from "preact/hooks";

import type { RefusalView } from "../../api/refusal-routes.ts";
import type { RefusalCount } from "../../stores/contract/refusals.ts";
import type { OpenHold } from "../../stores/contract/holds.ts";
import { askTo, askToRaise } from "./actions.tsx";
import { linkTo } from "./address.tsx";
import { get, viewer } from "./client.tsx";
import { HoldTable, mayChange, Table } from "./entries.tsx";
import { AXIS_NAMES, count, dayAndTime, instant, onAxis, withUnit } from "./format.tsx";
import { Shown, useLoaded } from "./load.tsx";
import { PoolChoice, usePool } from "./pool-choice.tsx";
import { askForMore } from "./requests-page.tsx";

const HOLDS_SHOWN = 20;
const WORDS: Readonly<Record<RefusalView["reason"], string>> = {
  never: "larger than the cap",
  spent: "spent",
  busy: "held by other calls",
  frozen: "frozen",
};

/** Returns the reason in words. */
function reasonText({ reason, axis, resetsAt }: RefusalView): string {
  if (reason === "never") {
    const of = axis === "usd" ? "" : ` of ${AXIS_NAMES[axis].toLowerCase()}`;
    return `Larger than the whole cap${of}`;
  }
  if (reason === "busy") return "No room until calls under way end";
  if (reason === "frozen") return "The pool is frozen";
  return resetsAt === undefined ? "Spent" : `Spent until ${instant(resetsAt)}`;
}

/** Returns how much more the pool would have needed; undefined if that may not be seen. */
function shortOf({ attempted, cap, axis }: RefusalView): number | undefined {
  if (attempted === undefined || cap === undefined) return undefined;
  const short = attempted - cap;
  return axis === "usd" ? Math.ceil(short * 100 - 1e-6) / 100 : Math.ceil(short);
}

/** A refusal, and what its buttons do. */
interface RefusalProps {
  readonly refusal: RefusalView;
  readonly again: () => void;
  readonly showHolds: (pool: string) => void;
}

function Help({ refusal, again, showHolds }: RefusalProps) {
  const { reason, pool, askedPool, axis, cap } = refusal;
  const by = shortOf(refusal);
  const isHeld = (refusal.reserved ?? 0) > 0 && pool !== null;
  const buttons: preact.JSX.Element[] = [];
  const add = (title: string, about: string, act: () => void): void => {
    buttons.push(
      <button class="small" aria-label={`${title}: ${about}`} onClick={act}>
        {title}
      </button>,
    );
  };
  if (isHeld) add("Held by", pool, () => showHolds(pool));
  if (!mayChange() || pool === null) {
    const mayAsk = viewer.value?.features.includes("requests") === true && axis === "usd";
    if (mayAsk && reason !== "busy" && reason !== "frozen")
      add("Ask for more", askedPool, () => askForMore(again, askedPool, by));
  } else if (reason === "frozen") add("Thaw", pool, () => askTo("thaw", pool, again));
  else {
    const about = { path: pool, caps: { [axis]: cap ?? 0 } };
    add("Raise", pool, () => askToRaise(about, again, by === undefined ? undefined : { axis, by }));
  }
  return <span class="buttons">{buttons}</span>;
}

/** Returns used, held and cap of the pool that refused. */
function there({ pool, axis, used = 0, reserved = 0, cap }: RefusalView): string {
  if (pool === null) return "–";
  const whole = cap === undefined ? "" : ` of ${withUnit(cap, axis)}`;
  return `${onAxis(used, axis)} used, ${onAxis(reserved, axis)} held${whole}`;
}

function Row({ refusal, again, showHolds }: RefusalProps) {
  const { at, askedPool, asked, axis, pool, model, label } = refusal;
  return (
    <tr role="row">
      <td class="nowrap">{dayAndTime(at)}</td>
      <td>
        <a href={linkTo("pool", { path: askedPool })}>{askedPool}</a>
      </td>
      <td class="number">{onAxis(asked[axis], axis)}</td>
      <td>
        {pool === null ? "a pool above" : <a href={linkTo("pool", { path: pool })}>{pool}</a>}
      </td>
      <td>{reasonText(refusal)}</td>
      <td>{there(refusal)}</td>
      <td>{[model, label].filter((word) => word !== undefined).join(", ") || "–"}</td>
      <td class="number">
        <Help refusal={refusal} again={again} showHolds={showHolds} />
      </td>
    </tr>
  );
}

/** The number of refusals in the last day, by reason. */
function Counts({ counts }: { readonly counts: readonly RefusalCount[] }) {
  const totals = new Map<RefusalView["reason"], number>();
  for (const { reason, count: times } of counts)
    totals.set(reason, (totals.get(reason) ?? 0) + times);
  const all = [...totals.values()].reduce((sum, times) => sum + times, 0);
  if (all === 0) return null;
  const parts = [...totals].map(([reason, times]) => `${count(times)} ${WORDS[reason]}`);
  return (
    <p>
      <b>{count(all)}</b> in the last 24 hours: {parts.join(", ")}.
    </p>
  );
}

/** The open holds of a pool that refused, some of which may be the same as then. */
function HeldThere({ pool, hide }: { readonly pool: string; readonly hide: () => void }) {
  const found = useLoaded(
    () => get<{ holds: readonly OpenHold[] }>("/holds", { pool, limit: HOLDS_SHOWN }),
    [pool],
  );
  return (
    <section class="notice" aria-label={`Held in ${pool}`} tabIndex={-1} ref={focus}>
      <h2>
        Held in {pool} now <a href={linkTo("holds", { pool })}>all</a>
      </h2>
      <Shown of={found}>
        {({ holds }) =>
          holds.length === 0 ? (
            <p class="quiet">Nothing any longer: the same call may fit now.</p>
          ) : (
            <HoldTable holds={holds} onDone={found.again} />
          )
        }
      </Shown>
      <p>
        <button class="small" onClick={hide}>
          Hide
        </button>
      </p>
    </section>
  );
}

function focus(section: HTMLElement | null): void {
  section?.focus();
}

export function RefusalsPage() {
  const pool = usePool();
  const [heldIn, setHeldIn] = useState("");
  const found = useLoaded(
    async () =>
      pool === undefined || pool === ""
        ? { refusals: [], counts: [] }
        : await get<{
            refusals: readonly RefusalView[];
            counts: readonly RefusalCount[];
          }>("/refusals", { pool }),
    [pool],
  );
  return (
    <>
      <div class="heading">
        <h1>Refusals</h1>
        {pool !== undefined && <PoolChoice pool={pool} />}
      </div>
      {heldIn !== "" && <HeldThere key={heldIn} pool={heldIn} hide={() => setHeldIn("")} />}
      <Shown of={found}>
        {({ refusals, counts }) =>
          refusals.length === 0 ? (
            <p class="empty">No call was refused recently.</p>
          ) : (
            <>
              <Counts counts={counts} />
              <Table
                caption="Refusals"
                heads={[
                  "When",
                  "Asked",
                  "For",
                  "Refused by",
                  "Why",
                  "Used and held then",
                  "Model, label",
                  "",
                ]}
              >
                {refusals.map((refusal, index) => (
                  <Row
                    key={`${refusal.at} ${index}`}
                    refusal={refusal}
                    again={found.again}
                    showHolds={setHeldIn}
                  />
                ))}
              </Table>
            </>
          )
        }
      </Shown>
    </>
  );
}
