// The ledger: totals by model, label, pool, person and day, and the entries behind them. Each click
// sets a filter in the address.

import { useState } from "preact/hooks";

import type { LedgerEntry } from "../../stores/contract/ledger.ts";
import { linkWith, view } from "./address.tsx";
import { addressOf, get } from "./client.tsx";
import { EntryTable } from "./entries.tsx";
import { Shown, useLoaded } from "./load.tsx";
import type { Loaded } from "./load.tsx";
import { PoolChoice, usePool } from "./pool-choice.tsx";
import { DayBars, SumBars } from "./sums-chart.tsx";
import type { Sum } from "./sums-chart.tsx";

const GROUPS = ["model", "label", "pool", "person"] as const;
const FILTERS = ["model", "label", "person", "day", "actor", "kind", "unknown"] as const;
const SINCE: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31 };
const PERIODS: readonly (readonly [string | undefined, string])[] = [
  ["day", "Today"],
  ["week", "Last week"],
  ["month", "Last month"],
  [undefined, "All"],
];
const DAY_MS = 86_400_000;

interface Page {
  readonly entries: readonly LedgerEntry[];
  readonly next: string | null;
}

export function LedgerPage() {
  const pool = usePool();
  if (pool === undefined || pool === "")
    return (
      <>
        <div class="heading">
          <h1>Ledger</h1>
        </div>
        <p class="quiet">
          {pool === undefined ? "Loading…" : "There is no pool yet, and so no ledger."}
        </p>
      </>
    );
  return <PoolEntries key={pool} pool={pool} />;
}

/** The beginning of a day in UTC, as sums count. */
function sinceOf(period: string | undefined): number | undefined {
  const days = SINCE[period ?? ""];
  return days === undefined ? undefined : Math.floor(Date.now() / DAY_MS - days + 1) * DAY_MS;
}

function PoolEntries({ pool }: { readonly pool: string }) {
  const { query } = view.value;
  const { by = "model", period, after, day } = query;
  const since = sinceOf(period);
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])),
  ) as Readonly<Record<string, string>>;
  const [times, setTimes] = useState(0);
  const asked = { pool, ...filters, since, after };
  // Entries first: a store may answer one query after the other, and totals take longer.
  const entries = useLoaded(
    (signal) => get<Page>("/ledger", asked, signal),
    [JSON.stringify(asked), times],
  );
  const days = useLoaded(
    (signal) => get<{ sums: readonly Sum[] }>("/sums", { pool, by: "day", since }, signal),
    [pool, since, times],
  );
  const sums = useLoaded(
    (signal) => get<{ sums: readonly Sum[] }>("/sums", { pool, by, since }, signal),
    [pool, by, since, times],
  );
  return (
    <>
      <div class="heading">
        <h1>Ledger</h1>
        <PoolChoice pool={pool} />
        <Periods period={period} />
      </div>
      <Shown of={days}>{({ sums: found }) => <DayBars sums={found} chosen={day} />}</Shown>
      <Totals by={by} sums={sums} />
      <section>
        <h2>Entries</h2>
        <p class="filters">
          {Object.entries(filters).map(([name, value]) => (
            <a
              class="filter"
              href={linkWith({ [name]: undefined, after: undefined })}
              aria-label={`Remove the filter ${name} ${value}`}
            >
              {name}: {value === "" ? "none" : value} <span aria-hidden="true">×</span>
            </a>
          ))}
          <a class="button small" href={addressOf("/ledger", { ...asked, format: "csv" })} download>
            Download CSV
          </a>
        </p>
        <Shown of={entries}>
          {(page) => <Entries page={page} pool={pool} onDone={() => setTimes((n) => n + 1)} />}
        </Shown>
      </section>
    </>
  );
}

function Periods({ period }: { readonly period: string | undefined }) {
  return (
    <nav class="choice" aria-label="Period">
      {PERIODS.map(([name, title]) => (
        <a href={linkWith({ period: name, after: undefined })} aria-current={period === name}>
          {title}
        </a>
      ))}
    </nav>
  );
}

function Totals({
  by,
  sums,
}: {
  readonly by: string;
  readonly sums: Loaded<{ readonly sums: readonly Sum[] }>;
}) {
  return (
    <section>
      <h2>Totals</h2>
      <nav class="choice" aria-label="Totals by">
        {GROUPS.map((each) => (
          <a href={linkWith({ by: each })} aria-current={by === each}>
            By {each}
          </a>
        ))}
      </nav>
      <Shown of={sums}>
        {({ sums: found }) =>
          found.length === 0 ? (
            <p class="quiet">Nothing was booked in this time.</p>
          ) : (
            <SumBars by={by} sums={found} />
          )
        }
      </Shown>
    </section>
  );
}

function Entries({
  page: { entries, next },
  pool,
  onDone,
}: {
  readonly page: Page;
  readonly pool: string;
  readonly onDone: () => void;
}) {
  const { after } = view.value.query;
  return (
    <>
      {entries.length === 0 ? (
        <p class="quiet">No entry fits these filters.</p>
      ) : (
        <EntryTable entries={entries} pool={pool} onDone={onDone} />
      )}
      <p class="more">
        {after !== undefined && (
          <a class="button plain" href={linkWith({ after: undefined })}>
            Newest
          </a>
        )}{" "}
        {next !== null && (
          <a class="button plain" href={linkWith({ after: next })}>
            Older
          </a>
        )}
      </p>
    </>
  );
}
