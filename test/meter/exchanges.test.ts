import { describe, expect, it } from "vitest";

import { EXCHANGES } from "./exchanges/all.ts";
import type { ExchangeFixture } from "./exchanges/fixture.ts";
import { run } from "./exchanges/run.ts";
import type { Ran } from "./exchanges/run.ts";

/** Sizes of the pieces in which an answer comes. */
const SIZES = [7, 4096, 10_000_000] as const;
const LONG = 100_000;

function expectBooks({ expected }: ExchangeFixture, { report, pool }: Ran): void {
  const booked = report?.booked;
  const { outcome, input, output, usd, usdMin, usdMax, outputMin } = expected;
  expect(report?.outcome).toBe(outcome);
  expect(pool.snapshot().openReservations).toBe(0);
  if (input !== undefined) expect(booked?.inputTokens).toBe(input);
  if (output !== undefined) expect(booked?.outputTokens).toBe(output);
  if (usd !== undefined) expect(booked?.usd).toBeCloseTo(usd, 9);
  if (usdMin !== undefined) expect(booked?.usd).toBeGreaterThanOrEqual(usdMin);
  if (usdMax !== undefined) expect(booked?.usd).toBeLessThanOrEqual(usdMax);
  if (outputMin !== undefined) expect(booked?.outputTokens).toBeGreaterThanOrEqual(outputMin);
  expect(pool.snapshot().used.usd).toBe(booked?.usd ?? 0);
  const doubts = report?.doubts ?? [];
  expect(doubts.length).toBe(expected.doubts?.length ?? 0);
  for (const [index, part] of (expected.doubts ?? []).entries())
    expect(doubts[index]).toContain(part);
}

function expectHold({ expected }: ExchangeFixture, { report }: Ran): void {
  const held = report?.held;
  const { heldInputMin, heldOutput, heldUsdMin } = expected;
  if (heldInputMin !== undefined) expect(held?.inputTokens).toBeGreaterThanOrEqual(heldInputMin);
  if (heldOutput !== undefined) expect(held?.outputTokens).toBe(heldOutput);
  if (heldUsdMin !== undefined) expect(held?.usd).toBeGreaterThanOrEqual(heldUsdMin);
}

function expectForwarded({ request, expected }: ExchangeFixture, { forwarded }: Ran): void {
  if (expected.outcome === "refused") {
    expect(forwarded).toEqual([]);
    return;
  }
  const sent: unknown = typeof request === "string" ? JSON.parse(request) : request;
  expect(forwarded.length).toBe(1);
  // A form is forwarded as it is.
  if (request instanceof FormData) return;
  expect(JSON.parse(forwarded[0] ?? "")).toEqual(Object.assign({}, sent, expected.forwarded));
}

describe("exchanges with providers", () => {
  for (const fixture of EXCHANGES) {
    const { title, provider, answer, expected } = fixture;
    const length = typeof answer.body === "string" ? answer.body.length : 0;
    const sizes = length > LONG ? SIZES.slice(1) : SIZES;
    it.each(sizes)(`${title}, in pieces of %d bytes`, async (size) => {
      const ran = await run(fixture, size);
      expectBooks(fixture, ran);
      expectHold(fixture, ran);
      expectForwarded(fixture, ran);
      if (provider !== "unknown") expect(ran.report?.provider).toBe(provider);
      if (expected.code === undefined) return;
      const { error } = ran.report ?? {};
      expect(error !== undefined && "reason" in error ? error.reason : error?.name).toBe(
        expected.code === "price_unknown" ? "PriceUnknown" : expected.code,
      );
    });
  }
});
