import fc from "fast-check";
import { countTokens as countCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";
import { encodeChat } from "gpt-tokenizer/model/gpt-4o";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch, publicTokenizer } from "../../src/meter/index.ts";
import type { ExchangeReport, MeterOptions } from "../../src/meter/index.ts";
import { tokenizerBound } from "../../src/meter/public-tokenizer.ts";
import { piecesOf } from "../../src/meter/token-pieces.ts";
import { openaiChat } from "../../src/wire/openai/chat.ts";
import { requestOf } from "../wire/asked.ts";

const tokenizer = publicTokenizer({ o200k_base: countO200k, cl100k_base: countCl100k });
const all = { allowedSpecial: "all" } as const;
const ENCODINGS = [
  ["gpt-5-mini", (text: string) => countO200k(text, all)],
  ["gpt-4-0613", (text: string) => countCl100k(text, all)],
] as const;

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 600 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.lorem({ maxCount: 60 }),
  fc.base64String({ maxLength: 900 }),
  fc.json(),
  fc
    .array(
      fc.constantFrom(
        "it's",
        " we’ll",
        "字",
        "。",
        "\n",
        "\r\n",
        "  ",
        " a",
        "é",
        "e\u0301",
        "1",
        "<|endoftext|>",
        "🧑‍🚀",
        "//",
      ),
      { maxLength: 150 },
    )
    .map((parts) => parts.join("")),
);

describe("a public tokenizer", () => {
  for (const [model, count] of ENCODINGS) {
    it(`a public tokenizer counts a text of ${model} as the library does, or higher`, () => {
      fc.assert(
        fc.property(text, (content) => {
          const told = tokenizer.countTokens(content, model) ?? 0;
          expect(told).toBeGreaterThanOrEqual(count(content));
          const isPlain = [...piecesOf(content)].every(({ isLong }) => !isLong);
          if (isPlain && !content.includes("<|")) expect(told).toBe(count(content));
        }),
        { numRuns: 1500 },
      );
    });
  }

  it("a public tokenizer cuts a long text without changing its count", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 50, maxLength: 80 }), (parts) => {
        const content = parts.join(" ").replaceAll("<|", "");
        const told = tokenizer.countTokens(content, "gpt-4o") ?? 0;
        expect(told).toBeGreaterThanOrEqual(countO200k(content, all));
      }),
      { numRuns: 60 },
    );
  });

  it("F55: a public tokenizer encodes no run that takes more than linear time, whatever is written", () => {
    let longest = 0;
    const watched = publicTokenizer({
      o200k_base: (piece) => {
        for (const run of piece.split(/[\s,.]/)) longest = Math.max(longest, run.length);
        return countO200k(piece);
      },
    });
    for (const unit of ["a", " ", "字", "\n", "1", "!", "a1", "é\u0301", "💥", "x\t"])
      expect(watched.countTokens(unit.repeat(500_000), "gpt-4o")).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(256);
  });

  it("a public tokenizer counts in bytes where the library throws or returns nonsense", () => {
    for (const encode of [
      () => Number.NaN,
      () => -1,
      () => 1e9,
      (): number => {
        throw new Error("special");
      },
    ])
      expect(publicTokenizer({ o200k_base: encode }).countTokens("four", "gpt-4o")).toBe(4);
    const listed = publicTokenizer({ o200k_base: () => [1, 2] });
    expect(listed.countTokens("four", "gpt-4o")).toBe(2);
  });

  it("a public tokenizer gives no count for models that it is not published for", () => {
    for (const model of ["gpt-6", "gpt-40", "claude-sonnet-5", "my-deployment", "o200k", ""])
      expect(tokenizer.countTokens("four", model)).toBeUndefined();
    expect(
      publicTokenizer({ cl100k_base: countCl100k }).countTokens("x", "gpt-4o"),
    ).toBeUndefined();
  });

  it("publicTokenizer rejects invalid encoders", () => {
    for (const wrong of [{}, undefined, { o200k_base: 5 }, { other: countO200k }])
      expect(() => publicTokenizer(wrong as never)).toThrow(TypeError);
  });
});

describe("the bound by a public tokenizer", () => {
  const source = tokenizerBound(tokenizer);
  const role = fc.constantFrom("system", "user", "assistant");
  // The library's own chat throws at the names of special tokens.
  const content = text.map((each) => each.replaceAll("<|", ""));
  const messages = fc.array(fc.record({ role, content }), { minLength: 1, maxLength: 12 });

  function boundFor(body: object): number | undefined {
    const request = requestOf(openaiChat, body);
    const asked = openaiChat.asked(request);
    const model = asked.model ?? "";
    const bound = source.tighten({
      ...request,
      wire: "openai-chat",
      model,
      asked,
      header: () => undefined,
      atMs: 0,
      send: undefined,
    } as never);
    return (bound as { inputTokens: number } | undefined)?.inputTokens;
  }

  it("the bound by a public tokenizer is never below a conversation with its template, nor far above", () => {
    fc.assert(
      fc.property(messages, (listed) => {
        const tokens = encodeChat(listed, "gpt-4o").length;
        expect(boundFor({ model: "gpt-4o", messages: listed })).toBeGreaterThanOrEqual(tokens);
      }),
      { numRuns: 500 },
    );
  });

  it("the bound by a public tokenizer adds up: a conversation has no more than its beginning and what is added", () => {
    fc.assert(
      fc.property(messages, messages, (before, added) => {
        const tokens = encodeChat([...before, ...added], "gpt-4o").length;
        const beginning = boundFor({ model: "gpt-4o", messages: before }) ?? 0;
        const rest = boundFor({ model: "gpt-4o", messages: added }) ?? 0;
        expect(tokens).toBeLessThanOrEqual(beginning + rest);
      }),
      { numRuns: 300 },
    );
  });

  it("the bound by a public tokenizer counts in bytes what may be encrypted", () => {
    const key = "Ab3dEfGh".repeat(100);
    expect(
      boundFor({ model: "gpt-4o", messages: [{ role: "user", content: key }] }),
    ).toBeGreaterThan(key.length);
  });

  it("the bound by a public tokenizer is used where the bytes do not fit, and named in the report", async () => {
    const long = "The budget that holds, whatever is spent. ".repeat(2000);
    const usage = { prompt_tokens: 18_000, completion_tokens: 1, total_tokens: 18_001 };
    async function called(options: MeterOptions): Promise<readonly [number, ExchangeReport]> {
      const pool = new BudgetPool({ caps: { inputTokens: 40_000 } });
      const reports: ExchangeReport[] = [];
      const fetch = meteredFetch(pool, {
        ...options,
        countTokens: false,
        onExchange: (each) => reports.push(each),
        fetch: () => Promise.resolve(Response.json({ model: "gpt-4o", choices: [], usage })),
      });
      const talk = [{ role: "user", content: long }];
      const body = JSON.stringify({ model: "gpt-4o", max_tokens: 10, messages: talk });
      const url = "https://api.openai.com/v1/chat/completions";
      const answer = await fetch(url, { method: "POST", body });
      await answer.text();
      return [answer.status, reports[0]!];
    }
    const [status, report] = await called({ tokenizer });
    expect(status).toBe(200);
    expect(report.held?.inputTokens).toBeLessThan(21_000);
    expect(report.held?.inputTokens).toBeGreaterThan(countO200k(long));
    expect(JSON.stringify(report)).toContain("a public tokenizer");
    const [refused] = await called({});
    expect(refused).not.toBe(200);
  });
});
