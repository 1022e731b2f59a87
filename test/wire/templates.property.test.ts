// What templates add to a request by provider (docs/decisions/0065): as OpenAI's cookbook counts functions, and who is held for
// longer ones.

import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";

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
  const tokensAt = (...asked: Parameters<typeof askedOf>): number => {
    const { tokens } = askedOf(...asked).input;
    return tokens - JSON.stringify(asked[1]).length;
  };

  it("are shorter where they are known to be", () => {
    expect(tokensAt(openaiChat, { model: "gpt-4o", messages })).toBe(64);
    expect(tokensAt(openaiChat, { model: "gpt-4o", messages, tools: [own] })).toBe(192);
    const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
    const tools = [{ functionDeclarations: [{ name: "look" }] }];
    expect(tokensAt(gemini, { contents })).toBe(64);
    expect(tokensAt(gemini, { contents, tools })).toBe(320);
  });

  it("are not where the provider defines a tool, or has any template", () => {
    const body = { model: "gpt-4o", messages, tools: [own, { type: "computer" }] };
    expect(tokensAt(openaiChat, body)).toBe(64 + 1024);
    expect(tokensAt(openaiChat, { model: "m", messages, tools: [own] }, TOGETHER_URL)).toBe(
      2048 + 1024,
    );
  });

  it("count as before for what a tokenizer or an earlier count is added to", () => {
    const { input } = askedOf(openaiChat, { model: "gpt-4o", messages, tools: [own] });
    expect(input.besides).toBe(256 + 1024);
    expect(input.spared).toBe(256 + 1024 - 192);
  });
});
