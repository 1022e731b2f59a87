import { expect } from "vitest";

import type { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";
import { toNanoUsd } from "../../src/core/nano-usd.ts";
import type { BudgetPool } from "../../src/index.ts";

/** The provider's bill and the pool's books are the same, and nothing is held any more. */
export async function expectEqualBooks(
  pool: BudgetPool,
  provider: SimulatedProvider,
): Promise<void> {
  await provider.idle();
  const { used, reserved, openReservations } = pool.snapshot();
  const { total } = provider;
  expect({
    calls: used.calls,
    inputTokens: used.inputTokens,
    outputTokens: used.outputTokens,
    nanoUsd: BigInt(toNanoUsd(used.usd)),
    usd: used.usd,
  }).toEqual(total);
  expect(openReservations).toBe(0);
  expect(reserved.usd).toBe(0);
}

/** The books are nowhere below the bill, and nothing is held any more. */
export async function expectBooksCover(
  pool: BudgetPool,
  provider: SimulatedProvider,
): Promise<void> {
  await provider.idle();
  const { used, openReservations } = pool.snapshot();
  const { total } = provider;
  expect(BigInt(toNanoUsd(used.usd))).toBeGreaterThanOrEqual(total.nanoUsd);
  expect(used.inputTokens).toBeGreaterThanOrEqual(total.inputTokens);
  expect(used.outputTokens).toBeGreaterThanOrEqual(total.outputTokens);
  expect(openReservations).toBe(0);
}
