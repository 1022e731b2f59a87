import { describe, expect, it } from "vitest";

import { adaptiveEstimate } from "../../src/meter/index.ts";
import type { EstimateRequest } from "../../src/meter/index.ts";

function request(model = "gpt-4o", outputTokens = 4096): EstimateRequest {
  const provider = "openai";
  return { wire: "openai-chat", provider, model, body: {}, inputTokens: 1000, outputTokens };
}

/** Lets an estimate learn from calls that use so much. */
function teach(
  estimator: ReturnType<typeof adaptiveEstimate>,
  outputs: readonly number[],
  model = "gpt-4o",
): void {
  for (const outputTokens of outputs) {
    const asked = request(model);
    estimator.estimate(asked);
    estimator.learn?.(asked, { inputTokens: 250, outputTokens });
  }
}

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

describe("adaptiveEstimate", () => {
  it("adaptiveEstimate leaves calls at their bound until it has seen enough of their kind", () => {
    const estimator = adaptiveEstimate({ samplesMin: 3 });
    teach(estimator, [10, 10]);
    expect(estimator.estimate(request())).toBeUndefined();
    teach(estimator, [10]);
    expect(estimator.estimate(request())).toEqual({ inputTokens: 250, outputTokens: 10 });
    expect(estimator.estimate(request("gpt-5.5"))).toBeUndefined();
  });

  it("adaptiveEstimate holds the requested quantile, and never more than the bound", () => {
    for (const [quantile, outputTokens] of [
      [0.5, 50],
      [0.9, 90],
      [1, 100],
    ] as const) {
      const estimator = adaptiveEstimate({ quantile });
      teach(estimator, hundred);
      expect(estimator.estimate(request())?.outputTokens).toBe(outputTokens);
      expect(estimator.estimate(request("gpt-4o", 20))?.outputTokens).toBe(20);
    }
  });

  it("adaptiveEstimate forgets old calls", () => {
    const estimator = adaptiveEstimate({ samplesMax: 50 });
    teach(estimator, [...Array<number>(100).fill(4000), ...Array<number>(50).fill(7)]);
    expect(estimator.estimate(request())?.outputTokens).toBe(7);
  });

  it("adaptiveEstimate keeps separate estimates per `callSite`", () => {
    let site = "summaries";
    const estimator = adaptiveEstimate({ callSite: () => site, samplesMin: 1 });
    teach(estimator, [10]);
    site = "essays";
    expect(estimator.estimate(request())).toBeUndefined();
  });

  it("adaptiveEstimate reports its ratio of held to used, and how often it held too little", () => {
    const estimator = adaptiveEstimate({ samplesMin: 1, quantile: 1 });
    expect(estimator.ratio()).toEqual({ calls: 0, overHold: undefined, underHolds: 0 });
    teach(estimator, [750]);
    expect(estimator.ratio()).toEqual({ calls: 1, overHold: 5096 / 1000, underHolds: 0 });
    teach(estimator, [1000]);
    expect(estimator.ratio()).toMatchObject({ calls: 2, underHolds: 1 });
  });

  it("an adaptive estimate rejects options that are not allowed", () => {
    for (const options of [{ quantile: 0 }, { quantile: 1.1 }, { samplesMax: 0 }, { samples: 3 }])
      expect(() => adaptiveEstimate(options)).toThrow(/quantile|samplesMax|Unknown key/);
  });
});
