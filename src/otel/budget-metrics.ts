import type { AmountView } from "../core/amount.ts";
import { AXES } from "../core/axis.ts";
import { describe } from "../core/describe.ts";
import { BudgetExceeded } from "../core/errors.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { ExchangeReport } from "../meter/report.ts";
import { providerNamed } from "../wire/providers.ts";
import type { Attributes, Instruments, Observing } from "./instruments.ts";

/** A pool of any kind whose figures are read. */
export interface WatchedPool {
  readonly path: string;
  snapshot(): WatchedFigures | PromiseLike<WatchedFigures>;
}

/** The figures of a pool. */
export interface WatchedFigures {
  readonly used: AmountView;
  readonly reserved: AmountView;
  readonly remaining: Partial<AmountView>;
}

/** The result of `budgetMetrics`. */
export interface BudgetMetrics {
  /** For the option `onExchange` of `meteredFetch` and `budgetMiddleware`. */
  readonly onExchange: (report: ExchangeReport) => void;
  /** Stops observing the pools. */
  readonly stop: () => void;
}

/** Buckets that the conventions ask for: powers of four. */
const TOKEN_BUCKETS: readonly number[] = Array.from({ length: 14 }, (_, power) => 4 ** power);
const SECOND_BUCKETS: readonly number[] = Array.from(
  { length: 14 },
  (_, power) => 0.01 * 2 ** power,
);
const RATIO_BUCKETS: readonly number[] = [1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 32, 64];

/**
 * Reports the figures of pools and the cost of metered calls to an OpenTelemetry meter, such as
 * `metrics.getMeter("token-budget")`. According to the conventions for generative AI, it records
 * `gen_ai.client.token.usage` and `gen_ai.client.operation.duration`; and for each pool
 * `token_budget.used`, `.reserved` and `.remaining` for each axis, `token_budget.cost` in dollars,
 * `token_budget.refusals` by reason, `token_budget.overages`, `token_budget.limits` for calls whose
 * output was limited, and `token_budget.hold.ratio`, how much was held for what was used.
 *
 * @throws {TypeError} if `meter` is not a meter.
 *
 * @example
 * const meter = new MeterProvider().getMeter("my-app");
 * const pool = new BudgetPool({ caps: { usd: 5 } });
 * const { onExchange, stop } = budgetMetrics(meter, [pool]);
 * const client = new OpenAI({ fetch: meteredFetch(pool, { onExchange }) });
 * // When the program ends:
 * stop();
 */
export function budgetMetrics(
  meter: Instruments,
  pools: readonly WatchedPool[] = [],
): BudgetMetrics {
  if (typeof meter?.createHistogram !== "function") {
    throw new TypeError(
      `Expected \`meter\` to be a Meter of OpenTelemetry, got ${describe(meter)}`,
    );
  }
  return { onExchange: exchangesOf(meter), stop: watch(meter, pools) };
}

function exchangesOf(meter: Instruments): (report: ExchangeReport) => void {
  const tokens = meter.createHistogram("gen_ai.client.token.usage", {
    description: "Number of input and output tokens used",
    unit: "{token}",
    advice: { explicitBucketBoundaries: [...TOKEN_BUCKETS] },
  });
  const duration = meter.createHistogram("gen_ai.client.operation.duration", {
    description: "GenAI operation duration",
    unit: "s",
    advice: { explicitBucketBoundaries: [...SECOND_BUCKETS] },
  });
  const cost = meter.createCounter("token_budget.cost", {
    description: "Cost booked for metered calls",
    unit: "USD",
  });
  const refusals = meter.createCounter("token_budget.refusals", {
    description: "Calls refused before they were made",
    unit: "{call}",
  });
  const overages = meter.createCounter("token_budget.overages", {
    description: "Calls booked over a cap",
    unit: "{call}",
  });
  const limits = meter.createCounter("token_budget.limits", {
    description: "Calls whose output was limited because room was short",
    unit: "{call}",
  });
  const ratio = meter.createHistogram("token_budget.hold.ratio", {
    description: "Dollars, or tokens without dollars, held for each one used",
    unit: "1",
    advice: { explicitBucketBoundaries: [...RATIO_BUCKETS] },
  });
  return (report) => {
    const about = attributesOf(report);
    if (report.outcome === "refused") {
      const { error } = report;
      const reason = BudgetExceeded.is(error) ? error.reason : (reasonOf(error) ?? "unknown");
      refusals.add(1, { ...about, "token_budget.reason": reason });
      return;
    }
    duration.record(report.durationMs / 1000, about);
    if (report.usage !== undefined) {
      const usage = readUsage(report.usage);
      const totals = [sumOf(usage, INPUT_CLASSES), sumOf(usage, OUTPUT_CLASSES)] as const;
      tokens.record(totals[0], { ...about, "gen_ai.token.type": "input" });
      tokens.record(totals[1], { ...about, "gen_ai.token.type": "output" });
    }
    if (report.writtenLimit !== undefined)
      limits.add(1, { ...about, "token_budget.cut": String(report.isCut) });
    if (report.exceeded) overages.add(1, about);
    if (report.booked === undefined) return;
    cost.add(report.booked.usd, { ...about, "token_budget.outcome": report.outcome });
    const held = holdRatioOf(report.held, report.booked);
    if (held !== undefined) ratio.record(held, about);
  };
}

function attributesOf({ pool, wire, provider, model }: ExchangeReport): Attributes {
  return {
    "gen_ai.operation.name": wire === "openai-embeddings" ? "embeddings" : "chat",
    ...(provider !== undefined && {
      // https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
      "gen_ai.provider.name": providerNamed(provider)?.telemetry ?? provider,
    }),
    ...(model !== undefined && { "gen_ai.request.model": model }),
    ...(pool !== undefined && { "token_budget.pool": pool }),
  };
}

function reasonOf(error: unknown): string | undefined {
  const code: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code.toLowerCase() : undefined;
}

function holdRatioOf(held: AmountView | undefined, booked: AmountView): number | undefined {
  if (held === undefined) return undefined;
  if (booked.usd > 0) return held.usd / booked.usd;
  return booked.tokens > 0 ? held.tokens / booked.tokens : undefined;
}

/** Observes pools whenever metrics are collected; returns a function that stops it. */
function watch(meter: Instruments, pools: readonly WatchedPool[]): () => void {
  const ends = (["used", "reserved", "remaining"] as const).map((name) => {
    const gauge = meter.createObservableGauge(`token_budget.${name}`, {
      description: `Quantity ${name} of a budget, by axis; dollars on the axis usd`,
      unit: "1",
    });
    const observe = async (result: Observing): Promise<void> => {
      await Promise.all(
        pools.map(async (pool) => {
          const figures = await figuresOf(pool);
          for (const axis of AXES) {
            const value = figures?.[name][axis];
            const about = { "token_budget.pool": pool.path, "token_budget.axis": axis };
            if (value !== undefined) result.observe(value, about);
          }
        }),
      );
    };
    gauge.addCallback(observe);
    return () => {
      gauge.removeCallback(observe);
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

/** Returns the figures of a pool; undefined while its store does not answer. */
async function figuresOf(pool: WatchedPool): Promise<WatchedFigures | undefined> {
  try {
    return await pool.snapshot();
  } catch {
    return undefined;
  }
}
