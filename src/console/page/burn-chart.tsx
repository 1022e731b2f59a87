// The burn-down of a window: used, held, the cap, and a forecast at the recent rate. It is
// hand-written SVG, so that tests and screen readers can read it.

import { wholeCap } from "../../core/whole-cap.ts";
import { scaleLinear, scaleTime } from "d3-scale";
import type { ScaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";

import type { BurnDown } from "../../api/burn-down.ts";
import type { PoolView } from "../../api/pool-views.ts";
import { useWidth } from "./use-width.tsx";
import { dayAndTime, instant, onAxis, stretch, withUnit } from "./format.tsx";
import type { Axis } from "./format.tsx";

const WIDTH_FIRST = 720;
const TICK_WIDTH = 110;
const HEIGHT = 240;
const LEFT = 58;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 26;
/** Without a window, the forecast looks ahead for this fraction of the shown time. */
const AHEAD = 0.25;

/** A forecast at a rate. */
export interface Forecast {
  readonly text: string;
  /** Whether the budget lasts. */
  readonly isFine: boolean;
}

/** Returns the forecast in words. */
function forecastOf(burn: BurnDown, pool: PoolView): Forecast {
  const { rate, axis, now, until } = burn;
  const over = `over the last ${stretch(rate.overMs)}`;
  if (rate.used <= 0) return { text: `Nothing was used ${over}.`, isFine: true };
  const perMs = rate.used / rate.overMs;
  const perHour = `${withUnit(axis === "usd" ? perMs * 3_600_000 : Math.round(perMs * 3_600_000), axis)} an hour ${over}`;
  const cap = wholeCap(pool, axis);
  const used = pool.used[axis];
  if (cap === undefined) return { text: `${perHour}. There is no cap.`, isFine: true };
  const emptyAt = now + Math.max(0, cap - used) / perMs;
  if (until !== null && emptyAt >= until) {
    const lands = used + perMs * (until - now);
    return {
      text: `${perHour}: lands at ${onAxis(lands, axis)} of ${onAxis(cap, axis)} when the window ends.`,
      isFine: true,
    };
  }
  if (used >= cap) return { text: `${perHour}. The cap is reached.`, isFine: false };
  return { text: `${perHour}: lasts until ${instant(emptyAt)}.`, isFine: false };
}

function Grid({
  y,
  width,
  axis,
}: {
  readonly y: ScaleLinear<number, number>;
  readonly width: number;
  readonly axis: Axis;
}) {
  return (
    <>
      {y.ticks(4).map((tick) => (
        <g class="grid">
          <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
            {onAxis(tick, axis)}
          </text>
        </g>
      ))}
    </>
  );
}

export function BurnChart({ burn, pool }: { readonly burn: BurnDown; readonly pool: PoolView }) {
  const [place, width] = useWidth<SVGSVGElement>(WIDTH_FIRST);
  const { points, from, until, now, axis, rate } = burn;
  const cap = wholeCap(pool, axis);
  const held = pool.reserved[axis];
  const used = pool.used[axis];
  const endsAt = until ?? now + (now - from) * AHEAD;
  const perMs = rate.overMs > 0 ? Math.max(0, rate.used) / rate.overMs : 0;
  const landsAt = used + perMs * (endsAt - now);
  const top = Math.max(cap ?? 0, used + held, Math.min(landsAt, (cap ?? landsAt) * 1.25)) * 1.06;
  const x = scaleTime([from, endsAt], [LEFT, width - RIGHT]);
  const y = scaleLinear([0, top === 0 ? 1 : top], [HEIGHT - BOTTOM, TOP]);
  const all = [...points.filter(({ at }) => at < now), { at: now, used }];
  const usedArea = area<{ at: number; used: number }>(
    (point) => x(point.at),
    y(0),
    (point) => y(Math.max(0, point.used)),
  ).curve(curveStepAfter)(all);
  const ahead = line()([
    [x(now), y(used)],
    [x(endsAt), y(Math.min(landsAt, y.domain()[1] ?? landsAt))],
  ]);
  const { text } = forecastOf(burn, pool);
  const isWithin = (tick: Date): boolean => x(tick) > LEFT + 10 && x(tick) < width - RIGHT - 20;
  const ticks = x.ticks(Math.max(2, Math.round(width / TICK_WIDTH))).filter(isWithin);
  return (
    <figure class="chart">
      <svg ref={place} height={HEIGHT} role="img" aria-label={`Burn-down. ${text}`}>
        <Grid y={y} width={width} axis={axis} />
        {ticks.map((tick) => (
          <text class="tick" x={x(tick)} y={HEIGHT - 8} text-anchor="middle">
            {x.tickFormat(ticks.length)(tick)}
          </text>
        ))}
        <path class="used" d={usedArea ?? ""} />
        {held > 0 && (
          <rect
            class="held"
            x={x(now) - 3}
            width={Math.max(6, x(endsAt) - x(now))}
            y={y(used + held)}
            height={Math.max(1, y(used) - y(used + held))}
          />
        )}
        {perMs > 0 && <path class="ahead" d={ahead ?? ""} />}
        {cap !== undefined && (
          <g class="cap">
            <line x1={LEFT} x2={width - RIGHT} y1={y(cap)} y2={y(cap)} />
            <text x={LEFT + 6} y={y(cap) - 5}>
              cap {onAxis(cap, axis)}
            </text>
          </g>
        )}
        <line class="now" x1={x(now)} x2={x(now)} y1={TOP} y2={HEIGHT - BOTTOM} />
      </svg>
      <figcaption>
        <span>{text}</span>
        <span class="quiet">
          From {dayAndTime(from)}
          {until !== null && <> to {dayAndTime(until)}</>}
        </span>
      </figcaption>
    </figure>
  );
}
