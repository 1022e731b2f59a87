// One pool: its figures, forecast, limiting level and actions.

import { useEffect, useState } from "preact/hooks";

import { wholeCap } from "../../core/whole-cap.ts";
import type { BurnDown } from "../../api/burn-down.ts";
import type { PoolView } from "../../api/pool-views.ts";
import type { LedgerEntry } from "../../stores/contract/ledger.ts";
import type { OpenHold } from "../../stores/contract/holds.ts";
import { askTo, askToRaise, askToSetCaps } from "./actions.tsx";
import { linkTo, view } from "./address.tsx";
import { Bar, Legend } from "./bar.tsx";
import { BurnChart } from "./burn-chart.tsx";
import { get, poolAt, viewer, watchPools } from "./client.tsx";
import { EntryTable, HoldTable, mayChange, Table } from "./entries.tsx";
import { AXES, AXIS_NAMES, count, dayAndTime, mainAxis, onAxis, withUnit } from "./format.tsx";
import { Shown, useLoaded } from "./load.tsx";
import { askToDeletePool, askToMakePool, mayDelete } from "./make-pool.tsx";
import { PoolList } from "./pool-list.tsx";
import { askForMore } from "./requests-page.tsx";

interface Answer {
  readonly pool: PoolView;
  readonly ancestors: readonly PoolView[];
}

const RECENT = 10;
const SETTLED_MS = 300;

export function PoolPage() {
  const path = view.value.query["path"] ?? "";
  const found = useLoaded(() => get<Answer>(poolAt(path)), [path]);
  if (found.value === undefined)
    return (
      <>
        <Crumbs path={path} />
        <div class="heading">
          <h1>{path.split("/").at(-1)}</h1>
        </div>
        <Shown of={found}>{() => null}</Shown>
      </>
    );
  return (
    <Shown of={found}>
      {(answer) => <ShownPool key={path} answer={answer} again={found.again} />}
    </Shown>
  );
}

