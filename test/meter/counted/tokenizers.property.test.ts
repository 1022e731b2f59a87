// Conversations of any text, counted by real tokenizers: what is added never has more tokens than
// its bytes and the allowance, wherever the beginning ends.

import { getTokenizer } from "@anthropic-ai/tokenizer";
import fc from "fast-check";
import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../../src/wire/anthropic/messages.ts";
import { openaiChat } from "../../../src/wire/openai/chat.ts";
import { about, counts, reported } from "./requests.ts";

const claude = getTokenizer();

/** A prompt as a template renders it, in one text: tokens may reach over the ends of messages. */
const RENDERED = [
  [
    openaiChat,
    "gpt-5.4",
    (messages: readonly Message[]) =>
      countO200k(
        messages
          .map(({ role, content }) => `<|start|>${role}<|message|>${content}<|end|>`)
          .join(""),
        { allowedSpecial: "all" },
      ),
  ],
  [
    anthropicMessages,
    "claude-sonnet-4-5",
    (messages: readonly Message[]) =>
      claude.encode(
        messages
          .map(({ role, content }) => `\n\n${role === "user" ? "Human" : "Assistant"}: ${content}`)
          .join("")
          .normalize("NFKC"),
        "all",
      ).length,
  ],
] as const;

interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

const content = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.base64String({ maxLength: 200 }),
  fc
    .array(fc.constantFrom("🧑‍🚀", "字", "ﷺ", "\u0000", "𒐫", "a", " ", "\n", "e\u0301", "\u0301"), {
      maxLength: 60,
    })
    .map((parts) => parts.join("")),
  fc.json(),
);
const role = fc.constantFrom("user" as const, "assistant" as const);
const messages = fc.array(fc.record({ role, content }), { minLength: 2, maxLength: 10 });

describe("the bound by what was counted before", () => {
  for (const [wire, model, count] of RENDERED) {
    it(`the bound by an earlier count is never below what ${model}'s tokenizer counts of the whole`, () => {
      fc.assert(
        fc.property(messages, fc.nat(), (all, at) => {
          const begun = all.slice(0, 1 + (at % (all.length - 1)));
          const memory = counts();
          const ask = (part: readonly Message[]) =>
            about(memory, wire, { model, max_tokens: 99, messages: part });
          ask(begun).answered(reported(Math.max(1, count(begun)), 0));
          const bound = ask(all).bound();
          expect(bound?.inputTokens).toBeGreaterThanOrEqual(count(all));
        }),
        { numRuns: 500 },
      );
    });
  }

  it("the bound by an earlier count is found for any conversation with equal messages, and for no other", () => {
    fc.assert(
      fc.property(messages, messages, (one, other) => {
        const memory = counts();
        const ask = (part: readonly Message[]) =>
          about(memory, openaiChat, { model: "gpt-5.4", messages: part });
        ask(one).answered(reported(1000, 1));
        expect(ask([...one, ...other]).bound()).toBeDefined();
        const isBegun = one.every(
          (message, index) => JSON.stringify(message) === JSON.stringify(other[index]),
        );
        expect(ask(other).bound() !== undefined).toBe(isBegun);
      }),
      { numRuns: 500 },
    );
  });
});
