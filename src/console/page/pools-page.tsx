// The tree of pools, live.

import { useEffect, useState } from "preact/hooks";

import type { PoolView } from "../../api/pool-views.ts";
import { goTo, linkWith, view } from "./address.tsx";
import { Legend } from "./bar.tsx";
import { get, viewer, watchPools } from "./client.tsx";
import { mayChange } from "./entries.tsx";
import { count } from "./format.tsx";
import { askToMakePool } from "./make-pool.tsx";
import { PoolList } from "./pool-list.tsx";
import { messageOf } from "./load.tsx";

const PAGE = 100;
const WATCHED_MAX = 1000;

interface Page {
  readonly pools: readonly PoolView[];
  readonly next: string | null;
}

/** The pools of a page, live. */
function usePools(query: Readonly<Record<string, string | number | undefined>>): {
  readonly pools: readonly PoolView[] | undefined;
  readonly next: string | null;
  readonly error: string;
} {
  const [pools, setPools] = useState<readonly PoolView[] | undefined>(undefined);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    let isCurrent = true;
    const load = async (): Promise<void> => {
      try {
        const page = await get<Page>("/pools", query);
        if (!isCurrent) return;
        setPools((before) => before ?? page.pools);
        setNext(page.next);
        setError("");
      } catch (reason) {
        if (isCurrent) setError(messageOf(reason));
      }
    };
    void load();
    const stop = watchPools(query, (found) => {
      if (isCurrent) setPools(found);
    });
    return () => {
      isCurrent = false;
      stop();
      setPools(undefined);
    };
  }, [JSON.stringify(query)]);
  return { pools, next, error };
}

export function PoolsPage() {
  const { by = "path", below, search = "", after } = view.value.query;
  const [limit, setLimit] = useState(PAGE);
  const { pools, next, error } = usePools({ by, below, after, limit });
  if (error !== "")
    return (
      <p class="trouble" role="alert">
        {error}
      </p>
    );
  if (pools?.length === 0 && below === undefined && after === undefined) return <FirstPool />;
  return (
    <>
      <div class="heading">
        <h1>Pools</h1>
        <Legend />
        <Search search={search} />
        <nav class="choice" aria-label="Order">
          <a href={linkWith({ by: undefined, after: undefined })} aria-current={by === "path"}>
            Tree
          </a>
          <a href={linkWith({ by: "usd", after: undefined })} aria-current={by === "usd"}>
            Most spent
          </a>
        </nav>
        {mayChange() && (
          <button class="main" onClick={() => askToMakePool()}>
            Create
          </button>
        )}
      </div>
      {(below !== undefined || after !== undefined) && (
        <p>
          {below !== undefined && <>Below {below}. </>}
          <a href={linkWith({ below: undefined, after: undefined })}>From the first pool</a>
        </p>
      )}
      {pools === undefined ? (
        <p class="quiet">Loading…</p>
      ) : (
        <Found pools={pools} search={search} isTree={by === "path"} />
      )}
      {pools !== undefined && next !== null && (
        <More shown={pools.length} next={next} limit={limit} setLimit={setLimit} />
      )}
    </>
  );
}

/** The pools of the page that have the words in their path. */
function Found({
  pools,
  search,
  isTree,
}: {
  readonly pools: readonly PoolView[];
  readonly search: string;
  readonly isTree: boolean;
}) {
  const wanted = search.toLowerCase();
  const found = pools.filter(({ path }) => path.toLowerCase().includes(wanted));
  if (found.length === 0)
    return <p class="quiet">No pool on this page has “{search}” in its path.</p>;
  return <PoolList pools={found} isTree={isTree && wanted === ""} label="Pools" />;
}

function More({
  shown,
  next,
  limit,
  setLimit,
}: {
  readonly shown: number;
  readonly next: string;
  readonly limit: number;
  readonly setLimit: (limit: number) => void;
}) {
  return (
    <p class="more">
      The first {count(shown)}.{" "}
      {limit < WATCHED_MAX ? (
        <button class="plain" onClick={() => setLimit(Math.min(WATCHED_MAX, limit * 4))}>
          Show more
        </button>
      ) : (
        <a class="button plain" href={linkWith({ after: next })}>
          Next {count(WATCHED_MAX)}
        </a>
      )}
    </p>
  );
}

/** Enter opens the pool of that path. */
function Search({ search }: { readonly search: string }) {
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (search.includes("/")) goTo("pool", { path: search });
      }}
    >
      <label class="unseen" for="search">
        Search pools
      </label>
      <input
        id="search"
        type="search"
        placeholder="Search (press /)"
        value={search}
        autocomplete="off"
        onInput={({ currentTarget }) => {
          const words = currentTarget.value.trim();
          history.replaceState(null, "", linkWith({ search: words === "" ? undefined : words }));
          view.value = {
            ...view.value,
            query: { ...view.value.query, search: words },
          };
        }}
      />
    </form>
  );
}

/** An empty store: shows the command that creates the first pool. */
function FirstPool() {
  const isAll = viewer.value?.subtree === "";
  return (
    <section class="first">
      <h1>No pool yet</h1>
      <p>
        A pool is a budget that your programs share. The first call through token-budget makes it.
        Try one in a terminal, on the store that this console shows:
      </p>
      <pre>
        <code>npx token-budget run --pool team --usd 5/day -- claude</code>
      </pre>
      <p>Or in your own program:</p>
      <pre>
        <code>{`const pool = await store.pool("team", { caps: { usd: 5 }, window: "day" });\nconst fetch = meteredFetch(pool);`}</code>
      </pre>
      <p class="quiet">
        {isAll
          ? "This page shows it as soon as it is there."
          : "Your pool is made by your first call with your key."}
      </p>
      {mayChange() && (
        <button class="main" onClick={() => askToMakePool()}>
          Create a pool here
        </button>
      )}
    </section>
  );
}
