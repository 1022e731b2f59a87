import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { priceBook, PriceUnknown } from "../../src/prices/index.ts";
import type { Usage } from "../../src/prices/index.ts";

const DAY = Date.parse("2026-10-01");

/**
 * Bills worked out by hand, with the rates of the page that is named. A million tokens cost the rate.
 */
const BILLS: readonly (readonly [string, string, Usage, number])[] = [
  // https://platform.claude.com/docs/en/about-claude/pricing: $5 in, $25 out; 2,000 × 5 + 500 × 25
  ["anthropic", "claude-opus-4-5", { inputTokens: 2000, outputTokens: 500 }, 0.0225],
  // the same page: a read 0.1 ×, 5 minutes 1.25 ×, an hour 2 × of $5
  [
    "anthropic",
    "claude-opus-4-5",
    { cacheReadTokens: 10_000, cacheWriteTokens: 4000, cacheWrite1hTokens: 1000 },
    0.04,
  ],
  // the same page: web searches $10 a thousand
  ["anthropic", "claude-opus-4-5", { webSearches: 3 }, 0.03],
  // https://developers.openai.com/api/docs/models/gpt-5.5: $5, cached $0.50, $30 up to 272,000
  [
    "openai",
    "gpt-5.5",
    { inputTokens: 100_000, cacheReadTokens: 100_000, outputTokens: 1000, reasoningTokens: 1000 },
    0.61,
  ],
  // the same page: from 272,000 on all of the input twice, all of the output one and a half times
  [
    "openai",
    "gpt-5.5",
    { inputTokens: 200_000, cacheReadTokens: 72_000, outputTokens: 1000 },
    2.117,
  ],
  [
    "openai",
    "gpt-5.5",
    { inputTokens: 199_999, cacheReadTokens: 72_000, outputTokens: 1000 },
    1.065_995,
  ],
];

describe("bills worked out by hand", () => {
  for (const [provider, model, usage, usd] of BILLS) {
    it(`the bill of ${model} for ${JSON.stringify(usage)} is $${usd}`, () => {
      const price = priceBook.find(`${provider}/${model}`, { at: DAY });
      expect(price.cost(usage)).toBe(usd);
      expect(price.source).toContain("2026-09-23");
    });
  }
});

