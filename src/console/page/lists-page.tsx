// Lists of open holds and of changes.

import type { LedgerEntry } from "../../stores/contract/ledger.ts";
import type { OpenHold } from "../../stores/contract/holds.ts";
import { linkWith, view } from "./address.tsx";
import { get } from "./client.tsx";
import { ChangeTable, HoldTable } from "./entries.tsx";
import { Shown, useLoaded } from "./load.tsx";
import { PoolChoice, usePool } from "./pool-choice.tsx";

function More({ next }: { readonly next: string | null }) {
  const { after } = view.value.query;
  return (
    <p class="more">
      {after !== undefined && (
        <a class="button plain" href={linkWith({ after: undefined })}>
          From the first
        </a>
      )}{" "}
      {next !== null && (
        <a class="button plain" href={linkWith({ after: next })}>
          More
        </a>
      )}
    </p>
  );
}

export function HoldsPage() {
  const pool = usePool();
  const { after } = view.value.query;
  const found = useLoaded(
    async () =>
      pool === undefined || pool === ""
        ? { holds: [], next: null }
        : await get<{ holds: readonly OpenHold[]; next: string | null }>("/holds", { pool, after }),
    [pool, after],
  );
  return (
    <>
      <div class="heading">
        <h1>Holds</h1>
        {pool !== undefined && <PoolChoice pool={pool} />}
      </div>
      <p class="quiet">
        What calls under way hold. A process renews the lease of its holds; one that is gone leaves
        them until the lease ends.
      </p>
      <Shown of={found}>
        {({ holds, next }) =>
          holds.length === 0 ? (
            <p class="empty">Nothing is held.</p>
          ) : (
            <>
              <HoldTable holds={holds} onDone={found.again} />
              <More next={next} />
            </>
          )
        }
      </Shown>
    </>
  );
}

export function ChangesPage() {
  const pool = usePool();
  const { after, actor } = view.value.query;
  const found = useLoaded(
    async () =>
      pool === undefined || pool === ""
        ? { entries: [], next: null }
        : await get<{ entries: readonly LedgerEntry[]; next: string | null }>("/changes", {
            pool,
            after,
            actor,
          }),
    [pool, after, actor],
  );
  return (
    <>
      <div class="heading">
        <h1>Changes</h1>
        {pool !== undefined && <PoolChoice pool={pool} />}
      </div>
      <p class="quiet">Who changed what, when and why. Stores keep the last 1,000 of a tree.</p>
      <Shown of={found}>
        {({ entries, next }) =>
          entries.length === 0 ? (
            <p class="empty">Nothing was changed yet.</p>
          ) : (
            <>
              <ChangeTable entries={entries} />
              <More next={next} />
            </>
          )
        }
      </Shown>
    </>
  );
}
