import { describe, expect, it } from "vitest";

import { capOfCall } from "../../src/gateway/cap-of-call.ts";
import type { MeteredCall } from "../../src/meter/metered-pool.ts";
import { callCapBelow, mayOverlap } from "../../src/stores/contract/call-caps.ts";

function call(provider: string, model?: string, priced = model, ...others: string[]): MeteredCall {
  return {
    provider: { id: provider },
    asked: { model, otherModels: others },
    prices: [priced ?? "", ...others].map((each) => ({ model: each })),
  };
}

function held(caps: readonly string[], about: MeteredCall): string {
  const below = caps.map((each) => each.split("/"));
  return capOfCall("users/ada", below, about).join("/");
}

describe("the pool that a call is held in", () => {
  const caps = ["model:claude-opus*", "model:gpt-5", "provider:google/model:gemini-2.5-pro*"];
  const cases: readonly (readonly [string, MeteredCall])[] = [
    ["model:claude-opus*", call("anthropic", "claude-opus-4-5")],
    ["model:claude-opus*", call("anthropic", "claude-opus-latest")],
    ["model:claude-opus*", call("anthropic", "Claude-OPUS-4-5")],
    ["model:claude-opus*", call("openrouter", "anthropic/claude-opus-4.5")],
    ["model:claude-opus*", call("bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0")],
    ["model:claude-opus*", call("bedrock", "arn:aws:bedrock:us::x/anthropic.claude-opus-4-v1:0")],
    ["model:claude-opus*", call("unknown", "our-best-one", "claude-opus-4-5")],
    ["model:gpt-5", call("openai", "gpt-5")],
    // A dated name has the price of the name itself.
    ["model:gpt-5", call("openai", "gpt-5-2025-08-07", "gpt-5")],
    ["", call("openai", "gpt-5-mini")],
    ["", call("openai", "claude-sonnet-5")],
    ["provider:google", call("google", "gemini-2.5-flash")],
    ["provider:google/model:gemini-2.5-pro*", call("google", "gemini-2.5-pro-preview")],
    ["provider:google/model:gemini-2.5-pro*", call("google", "models/gemini-2.5-pro")],
    ["", call("unknown")],
    ["provider:google", call("google")],
    // Any of several models may answer.
    [
      "model:claude-opus*",
      call("openrouter", "openai/gpt-4o", "gpt-4o", "anthropic/claude-opus-4"),
    ],
    ["model:claude-opus*", call("openrouter", "claude-opus-4", "claude-opus-4", "claude-opus-5")],
  ];
  for (const [where, about] of cases)
    it(`${about.provider.id} ${about.asked?.model} → ${where || "the pool itself"}`, () => {
      expect(held(caps, about)).toBe(where);
    });

  it("a call with two caps, neither below the other, is refused", () => {
    const message =
      'two caps apply to this call, "users/ada/provider:openai" and "users/ada/model:gpt-5*"';
    expect(() => held(["model:gpt-5*", "provider:openai"], call("openai", "gpt-5"))).toThrow(
      message,
    );
    expect(() => held(["model:gpt-5*", "model:gpt*"], call("openai", "gpt-5"))).toThrow("two caps");
    const several = call("openrouter", "gpt-5", "gpt-5", "claude-opus-4");
    expect(() => held(caps, several)).toThrow("two caps");
    expect(held(["model:gpt*/model:gpt-5*"], call("openai", "gpt-5"))).toBe(
      "model:gpt*/model:gpt-5*",
    );
  });

  it("the pool of a call is found from pool names alone", () => {
    expect(callCapBelow("users/ada", "users/ada/provider:openai/model:gpt-5*")).toEqual([
      "provider:openai",
      "model:gpt-5*",
    ]);
    for (const path of [
      "users/ada",
      "users/ada/chat",
      "users/ada/chat/model:x",
      "users/adam/model:x",
    ])
      expect(callCapBelow("users/ada", path)).toBeUndefined();
  });
});

it("mayOverlap returns whether one call can match two caps", () => {
  const pairs: readonly (readonly [string, string, boolean])[] = [
    ["model:gpt*", "model:gpt-5*", true],
    ["model:GPT-5", "model:gpt*", true],
    ["model:gpt-5", "model:gpt-5", true],
    ["model:gpt-5", "model:gpt-5-mini", false],
    ["model:gpt-5*", "model:claude*", false],
    ["provider:openai", "provider:google", false],
    ["provider:openai", "model:claude*", true],
  ];
  for (const [one, other, expected] of pairs) {
    expect([one, other, mayOverlap(one, other)]).toEqual([one, other, expected]);
    expect(mayOverlap(other, one)).toBe(expected);
  }
});