describe("priceBook", () => {
  it("F44 a model that is not in the book is an error that names the nearest, never $0", () => {
    const find = (): unknown => priceBook.find("openai/gpt-5.5-ultra-plus");
    expect(find).toThrow(PriceUnknown);
    try {
      find();
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "PRICE_UNKNOWN", model: "openai/gpt-5.5-ultra-plus" });
      expect(PriceUnknown.is(error) && error.nearest.length > 0).toBe(true);
    }
  });

  it("tokens only is an option that is written out, and puts no dollars into an amount", () => {
    const price = priceBook.find("my-own-model", { unknown: "tokens only" });
    expect(price.amount({ inputTokens: 10, outputTokens: 5 })).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      calls: 1,
    });
    const pool = new BudgetPool({ caps: { tokens: 20 } });
    pool.record(price.amount({ inputTokens: 10, outputTokens: 5 }));
    expect(pool.snapshot().used).toMatchObject({ tokens: 15, usd: 0 });
  });

  it("priceBook finds dated names and other aliases, with the provider and without", () => {
    const found = [
      "claude-opus-4-5-20251101",
      "anthropic/claude-opus-4.5",
      "Claude/claude-opus-4-5",
    ].map((name) => priceBook.find(name));
    expect(found.map(({ provider, model }) => `${provider}/${model}`)).toEqual(
      Array.from({ length: 3 }, () => "anthropic/claude-opus-4-5"),
    );
    expect(priceBook.find("azure/gpt-4o")).toMatchObject({ provider: "azure" });
  });

  it("an ambiguous model name lists its providers, and a misspelled one suggests the nearest", () => {
    const message = (name: string): string => {
      try {
        priceBook.find(name);
      } catch (error) {
        return String(error);
      }
      return "found";
    };
    expect(message("text-embedding-3-small")).toContain(
      "say which provider: openai/text-embedding-3-small, azure/text-embedding-3-small",
    );
    expect(message("gpt4o")).toContain("the nearest known are openai/gpt-4o");
    expect(message("gpt5")).toContain("the nearest known are openai/gpt-5");
    expect(message("gpt4o")).not.toMatch(/Tokens: \d/);
  });

  it("with() returns a new price book, and does not change the old one", () => {
    const own = priceBook
      .with({ "openai/gpt-6.1-sol": { inputTokens: 3, outputTokens: 15, cacheReadTokens: 0.3 } })
      .with({ "gpt-5.5": { inputTokens: 1, outputTokens: 2 }, local: { inputTokens: 0 } });
    const usage = { inputTokens: 1000, cacheReadTokens: 1000, outputTokens: 100 };
    expect(own.find("gpt-6.1-sol").cost(usage)).toBe(0.0048);
    expect(own.find("openai/gpt-5.5").cost(usage)).toBe(0.0022);
    expect(own.find("local").cost({ inputTokens: 1e6 })).toBe(0);
    expect(own.find("local").source).toBe("override");
    expect(() => priceBook.find("gpt-6.1-sol")).toThrow(PriceUnknown);
    expect(priceBook.find("openai/gpt-5.5", { at: DAY }).cost({ inputTokens: 1e5 })).toBe(0.5);
  });

  it("tier, speed and place multiply, and a word without a multiplier is an error", () => {
    const price = priceBook.find("claude-opus-4-6");
    expect(price.cost({ inputTokens: 3 }, { tier: "batch" })).toBe(0.000_007_5);
    expect(price.cost({ inputTokens: 1000 }, { speed: "fast" })).toBe(0.03);
    expect(price.cost({ inputTokens: 1000 }, { speed: "fast", place: "us" })).toBe(0.033);
    for (const tier of ["", "auto", "default", "standard", "on_demand"])
      expect(price.cost({ inputTokens: 1000 }, { tier, place: "global" })).toBe(0.005);
    for (const tier of ["scale", "toString"])
      expect(() => price.cost({ inputTokens: 3 }, { tier })).toThrow(PriceUnknown);
    // @ts-expect-error -- the axes have names
    expect(() => price.cost({ inputTokens: 3 }, { service: "batch" })).toThrow(TypeError);
  });

  it("an unknown service word counts at the highest known rate of its axis, and is listed", () => {
    const price = priceBook.find("claude-opus-4-8");
    expect(price.factorFor({})).toEqual({ factor: 1, unknown: [] });
    expect(price.factorFor({ speed: "fast" })).toEqual({ factor: 2, unknown: [] });
    expect(price.factorFor({ speed: "warp", tier: "batch" })).toEqual({
      factor: 1,
      unknown: ["warp"],
    });
    expect(priceBook.find("gpt-4.1").factorFor({ tier: "priority" }).factor).toBe(1.75);
    expect(priceBook.find("gpt-4.1").factorFor({ tier: "constructor" })).toEqual({
      factor: 1.75,
      unknown: ["constructor"],
    });
  });

  it("a custom multiplier applies on the axis of its word", () => {
    const own = priceBook
      .with({ "claude-opus-4-5": { inputTokens: 5, multipliers: { rush: 1.75 } } })
      .find("claude-opus-4-5");
    expect(own.cost({ inputTokens: 4 }, { tier: "rush" })).toBe(0.000_035);
    expect(own.cost({ inputTokens: 4 }, { speed: "rush" })).toBe(0.000_035);
  });

  it("tiers of custom rates may come in any order: the highest that is passed counts", () => {
    const tiers = [
      { above: 200, rate: 6 },
      { above: 100, rate: 4 },
    ];
    const own = priceBook.with({ mine: { inputTokens: { base: 2, tiers } } }).find("mine");
    const dollars = [100, 101, 201].map((inputTokens) => own.cost({ inputTokens }));
    expect(dollars).toEqual([0.0002, 0.000_404, 0.001_206]);
  });

  it("a factor, a multiplier or a tier that is no number is refused by its name", () => {
    const price = priceBook.find("claude-opus-4-6");
    for (const factor of [Number.NaN, -1, Infinity])
      expect(() => price.cost({ inputTokens: 3 }, { factor })).toThrow(
        /Expected factor to be a factor of the list price/,
      );
    // @ts-expect-error -- not an object
    expect(() => price.cost({ inputTokens: 3 }, null)).toThrow(
      /Expected `options` to be an object/,
    );
    expect(() =>
      priceBook.with({ mine: { inputTokens: 1, multipliers: { rush: Number.NaN } } }),
    ).toThrow(/overrides\["mine"\]\.multipliers\.rush/);
    const tiers = [{ above: -1, rate: 1 }];
    expect(() => priceBook.with({ mine: { inputTokens: { base: 1, tiers } } })).toThrow(
      /overrides\["mine"\]\.inputTokens\.tiers\[0\]\.above/,
    );
    // @ts-expect-error -- tiers are a list
    expect(() => priceBook.with({ mine: { inputTokens: { base: 1 } } })).toThrow(TypeError);
  });

  it("a name never finds another model: only dates and versions may follow it", () => {
    const names = ["claude-sonnet-4-5", "claude-opus-4-6", "gpt-5-nano", "gemini-2.5-pro"];
    for (const name of names) {
      const { model } = priceBook.find(name);
      for (const end of ["-2025-08-07", "-20250929", "-latest"])
        expect(priceBook.find(name + end, { unknown: "tokens only" }).model).toMatch(
          new RegExp(`^(?:${model}|${name}${end})$`),
        );
      for (const end of ["-fast", "-9", "-10", ":thinking", "-pro-max", ".1", "-turbo", "x"]) {
        const found = priceBook.find(name + end, { unknown: "tokens only" });
        expect(`${name}${end}: ${found.rates === undefined ? "none" : found.model}`).toBe(
          `${name}${end}: none`,
        );
      }
    }
    expect(priceBook.find("bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0").provider).toBe(
      "bedrock",
    );
  });

  it("a model is priced at the provider that serves it, and at no other", () => {
    expect(priceBook.find("groq/openai/gpt-oss-120b").rates?.inputTokens).toBe(0.15);
    expect(priceBook.find("cerebras/gpt-oss-120b").rates?.inputTokens).toBe(0.35);
    expect(priceBook.find("openrouter/anthropic/claude-opus-4.6-fast").rates?.inputTokens).toBe(30);
    for (const name of ["deepseek/gpt-4o", "openrouter/gpt-4o", "cerebras/claude-opus-4-6"])
      expect(() => priceBook.find(name)).toThrow(PriceUnknown);
    expect(priceBook.find("vercel/anthropic/claude-opus-4-6").rates?.inputTokens).toBe(5);
    expect(priceBook.find("openrouter/x/y:free").cost({ inputTokens: 1e6 })).toBe(0);
  });

  it("an unlisted model gets the highest price of its provider, marked as a guess", () => {
    const price = priceBook.find("openai/gpt-99", { unknown: "dearest" });
    expect(price.isGuess).toBe(true);
    expect(price.cost({ outputTokens: 1e6 })).toBeGreaterThanOrEqual(
      priceBook.find("openai/gpt-5.5-pro").cost({ outputTokens: 1e6 }),
    );
    expect(() => priceBook.find("nobody/model", { unknown: "dearest" })).toThrow(PriceUnknown);
  });

  it("a name that lacks a sign, or the provider, is found for the error", () => {
    const errorOf = (name: string): PriceUnknown | undefined => {
      try {
        priceBook.find(name);
      } catch (error) {
        if (PriceUnknown.is(error)) return error;
      }
      return undefined;
    };
    expect(errorOf("gpt4o")?.nearest).toContain("openai/gpt-4o");
    expect(errorOf("openai/gpt4o")?.nearest[0]).toBe("openai/gpt-4o");
    const several = errorOf("Qwen/Qwen3-Embedding-8B");
    expect(several?.message).toContain("which provider");
    expect(several?.nearest).toContain("doubleword/Qwen/Qwen3-Embedding-8B");
    expect(several?.message).toContain(priceBook.asOf);
  });

  it("models without a context are named; the list may only shrink", () => {
    const providers = new Set(["openai", "anthropic", "google", "xai", "deepseek"]);
    const without = priceBook.models().filter((name) => {
      const [provider = ""] = name.split("/");
      const { context, rates } = priceBook.find(name);
      // What is sold by the second or the image has no window.
      const isRead = rates?.inputTokens !== undefined;
      return providers.has(provider) && isRead && context === undefined;
    });
    expect(without).toMatchInlineSnapshot(`
      [
        "openai/ada",
        "openai/babbage",
        "openai/curie",
        "openai/davinci",
        "openai/gpt-5.4-image-2",
        "openai/gpt-chat-latest",
        "openai/gpt-image-1",
        "openai/gpt-image-1-mini",
        "openai/gpt-image-1.5",
        "openai/gpt-image-2",
        "openai/gpt-realtime-mini",
        "openai/text-davinci-002",
        "openai/text-davinci-003",
        "anthropic/claude-v1",
      ]
    `);
  });

  it("priceBook rounds up once, at the end", () => {
    const own = priceBook.with({ tiny: { inputTokens: 0.0004, cacheReadTokens: 0.0004 } });
    const price = own.find("tiny");
    expect(price.cost({ inputTokens: 1 })).toBe(1e-9);
    expect(price.cost({ inputTokens: 2, cacheReadTokens: 3 })).toBe(2e-9);
    expect(price.cost({})).toBe(0);
  });

  it("a class without a price is an error, unless another stands in for it", () => {
    const price = priceBook.find("claude-opus-4-5");
    expect(() => price.cost({ outputAudioTokens: 1 })).toThrow(/no price for outputAudioTokens/);
    expect(price.cost({ reasoningTokens: 1000 })).toBe(price.cost({ outputTokens: 1000 }));
  });

  it("a price applies from its date on, and a looked-up price does not change", () => {
    const dated = priceBook
      .models()
      .map((name) => [name, priceBook.find(name, { at: 0 }), priceBook.find(name)] as const)
      .filter(([, before, now]) => before.rates?.inputTokens !== now.rates?.inputTokens);
    expect(dated.length).toBeGreaterThan(0);
    expect(Object.isFrozen(priceBook.find("claude-opus-4-5"))).toBe(true);
  });

  it("bad usage, names and rates are errors that say what was expected", () => {
    const price = priceBook.find("claude-opus-4-5");
    expect(() => price.cost({ inputTokens: -1 })).toThrow(/`usage.inputTokens`/);
    expect(() => price.cost({ inputTokens: 1.5 })).toThrow(RangeError);
    // @ts-expect-error -- the words of a provider
    expect(() => price.cost({ prompt_tokens: 1 })).toThrow(/Unknown key "prompt_tokens"/);
    expect(() => price.cost({ inputTokens: 2 ** 52 })).toThrow(/cannot be booked/);
    expect(() => priceBook.find("")).toThrow(RangeError);
    expect(() => priceBook.with({ mine: {} })).toThrow(/to have a rate/);
    expect(() => priceBook.with({ mine: { inputTokens: -3 } })).toThrow(RangeError);
    // @ts-expect-error -- not a class
    expect(() => priceBook.with({ mine: { input: 3 } })).toThrow(/Unknown key "input"/);
  });

  it("every model has a price for every class that its table has", () => {
    for (const name of priceBook.models()) {
      const price = priceBook.find(name);
      for (const each of Object.keys(price.rates ?? {})) {
        expect(price.cost({ [each]: 1000 })).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
