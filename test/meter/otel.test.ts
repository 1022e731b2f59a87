import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import { budgetMetrics } from "../../src/otel/index.ts";
import { CHAT_URL } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
let exporter: InMemoryMetricExporter;
let reader: PeriodicExportingMetricReader;
beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  metrics.disable();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
});
afterEach(() => reader.shutdown());

interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** The points of a metric, as they are exported: of a histogram, sum and count. */
async function pointsOf(name: string): Promise<Point[]> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  const found = all.flatMap((scope) => scope.metrics).find((each) => each.descriptor.name === name);
  if (found?.dataPointType === DataPointType.HISTOGRAM)
    return found.dataPoints.map(({ attributes, value }) => ({
      attributes,
      value: { sum: value.sum, count: value.count },
    }));
  return (found?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
}

it("the meter reports to OpenTelemetry what pools hold and what calls cost", async () => {
  const pool = new BudgetPool({ name: "run", caps: { usd: 1 } });
  const { onExchange, stop } = budgetMetrics(metrics.getMeter("token-budget"), [pool]);
  const fetch = meteredFetch(pool, { onExchange, fetch: provider.fetch });
  const ask = async (model: string): Promise<void> => {
    const answer = await fetch(CHAT_URL, {
      method: "POST",
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
    });
    await answer.text();
  };
  await ask("gpt-4o-mini");
  await ask("gpt-4o-mini");
  await ask("nobody's");
  const total = provider.total;

  const about = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "token_budget.pool": "run",
  };
  expect(await pointsOf("gen_ai.client.token.usage")).toEqual([
    {
      attributes: { ...about, "gen_ai.token.type": "input" },
      value: { sum: total.inputTokens, count: 2 },
    },
    {
      attributes: { ...about, "gen_ai.token.type": "output" },
      value: { sum: total.outputTokens, count: 2 },
    },
  ]);
  expect((await pointsOf("gen_ai.client.operation.duration"))[0]?.value).toMatchObject({
    count: 2,
  });
  const [cost] = await pointsOf("token_budget.cost");
  expect(cost?.attributes).toEqual({ ...about, "token_budget.outcome": "used" });
  expect(cost?.value).toBeCloseTo(Number(total.nanoUsd) / 1e9, 9);
  const [refused] = await pointsOf("token_budget.refusals");
  expect(refused).toMatchObject({
    value: 1,
    attributes: { "token_budget.reason": "price_unknown", "gen_ai.request.model": "nobody's" },
  });
  const usedCalls = async (): Promise<unknown> =>
    (await pointsOf("token_budget.used")).find(
      ({ attributes }) => attributes["token_budget.axis"] === "calls",
    )?.value;
  expect(await usedCalls()).toBe(2);
  expect((await pointsOf("token_budget.remaining")).length).toBe(1);
  expect((await pointsOf("token_budget.hold.ratio"))[0]?.value).toMatchObject({ count: 2 });

  pool.record({});
  expect(await usedCalls()).toBe(3);
  stop();
  pool.record({});
  expect(await usedCalls()).not.toBe(4);
});

it("the figures of a pool whose store does not answer are left out of OpenTelemetry, and those of others shown", async () => {
  const lost = { path: "lost", snapshot: () => Promise.reject(new Error("no store")) };
  const pool = new BudgetPool({ name: "there" });
  const { stop } = budgetMetrics(metrics.getMeter("other"), [lost, pool]);
  const paths = (await pointsOf("token_budget.used")).map(
    ({ attributes }) => attributes["token_budget.pool"],
  );
  expect(new Set(paths)).toEqual(new Set(["there"]));
  stop();
});

it("budgetMetrics takes a meter of OpenTelemetry only", () => {
  // @ts-expect-error -- no meter
  expect(() => budgetMetrics({})).toThrow(/Meter of OpenTelemetry/);
});
