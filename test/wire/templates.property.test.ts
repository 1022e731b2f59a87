// What templates add to a request by provider (docs/decisions/0065): as OpenAI's cookbook counts functions, and who is held for
// longer ones.

import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../src/wire/anthropic/messages.ts";
import { gemini } from "../../src/wire/google/generate-content.ts";
import { openaiChat } from "../../src/wire/openai/chat.ts";
import { askedOf } from "./asked.ts";

const TOGETHER_URL = "https://api.together.xyz/v1/chat/completions";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("", "a", "get_weather", "ﷺ"),
);
const named = fc.record({ name: text, description: text });
const functions = fc.array(
  fc.record({
    name: text,
    description: text,
    properties: fc.array(fc.record({ name: text, description: text, words: fc.array(text) })),
  }),
  { minLength: 1, maxLength: 12 },
);

function tokensOf(value: string): number {
  return countTokens(value, { allowedSpecial: "all" });
}

interface Property {
  readonly name: string;
  readonly description: string;
  readonly words: readonly string[];
}

/** The numbers of the cookbook for models before gpt-4o, which are the higher ones. */
function cookbookTokens(
  name: string,
  description: string,
  properties: readonly Property[],
): number {
  const inside = properties.map((one) => {
    const words = one.words.reduce((sum, word) => sum + 3 + tokensOf(word), 0);
    return 3 + tokensOf(`${one.name}:string:${one.description}`) + words;
  });
  const first = properties.length === 0 ? 0 : 3;
  return 10 + tokensOf(`${name}:${description}`) + first + inside.reduce((a, b) => a + b, 0) + 12;
}

describe("the templates of a provider", () => {
  it("OpenAI's templates are never more than is held, as the cookbook counts functions", () => {
    fc.assert(
      fc.property(functions, fc.array(named, { maxLength: 6 }), (given, said) => {
        const tools = given.map(({ name, description, properties }) => ({
          type: "function",
          function: {
            name,
            description,
            parameters: {
              type: "object",
              properties: Object.fromEntries(
                properties.map((one) => [
                  one.name,
                  { type: "string", description: one.description, enum: one.words },
                ]),
              ),
            },
          },
        }));
        const messages = said.map(({ name, description }) => ({
          role: "user",
          name,
          content: description,
        }));
        const body = { model: "gpt-4o", messages, tools };
        const shown = tools.map((tool, at) => {
          const kept = Object.keys(tool.function.parameters.properties);
          const properties = kept.map((key) =>
            given[at]!.properties.findLast((p) => p.name === key)!,
          );
          return cookbookTokens(tool.function.name, tool.function.description, properties);
        });
        const tokens =
          shown.reduce((sum, one) => sum + one, 0) +
          said.reduce((sum, one) => sum + 5 + tokensOf(one.name) + tokensOf(one.description), 3);
        const { input } = askedOf(openaiChat, body);
        expect(tokens).toBeLessThanOrEqual(input.tokens);
      }),
      { numRuns: 300 },
    );
  });

  const messages = [{ role: "user", content: "Hello" }];
  const own = { type: "function", function: { name: "look", parameters: {} } };
  const tokensAt = (...asked: Parameters<typeof askedOf>): number => askedOf(...asked).input.tokens;
  const jsonOf = (body: object): number => JSON.stringify(body).length;

  it("templates are shorter where they are known to be, and added to the texts alone", () => {
    // Two for each of messages, role, user and content; seven for Hello.
    expect(tokensAt(openaiChat, { model: "gpt-4o", messages })).toBe(24 + 15);
    expect(tokensAt(openaiChat, { model: "gpt-4o", messages, tools: [own] })).toBe(24 + 33 + 256);
    const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
    const tools = [{ functionDeclarations: [{ name: "look" }] }];
    expect(tokensAt(gemini, { contents })).toBe(16 + 17);
    expect(tokensAt(gemini, { contents, tools })).toBe(16 + 29 + 64);
    expect(tokensAt(anthropicMessages, { model: "claude-opus-5", messages })).toBe(32 + 15);
  });

  it("templates count no member that steers, and every one that the model may read", () => {
    const steered = {
      model: "gpt-4o",
      messages,
      temperature: 0.5,
      user: "u".repeat(99),
      store: true,
    };
    expect(tokensAt(openaiChat, steered)).toBe(24 + 15);
    const formed = { model: "gpt-4o", messages, response_format: { type: "sonnet" } };
    expect(tokensAt(openaiChat, formed)).toBe(24 + 15 + 12);
  });

  it("templates are the longest where the provider defines a tool, or has any template", () => {
    const body = { model: "gpt-4o", messages, tools: [own, { type: "computer" }] };
    expect(tokensAt(openaiChat, body)).toBeGreaterThanOrEqual(24 + 1024);
    const open = { model: "m", messages, tools: [own] };
    expect(tokensAt(openaiChat, open, TOGETHER_URL)).toBe(jsonOf(open) + 2048 + 1024);
  });

  it("templates are added to the whole JSON of documents and of long requests", () => {
    const source = { type: "text", media_type: "text/plain", data: "Hello" };
    const content = [{ type: "document", source, citations: { enabled: true } }];
    const cited = { model: "claude-opus-5", messages: [{ role: "user", content }] };
    expect(tokensAt(anthropicMessages, cited)).toBe(32 + jsonOf(cited));
    const long = { model: "gpt-4o", messages: [{ role: "user", content: "a".repeat(20_000) }] };
    expect(tokensAt(openaiChat, long)).toBe(24 + jsonOf(long));
  });

  it("templates leave every text with all of its bytes, in any form", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 9 }), (texts) => {
        const said = texts.map((content) => ({ role: "user", content }));
        const bytes = texts.map((each) =>
          Math.max(Buffer.byteLength(each), Buffer.byteLength(each.normalize("NFKC"))),
        );
        const least = bytes.reduce((sum, one) => sum + one + 5, 0);
        expect(tokensAt(openaiChat, { model: "gpt-4o", messages: said })).toBeGreaterThan(least);
      }),
    );
  });

  it("templates count as before for what a tokenizer or an earlier count is added to", () => {
    const body = { model: "gpt-4o", messages, tools: [own] };
    const { input } = askedOf(openaiChat, body);
    expect(input.besides).toBe(256 + 1024);
    expect(input.tokens + input.spared).toBe(jsonOf(body) + 256 + 1024);
  });
});
