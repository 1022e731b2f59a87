// Totals as bars: vertical by day, horizontal otherwise; each is a link that filters.

import { scaleBand, scaleLinear } from "d3-scale";

import type { AmountView } from "../../core/amount.ts";
import { useWidth } from "./use-width.tsx";
import { linkWith } from "./address.tsx";
import { count, usd } from "./format.tsx";

/** A total under one name. */
export interface Sum {
  readonly name: string | null;
  readonly amount: AmountView;
  readonly entries: number;
}

const SHOWN_MAX = 20;
const WIDTH_FIRST = 720;
const TICK_WIDTH = 60;
const HEIGHT = 150;
const BOTTOM = 20;
const DAYS_MAX = 31;
const DAY_MS = 86_400_000;

/** The filter of a total. */
function filterOf(by: string, name: string): Record<string, string | undefined> {
  if (by === "pool") return { pool: name, by: undefined };
  return { [by]: name };
}

export function SumBars({ by, sums }: { readonly by: string; readonly sums: readonly Sum[] }) {
  const most = Math.max(...sums.map(({ amount }) => amount.usd), Number.MIN_VALUE);
  const rest = sums.slice(SHOWN_MAX);
  return (
    <ol class="sums" aria-label={`Totals by ${by}`}>
      {sums.slice(0, SHOWN_MAX).map(({ name, amount, entries }) => (
        <li key={name ?? ""}>
          <a class="name" href={linkWith({ ...filterOf(by, name ?? ""), after: undefined })}>
            {name ?? `no ${by}`}
          </a>
          <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="left" width="100" height="10" />
            <rect class="used" width={Math.max(0, (amount.usd / most) * 100)} height="10" />
          </svg>
          <b class="number">{usd(amount.usd)}</b>
          <span class="quiet">
            {count(amount.tokens)} tokens, {count(entries)} {entries === 1 ? "entry" : "entries"}
          </span>
        </li>
      ))}
      {rest.length > 0 && (
        <li>
          <span class="name quiet">{count(rest.length)} more</span>
          <span />
          <b class="number">{usd(rest.reduce((sum, { amount }) => sum + amount.usd, 0))}</b>
          <span />
        </li>
      )}
    </ol>
  );
}

/** The last days, one bar each; a day without entries is a gap. */
export function DayBars({
  sums,
  chosen,
}: {
  readonly sums: readonly Sum[];
  readonly chosen?: string | undefined;
}) {
  const [place, width] = useWidth<SVGSVGElement>(WIDTH_FIRST);
  const known = new Map(sums.map((sum) => [sum.name, sum]));
  const first = sums
    .map(({ name }) => Date.parse(name ?? ""))
    .reduce((a, b) => Math.min(a, b), Date.now());
  const days = Math.min(DAYS_MAX, Math.max(7, Math.floor((Date.now() - first) / DAY_MS) + 2));
  const names = Array.from({ length: days }, (_, index) =>
    new Date(Date.now() - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
  const most = Math.max(...names.map((name) => known.get(name)?.amount.usd ?? 0), Number.MIN_VALUE);
  const x = scaleBand(names, [0, width]).padding(0.2);
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, 8]);
  const every = Math.ceil((days * TICK_WIDTH) / width);
  return (
    <figure class="chart">
      <svg ref={place} height={HEIGHT} role="group" aria-label="Totals by day">
        {names.map((name, index) => {
          const sum = known.get(name);
          const value = sum?.amount.usd ?? 0;
          return (
            <g key={name}>
              {sum !== undefined && (
                <a
                  href={linkWith({ day: name, after: undefined })}
                  aria-label={`${name}: ${usd(value)}, ${count(sum.entries)} entries`}
                >
                  <rect
                    class="hit"
                    x={x(name) ?? 0}
                    width={x.bandwidth()}
                    y={0}
                    height={HEIGHT - BOTTOM}
                  />
                  <rect
                    class={chosen === name ? "day chosen" : "day"}
                    x={x(name) ?? 0}
                    width={x.bandwidth()}
                    y={Math.min(y(value), HEIGHT - BOTTOM - 1.5)}
                    height={Math.max(1.5, HEIGHT - BOTTOM - y(value))}
                  />
                </a>
              )}
              {(days - 1 - index) % every === 0 && (
                <text
                  class="tick"
                  x={(x(name) ?? 0) + x.bandwidth() / 2}
                  y={HEIGHT - 4}
                  text-anchor="middle"
                >
                  {name.slice(5)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
