import { setTimeout as later } from "node:timers/promises";

import { expect, it, vi } from "vitest";

import { turnNow } from "../../src/stores/slices/turn-clock.ts";

it("R15 a turn that began under the timers of a test ends all the same", async () => {
  vi.useFakeTimers({ toFake: ["setImmediate"] });
  let readAtMs = turnNow();
  // Two readings that are close, whatever else the machine does, and one that is shared.
  for (let shared = 0; shared === 0;) {
    const nowMs = turnNow();
    if (nowMs === readAtMs) shared++;
    readAtMs = nowMs;
  }
  vi.useRealTimers();
  await later(5);
  expect(turnNow()).toBeGreaterThan(readAtMs);
});
