// Generated usage, in the shapes that providers document, read by the meter and by others. Where they
// differ, one of the reasons below holds; each of them is met.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../../src/wire/anthropic/messages.ts";
import { gemini } from "../../../src/wire/google/generate-content.ts";
import { openaiChat } from "../../../src/wire/openai/chat.ts";
import { openaiResponses } from "../../../src/wire/openai/responses.ts";
import { providerFor } from "../../../src/wire/providers.ts";
import { AnswerReader } from "../../../src/wire/stream/answer-reader.ts";
import type { Wire } from "../../../src/wire/wire.ts";
import { countsByAiSdk, countsByGenaiPrices, countsOf, differing } from "./counts.ts";
import type { Counts, Format } from "./counts.ts";

/** `METER_INPUTS=100000` for the long run. */
const runs = Math.min(Number(process.env["METER_INPUTS"] ?? 500), 100_000);

/** What a model has used, before a provider writes it down. */
interface Used {
  readonly prompt: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  /** Inside of the output, mostly. */
  readonly reasoning: number;
  /** What the total is more than its parts. */
  readonly missing: number;
}

interface Shape {
  readonly format: Format;
  readonly wire: Wire;
  readonly provider: string;
  readonly body: (used: Used) => object;
}

const SHAPES: readonly Shape[] = [
  {
    format: "chat",
    wire: openaiChat,
    provider: "openai",
    body: ({ prompt, cacheRead, cacheWrite, output, reasoning, missing }) => ({
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-4o",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
      usage: {
        prompt_tokens: prompt,
        completion_tokens: output,
        total_tokens: prompt + output + missing,
        prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
        completion_tokens_details: { reasoning_tokens: reasoning },
      },
    }),
  },
  {
    format: "responses",
    wire: openaiResponses,
    provider: "openai",
    body: ({ prompt, cacheRead, cacheWrite, output, reasoning, missing }) => ({
      id: "r",
      object: "response",
      created_at: 1,
      model: "gpt-4o",
      status: "completed",
      output: [],
      usage: {
        input_tokens: prompt,
        input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: prompt + output + missing,
      },
    }),
  },
  {
    format: "messages",
    wire: anthropicMessages,
    provider: "anthropic",
    body: ({ prompt, cacheRead, cacheWrite, output }) => ({
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: prompt - cacheRead - cacheWrite,
        cache_read_input_tokens: cacheRead,
        cache_creation_input_tokens: cacheWrite,
        output_tokens: output,
      },
    }),
  },
  {
    format: "gemini",
    wire: gemini,
    provider: "google",
    body: ({ prompt, cacheRead, output, reasoning, missing }) => ({
      candidates: [
        { content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP", index: 0 },
      ],
      modelVersion: "gemini-2.5-flash",
      usageMetadata: {
        promptTokenCount: prompt,
        cachedContentTokenCount: cacheRead,
        candidatesTokenCount: output - Math.min(output, reasoning),
        thoughtsTokenCount: Math.min(output, reasoning),
        totalTokenCount: prompt + output + missing,
      },
    }),
  },
];

const used: fc.Arbitrary<Used> = fc
  .record({
    prompt: fc.integer({ min: 1, max: 1_000_000 }),
    read: fc.nat(100),
    written: fc.nat(100),
    output: fc.integer({ min: 1, max: 100_000 }),
    thought: fc.nat(120),
    missing: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9000 })),
  })
  .map(({ prompt, read, written, output, thought, missing }) => {
    const cacheRead = Math.floor((prompt * read) / 100);
    const cacheWrite = Math.floor(((prompt - cacheRead) * written) / 100);
    const reasoning = Math.floor((output * thought) / 100);
    return { prompt, cacheRead, cacheWrite, output, reasoning, missing };
  });

/** Why others may read something else; each names the counts that differ for it. */
const REASONS: Readonly<
  Record<string, { readonly of: readonly (keyof Counts)[]; readonly if: (used: Used) => boolean }>
> = {
  "a total that is more than its parts is not looked at": {
    of: ["input", "output"],
    if: ({ missing }) => missing > 0,
  },
  "more reasoning than output is taken to be inside of it": {
    of: ["output"],
    if: ({ reasoning, output }) => reasoning > output,
  },
};

function oursOf({ wire, provider }: Shape, body: object): Counts {
  const reader = new AnswerReader(wire.reading(providerFor(provider)));
  reader.push(new TextEncoder().encode(JSON.stringify(body)));
  const found = reader.end();
  expect(found).toMatchObject({ isWhole: true, doubts: [] });
  return countsOf(found?.usage ?? {});
}

describe.each(SHAPES)("usage of $format", (shape) => {
  it("generated usage is read as the AI SDK and genai-prices read it, or a reason says why not", async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(used, async (given) => {
        const body = shape.body(given);
        const ours = oursOf(shape, body);
        const theirs = [
          await countsByAiSdk(shape.format, JSON.stringify(body)),
          countsByGenaiPrices(shape.provider, shape.format, body),
        ];
        for (const counts of theirs) {
          expect(counts).toBeDefined();
          for (const name of differing(ours, counts ?? {})) {
            const reasons = Object.entries(REASONS).filter(
              ([, reason]) => reason.of.includes(name) && reason.if(given),
            );
            expect([name, ours[name], counts?.[name], reasons.length > 0]).toEqual([
              name,
              ours[name],
              counts?.[name],
              true,
            ]);
            // Never less than what anybody reads.
            expect(ours[name]).toBeGreaterThan(counts?.[name] ?? 0);
            const [only] = reasons;
            if (reasons.length === 1 && only !== undefined) met.add(only[0]);
          }
        }
      }),
      { numRuns: runs },
    );
    const reads = shape.format === "messages" ? 0 : shape.format === "gemini" ? 1 : 2;
    expect(met.size).toBe(reads);
  });
});