/** Calls `refresh` when the pool has changed, but not too often. */
function useChanges(path: string, refresh: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    const stop = watchPools({ below: path, limit: 1 }, () => {
      clearTimeout(timer);
      if (!isFirst) timer = setTimeout(refresh, SETTLED_MS);
      isFirst = false;
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [path]);
}

function ShownPool({ answer, again }: { readonly answer: Answer; readonly again: () => void }) {
  const { pool, ancestors } = answer;
  const { path } = pool;
  const axis = mainAxis(pool);
  const burn = useLoaded(
    (signal) => get<BurnDown>(`${poolAt(path)}/burn-down`, { axis }, signal),
    [path, axis],
  );
  // A store may answer one question after the other: the chart first, then the lists.
  const [times, setTimes] = useState(0);
  const refresh = (): void => {
    again();
    burn.again();
    setTimes((before) => before + 1);
  };
  useChanges(path, refresh);
  return (
    <>
      <Crumbs path={path} />
      <div class="heading">
        <h1>{path.split("/").at(-1)}</h1>
        {mayChange() ? (
          <Actions pool={pool} onDone={refresh} />
        ) : (
          viewer.value?.features.includes("requests") === true && (
            <button class="main" onClick={() => askForMore(refresh, path)}>
              Ask for more
            </button>
          )
        )}
      </div>
      <Standing pool={pool} />
      <Shown of={burn}>{(value) => <BurnChart burn={value} pool={pool} />}</Shown>
      <div class="columns">
        <Axes pool={pool} />
        <Levels pool={pool} ancestors={ancestors} />
      </div>
      {(burn.value !== undefined || burn.error !== undefined) && (
        <Lists path={path} times={times} onDone={refresh} />
      )}
    </>
  );
}

/** The pools below, open holds, and the latest entries. */
function Lists({
  path,
  times,
  onDone,
}: {
  readonly path: string;
  readonly times: number;
  readonly onDone: () => void;
}) {
  const recent = useLoaded(
    (signal) =>
      get<{ entries: readonly LedgerEntry[] }>("/ledger", { pool: path, limit: RECENT }, signal),
    [path, times],
  );
  const holds = useLoaded(
    () => get<{ holds: readonly OpenHold[] }>("/holds", { pool: path, limit: RECENT }),
    [path, times],
  );
  const below = useLoaded(
    () => get<{ pools: readonly PoolView[] }>("/pools", { below: path, by: "usd", limit: RECENT }),
    [path, times],
  );
  const children = (below.value?.pools ?? []).filter((each) => each.path !== path);
  return (
    <>
      {children.length > 0 && (
        <section>
          <h2>
            Pools below <a href={linkTo("pools", { below: path })}>all</a>
          </h2>
          <PoolList pools={children} isTree={false} label={`Pools below ${path}`} />
        </section>
      )}
      {(holds.value?.holds.length ?? 0) > 0 && (
        <section>
          <h2>
            Held now <a href={linkTo("holds", { pool: path })}>all</a>
          </h2>
          <HoldTable holds={holds.value?.holds ?? []} onDone={onDone} />
        </section>
      )}
      <section>
        <h2>
          Latest entries <a href={linkTo("ledger", { pool: path })}>all, with totals</a>
        </h2>
        <Shown of={recent}>
          {({ entries }) =>
            entries.length === 0 ? (
              <p class="quiet">Nothing was settled yet.</p>
            ) : (
              <EntryTable entries={entries} pool={path} onDone={onDone} />
            )
          }
        </Shown>
      </section>
    </>
  );
}

function Crumbs({ path }: { readonly path: string }) {
  const names = path.split("/");
  return (
    <nav class="crumbs" aria-label="Levels">
      <a href={linkTo("pools")}>Pools</a>
      {names.slice(0, -1).map((name, index) => (
        <>
          {" / "}
          <a href={linkTo("pool", { path: names.slice(0, index + 1).join("/") })}>{name}</a>
        </>
      ))}
    </nav>
  );
}

function Actions({ pool, onDone }: { readonly pool: PoolView; readonly onDone: () => void }) {
  const { path } = pool;
  return (
    <div class="buttons">
      <button class="main" onClick={() => askToRaise(pool, onDone)}>
        Raise
      </button>
      <button onClick={() => askToSetCaps(pool, onDone)}>Set caps</button>
      {pool.frozen === true ? (
        <button onClick={() => askTo("thaw", path, onDone)}>Thaw</button>
      ) : (
        <button onClick={() => askTo("freeze", path, onDone)}>Freeze</button>
      )}
      <button onClick={() => askTo("reset", path, onDone)}>Reset</button>
      <button onClick={() => askToMakePool(path)}>Create below</button>
      {mayDelete(path) && <button onClick={() => askToDeletePool(path)}>Delete</button>}
    </div>
  );
}

function Standing({ pool }: { readonly pool: PoolView }) {
  const axis = mainAxis(pool);
  const { binding, frozen, raises = [] } = pool;
  const cap = wholeCap(pool, axis);
  return (
    <section class="standing">
      <div class="sizes">
        <span>
          <b>{onAxis(pool.used[axis], axis)}</b> used
        </span>
        <span>
          <b>{onAxis(pool.reserved[axis], axis)}</b> held
        </span>
        <span>
          <b>
            {pool.remaining[axis] === undefined ? "∞" : onAxis(pool.remaining[axis] ?? 0, axis)}
          </b>{" "}
          left
        </span>
        {cap !== undefined && <span>of {withUnit(cap, axis)}</span>}
      </div>
      <Bar pool={pool} axis={axis} />
      <Legend />
      {frozen === true && (
        <p class="notice frozen">Frozen: every new call is refused until it is thawed.</p>
      )}
      {frozen !== true && binding !== undefined && binding.path !== pool.path && (
        <p class={`notice ${binding.frozen ? "frozen" : ""}`}>
          {binding.frozen
            ? `Frozen by ${binding.path ?? "a pool above"}.`
            : `The level that binds is ${binding.path ?? "a pool above"}${binding.remaining === undefined ? "" : `: ${withUnit(binding.remaining, binding.axis)} left there`}.`}
        </p>
      )}
      {raises.map(({ until, by }) => (
        <p class="notice">
          Raised by{" "}
          {Object.entries(by)
            .map(([name, value]) => withUnit(value, name as "usd"))
            .join(", ")}{" "}
          until {dayAndTime(until)}.
        </p>
      ))}
    </section>
  );
}

function Axes({ pool }: { readonly pool: PoolView }) {
  return (
    <section>
      <h2>Figures</h2>
      <Table caption="Figures by axis" heads={["Axis", "Used", "Held", "Left", "Cap"]}>
        {AXES.map((axis) => (
          <tr role="row" key={axis}>
            <th scope="row">{AXIS_NAMES[axis]}</th>
            <td class="number">{onAxis(pool.used[axis], axis)}</td>
            <td class="number">{onAxis(pool.reserved[axis], axis)}</td>
            <td class="number">
              {pool.remaining[axis] === undefined ? "–" : onAxis(pool.remaining[axis] ?? 0, axis)}
            </td>
            <td class="number">
              {pool.caps[axis] === undefined ? "none" : onAxis(pool.caps[axis] ?? 0, axis)}
            </td>
          </tr>
        ))}
      </Table>
      {pool.unknown.usd > 0 && (
        <p class="notice">
          {withUnit(pool.unknown.usd, "usd")} of used stands in for calls whose cost is unknown;{" "}
          <a href={linkTo("ledger", { pool: pool.path, unknown: "true" })}>amend them</a>.
        </p>
      )}
      <p class="quiet">
        {count(pool.openReservations)} open holds
        {pool.window !== undefined && (
          <>
            , window from {dayAndTime(pool.window.startsAt)} to {dayAndTime(pool.window.endsAt)}
            {pool.timeZone !== undefined && ` (${pool.timeZone})`}
            {(pool.carried?.usd ?? 0) > 0 &&
              `, with ${withUnit(pool.carried?.usd ?? 0, "usd")} carried over from the one before`}
          </>
        )}
      </p>
    </section>
  );
}

function Levels({ pool, ancestors }: Answer) {
  return (
    <section>
      <h2>Levels</h2>
      <p class="quiet">A call must fit at every level, here and above.</p>
      <PoolList pools={[...ancestors.toReversed(), pool]} isTree={true} label="Levels" />
    </section>
  );
}
