// The tree of pools, live.

import { useEffect, useState } from "preact/hooks";

import type { PoolView } from "../../api/pool-views.ts";
import { goTo, linkWith, view } from "./address.tsx";
import { Legend } from "./bar.tsx";
import { get, viewer, watchPools } from "./client.tsx";
import { count } from "./format.tsx";
import { PoolList } from "./pool-list.tsx";
import { messageOf } from "./load.tsx";

const PAGE = 100;
const WATCHED_MAX = 1000;

interface Page {
  readonly pools: readonly PoolView[];
  readonly next: string | null;
}

export function PoolsPage() {
  const { by = "path", below, search = "", after } = view.value.query;
  const [limit, setLimit] = useState(PAGE);
  const [pools, setPools] = useState<readonly PoolView[] | undefined>(undefined);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState("");
  const query = { by, below, after, limit };
  useEffect(() => {
    let isCurrent = true;
    get<Page>("/pools", query).then(
      (page) => {
        if (!isCurrent) return;
        setPools((before) => before ?? page.pools);
        setNext(page.next);
        setError("");
      },
      (reason: unknown) => isCurrent && setError(messageOf(reason)),
    );
    const stop = watchPools(query, (found) => {
      if (isCurrent) setPools(found);
    });
    return () => {
      isCurrent = false;
      stop();
      setPools(undefined);
    };
  }, [by, below, after, limit]);
  if (error !== "")
    return (
      <p class="trouble" role="alert">
        {error}
      </p>
    );
  if (pools === undefined) return <p class="quiet">Loading…</p>;
  if (pools.length === 0 && below === undefined && after === undefined) return <FirstPool />;
  const wanted = search.toLowerCase();
  const found = pools.filter(({ path }) => path.toLowerCase().includes(wanted));
  const isMore = next !== null;
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
      </div>
      {(below !== undefined || after !== undefined) && (
        <p>
          {below !== undefined && <>Below {below}. </>}
          <a href={linkWith({ below: undefined, after: undefined })}>From the first pool</a>
        </p>
      )}
      <PoolList pools={found} isTree={by === "path" && wanted === ""} label="Pools" />
      {found.length === 0 && <p class="quiet">No pool on this page has “{search}” in its path.</p>}
      {isMore && (
        <p class="more">
          The first {count(pools.length)}.{" "}
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
      )}
    </>
  );
}

/** Enter goes to the pool of that path. */
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

/** An empty store: the command that makes the first pool. */
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
    </section>
  );
}
