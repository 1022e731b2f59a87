// One bar for a pool: used, held and left, in three shades that do not depend on color alone.

import type { PoolView } from "../../api/pool-views.ts";
import { wholeCap } from "../../core/whole-cap.ts";
import { onAxis, withUnit } from "./format.tsx";
import type { Axis } from "./format.tsx";

interface Parts {
  readonly used: number;
  readonly held: number;
  readonly cap: number | undefined;
}

function partsOf(pool: PoolView, axis: Axis): Parts {
  return { used: pool.used[axis], held: pool.reserved[axis], cap: wholeCap(pool, axis) };
}

/** Returns the text of the bar. */
function barText(pool: PoolView, axis: Axis): string {
  const { used, held, cap } = partsOf(pool, axis);
  const heldText = held > 0 ? `, ${onAxis(held, axis)} held` : "";
  if (cap === undefined) return `${withUnit(used, axis)} used${heldText}, no cap`;
  const left = pool.remaining[axis] ?? 0;
  return `${withUnit(used, axis)} used${heldText}, ${onAxis(left, axis)} left of ${onAxis(cap, axis)}`;
}

/** Returns how near a pool is to its cap. */
function levelOf({ used, held, cap }: Parts): string {
  if (cap === undefined) return "open";
  if (used >= cap) return "spent";
  return used + held >= cap * 0.8 ? "low" : "fine";
}

export function Bar({ pool, axis }: { readonly pool: PoolView; readonly axis: Axis }) {
  const parts = partsOf(pool, axis);
  const whole = Math.max(parts.cap ?? 0, parts.used + parts.held, Number.MIN_VALUE);
  const part = (value: number): number => (value <= 0 ? 0 : Math.max(0.6, (value / whole) * 100));
  const used = part(parts.used);
  const held = Math.min(part(parts.held), 100 - used);
  const isOver = parts.cap !== undefined && whole > parts.cap;
  return (
    <svg
      class={`bar ${pool.frozen === true ? "frozen" : levelOf(parts)}`}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={barText(pool, axis)}
    >
      <rect class="left" width="100" height="10" />
      <rect class="used" width={used} height="10" />
      <rect class="held" x={used} width={held} height="10" />
      {isOver && (
        <rect class="cap" x={((parts.cap ?? 0) / whole) * 100 - 0.4} width="0.8" height="10" />
      )}
    </svg>
  );
}

/** Explains the shades. */
export function Legend() {
  return (
    <p class="legend" aria-hidden="true">
      <i class="used" /> used <i class="held" /> held <i class="left" /> left
    </p>
  );
}
