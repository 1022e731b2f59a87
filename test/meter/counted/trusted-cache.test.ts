import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../../src/wire/anthropic/messages.ts";
import { about, counts, reported } from "./requests.ts";
import type { Sent } from "./requests.ts";

const marker = { cache_control: { type: "ephemeral" } };
const text = (words: string): object => ({ type: "text", text: words });
const user = (...content: readonly object[]): object => ({ role: "user", content });
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } };
const begun = [user({ ...text("What is 1 + 1?"), ...marker })];
const claude = (messages: readonly object[]): object => ({
  model: "claude-sonnet-4-5",
  max_tokens: 100,
  messages,
});
const usage = { inputTokens: 3, cacheReadTokens: 900, cacheWriteTokens: 97, outputTokens: 50 };

interface Case {
  readonly trustMs?: number;
  readonly agesMs?: number;
  readonly first?: readonly object[];
  readonly added?: readonly object[];
  readonly sent?: Sent;
}

/** How much of a request is expected in the cache, so long after the one before. */
function trusted({ trustMs = 60_000, agesMs = 0, first = begun, added, sent }: Case): number {
  let now = 1_790_000_000_000;
  const memory = counts({ cacheTrustMs: trustMs, now: () => now });
  about(memory, anthropicMessages, claude(first), sent).answered(reported(0, 0, { usage }));
  now += agesMs;
  const more = added ?? [
    { role: "assistant", content: "2" },
    user({ ...text("Sure?"), ...marker }),
  ];
  const next = about(memory, anthropicMessages, claude([...first, ...more]), sent).bound();
  expect(next?.inputTokens).toBeGreaterThan(1050);
  return next?.cacheReadTokens ?? Number.NaN;
}

describe("a cache that is trusted", () => {
  it("a trusted cache is expected to have what was read from it and written to it", () => {
    expect(trusted({})).toBe(997);
  });

  it("a trusted cache is expected for as long as the option says, and not longer", () => {
    expect(trusted({ agesMs: 60_000 })).toBe(997);
    expect(trusted({ agesMs: 60_001 })).toBe(0);
    expect(trusted({ agesMs: 30_001, trustMs: 30_000 })).toBe(0);
  });

  it("a cache is not expected unless the option says so", () => {
    expect(trusted({ trustMs: 0 })).toBe(0);
  });

  it("a cache is not expected of a report from the future, as after a change of clocks", () => {
    expect(trusted({ agesMs: -1 })).toBe(0);
  });

  it("a cache is not expected where the request has no marker", () => {
    const first = [user(text("What is 1 + 1?"))];
    expect(trusted({ first, added: [{ role: "assistant", content: "2" }] })).toBe(0);
  });

  it("a cache is not expected of another seller of the model", () => {
    const url = "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages";
    expect(trusted({ sent: { url } })).toBe(0);
  });

  it("a cache is not expected when more was added than the provider looks back over", () => {
    const blocks = (count: number): readonly object[] => [
      user(...Array.from({ length: count }, (_, index) => text(`${index}`)), {
        ...text("?"),
        ...marker,
      }),
    ];
    expect(trusted({ added: blocks(18) })).toBe(997);
    expect(trusted({ added: blocks(19) })).toBe(0);
  });

  it("a cache is not expected where the first image is added", () => {
    const added = [user(image, { ...text("And this?"), ...marker })];
    expect(trusted({ added })).toBe(0);
    expect(trusted({ first: [user(image), ...begun], added })).toBe(997);
  });
});
