import { getTokenizer } from "@anthropic-ai/tokenizer";
import fc from "fast-check";
import { countTokens as countCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";
import { encodeChat } from "gpt-tokenizer/model/gpt-4o";
import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../src/wire/anthropic/messages.ts";
import { gemini } from "../../src/wire/google/generate-content.ts";
import { inputBytesOf } from "../../src/wire/input-bound.ts";
import { openaiChat } from "../../src/wire/openai/chat.ts";
import { openaiResponses } from "../../src/wire/openai/responses.ts";
import { askedOf } from "./asked.ts";

const claude = getTokenizer();
/** As the package counts, which makes a tokenizer for every text. */
function countClaudeTokens(text: string): number {
  return claude.encode(text.normalize("NFKC"), "all").length;
}

const TOKENIZERS = [
  ["o200k", (text: string) => countO200k(text, { allowedSpecial: "all" })],
  ["cl100k", (text: string) => countCl100k(text, { allowedSpecial: "all" })],
  ["claude", countClaudeTokens],
] as const;

/** Texts that tokenizers have most tokens for: rare characters, ids, digits, code, control marks. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.uuid(),
  fc.base64String({ maxLength: 400 }),
  fc.array(fc.nat(), { maxLength: 60 }).map((numbers) => numbers.join(" ")),
  fc
    .array(fc.constantFrom("🧑‍🚀", "字", "ﷺ", "\u0000", "𒐫", "a", " ", "\n", "�"), {
      maxLength: 100,
    })
    .map((parts) => parts.join("")),
  fc.json(),
);
const role = fc.constantFrom("system", "user", "assistant");
const messages = fc.array(fc.record({ role, content: text }), { minLength: 1, maxLength: 8 });

describe("the bound of input", () => {
  for (const [name, count] of TOKENIZERS) {
    it(`the bound of input is never below what the tokenizer ${name} counts of a text`, () => {
      fc.assert(
        fc.property(text, (content) => {
          expect(count(content)).toBeLessThanOrEqual(inputBytesOf(content));
        }),
        { numRuns: 1500 },
      );
    });

    it(`the bound of input is never below what ${name} counts of all texts of a request, in every wire`, () => {
      fc.assert(
        fc.property(messages, (listed) => {
          const tokens = listed.reduce((sum, { content }) => sum + count(content), 0);
          const parts = listed.map(({ content }) => ({ role: "user", parts: [{ text: content }] }));
          const bounds = [
            askedOf(openaiChat, { model: "gpt-4o", messages: listed }),
            askedOf(openaiResponses, { model: "gpt-4o", input: listed }),
            askedOf(anthropicMessages, { model: "claude-sonnet-4-5", messages: listed }),
            askedOf(gemini, { contents: parts }),
          ];
          for (const { input } of bounds) expect(tokens).toBeLessThanOrEqual(input.tokens);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("the bound of input is never below a chat with its template", () => {
    fc.assert(
      fc.property(messages, (listed) => {
        const tokens = encodeChat(listed, "gpt-4o").length;
        const { input } = askedOf(openaiChat, { model: "gpt-4o", messages: listed });
        expect(tokens).toBeLessThanOrEqual(input.tokens);
      }),
      { numRuns: 500 },
    );
  });

  it("with a tokenizer, the bound is never below the chat with its template either", () => {
    fc.assert(
      fc.property(messages, (listed) => {
        const tokens = encodeChat(listed, "gpt-4o").length;
        const { input } = askedOf(openaiChat, { model: "gpt-4o", messages: listed });
        const told = input.texts().reduce((sum, each) => sum + countO200k(each), 0);
        expect(tokens).toBeLessThanOrEqual(told + input.besides);
      }),
      { numRuns: 500 },
    );
  });

  it("the bound of input normalizes a long text as if it were done at once", () => {
    const parts = fc.array(
      fc.constantFrom(
        "a",
        "e\u0301",
        "\u0301\u0323",
        "ﷺ",
        "𝅘𝅥𝅮",
        "가",
        "\u1161",
        "字".repeat(50),
        " ".repeat(900),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(parts, (given) => {
        const long = given.join("").replaceAll("\\", "");
        const whole = Buffer.byteLength(long.normalize("NFKC"));
        expect(inputBytesOf(long)).toBe(Math.max(Buffer.byteLength(long), whole));
      }),
      { numRuns: 500 },
    );
  });

  it("the bound of input counts text that normalization lengthens, however it is escaped", () => {
    const content = "ﷺ".repeat(100);
    const plain = JSON.stringify({ messages: [{ role: "user", content }] });
    const escaped = plain.replaceAll("ﷺ", String.raw`\ufdfa`);
    for (const json of [plain, escaped]) {
      const { input } = askedOf(anthropicMessages, json);
      expect(countClaudeTokens(content)).toBeLessThanOrEqual(input.tokens);
    }
  });

  it("F55: the bound of input takes linear time for 100 KB of one character", () => {
    const body = { model: "gpt-4o", messages: [{ role: "user", content: "a".repeat(100_000) }] };
    const { input } = askedOf(openaiChat, body);
    expect(input.tokens).toBeGreaterThanOrEqual(100_000 / 8);
    expect(input.tokens).toBeLessThan(101_000);
  });

  it("F56: the bound of input holds for Chinese and for ids, where characters divided by four do not", () => {
    for (const content of ["预算是一个上限。".repeat(200), crypto.randomUUID().repeat(50)]) {
      const tokens = countO200k(content);
      expect(content.length / 4).toBeLessThan(tokens);
      const { input } = askedOf(openaiChat, { messages: [{ role: "user", content }] });
      expect(tokens).toBeLessThanOrEqual(input.tokens);
    }
  });
});
