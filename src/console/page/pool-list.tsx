// Pools, each a row: its name, a bar, the remainder, and the level that limits it.

import { memo } from "./memo.tsx";

import type { PoolView } from "../../api/pool-views.ts";
import { linkTo } from "./address.tsx";
import { Bar } from "./bar.tsx";
import { duration, mainAxis, onAxis, withUnit } from "./format.tsx";

const DEPTH_MAX = 6;

function Binding({ pool }: { readonly pool: PoolView }) {
  const { binding } = pool;
  if (pool.frozen === true) return <span class="tag frozen">Frozen</span>;
  if (binding === undefined || binding.path === pool.path) return null;
  const name = binding.path ?? "a pool above";
  if (binding.frozen) return <span class="tag frozen">Frozen by {name}</span>;
  const { remaining } = binding;
  if (remaining === undefined) return <span class="tag">Limited by {name}</span>;
  const own = pool.remaining[binding.axis];
  if (own !== undefined && own <= remaining) return null;
  const isOut = remaining <= 0;
  return (
    <span class={isOut ? "tag spent" : "tag"}>
      {isOut ? "Nothing left in " : `Only ${withUnit(remaining, binding.axis)} left in `}
      {name}
    </span>
  );
}

const Row = memo(function Row({
  pool,
  isTree,
}: {
  readonly pool: PoolView;
  readonly isTree: boolean;
}) {
  const axis = mainAxis(pool);
  const { path, used, reserved, remaining, caps, window } = pool;
  const names = path.split("/");
  const above = names.slice(0, -1).join("/");
  const depth = isTree ? Math.min(DEPTH_MAX, names.length - 1) : 0;
  const left = remaining[axis];
  return (
    <li class={`pool depth-${depth}`}>
      <a class="name" href={linkTo("pool", { path })}>
        {above !== "" && <span class={isTree ? "above shy" : "above"}>{above}/</span>}
        <b>{names.at(-1)}</b>
      </a>
      <Bar pool={pool} axis={axis} />
      <span class="figures">
        <b>{onAxis(used[axis], axis)}</b>
        {caps[axis] !== undefined && <> of {onAxis(caps[axis] ?? 0, axis)}</>}
      </span>
      <span class="held">{reserved[axis] > 0 && `${onAxis(reserved[axis], axis)} held`}</span>
      <span class={left !== undefined && left <= 0 ? "rest spent" : "rest"}>
        <span>{left === undefined ? "no cap" : `${onAxis(left, axis)} left`}</span>{" "}
        {window !== undefined && (
          <span class="quiet">resets in {duration(window.endsAt - Date.now(), true)}</span>
        )}
      </span>
      <span class="tags">
        <Binding pool={pool} />
      </span>
    </li>
  );
});

export function PoolList({
  pools,
  isTree,
  label,
}: {
  readonly pools: readonly PoolView[];
  readonly isTree: boolean;
  readonly label: string;
}) {
  return (
    <ul class="pools" aria-label={label}>
      {pools.map((pool) => (
        <Row key={pool.path} pool={pool} isTree={isTree} />
      ))}
    </ul>
  );
}
