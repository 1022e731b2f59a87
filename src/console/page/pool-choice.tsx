// The pool of a view: the one in the address, or else the one with the highest spend.

import { useEffect, useState } from "preact/hooks";

import type { PoolView } from "../../api/pool-views.ts";
import { goTo, view } from "./address.tsx";
import { get, viewer } from "./client.tsx";

/** The path of the pool; undefined until known, "" if there is none. */
export function usePool(): string | undefined {
  const named = view.value.query["pool"];
  const subtree = viewer.value?.subtree ?? "";
  const [first, setFirst] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (named !== undefined || subtree !== "") return;
    get<{ pools: readonly PoolView[] }>("/pools", { by: "usd", limit: 1 }).then(
      ({ pools }) => setFirst(pools[0]?.path.split("/")[0] ?? ""),
      () => setFirst(""),
    );
  }, [named, subtree]);
  return named ?? (subtree === "" ? first : subtree);
}

/** The field in which the pool is chosen. */
export function PoolChoice({ pool }: { readonly pool: string }) {
  const [paths, setPaths] = useState<readonly string[]>([]);
  useEffect(() => {
    get<{ pools: readonly PoolView[] }>("/pools", { by: "usd", limit: 200 }).then(
      ({ pools }) => setPaths(pools.map(({ path }) => path)),
      () => undefined,
    );
  }, []);
  const { page, query } = view.value;
  return (
    <form
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        const path = String(new FormData(event.currentTarget).get("pool") ?? "").trim();
        goTo(page, { ...query, pool: path === "" ? undefined : path });
      }}
    >
      <label>
        <span>Pool</span>
        <input
          key={pool}
          name="pool"
          list="pool-paths"
          defaultValue={pool}
          autocomplete="off"
          onChange={({ currentTarget }) => currentTarget.form?.requestSubmit()}
        />
      </label>
      <datalist id="pool-paths">
        {paths.map((path) => (
          <option value={path} />
        ))}
      </datalist>
    </form>
  );
}
