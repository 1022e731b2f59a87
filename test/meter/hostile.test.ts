import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { Exchange } from "../../src/meter/exchange.ts";
import { meterExchange } from "../../src/meter/meter-exchange.ts";
import { readMeterOptions } from "../../src/meter/options.ts";
import { EXCHANGES } from "./exchanges/all.ts";
import type { ExchangeFixture } from "./exchanges/fixture.ts";
import { run } from "./exchanges/run.ts";

const DEEP = 200_000;
/** Values that are longer are tried in fewer places. */
const LONG = 100_000;
const NESTED_LIST = `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`;
const NESTED_OBJECT = `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`;

const encoder = new TextEncoder();

/** Values that no provider ought to send. */
const VALUES: readonly (readonly [name: string, json: string])[] = [
  ["lists that are nested 200,000 deep", NESTED_LIST],
  ["objects that are nested 200,000 deep", NESTED_OBJECT],
  ["1e999", "1e999"],
  ["2^53", "9007199254740992"],
  ["2^53 − 1", "9007199254740991"],
  ["a negative number", "-5"],
  ["a fraction", "0.5"],
  ["a text", '"many"'],
  ["null", "null"],
  ["__proto__", '{"__proto__":{"input_tokens":1}}'],
  ["half of a pair", String.raw`"\ud83d"`],
  ["a megabyte of text", JSON.stringify("字".repeat(350_000))],
];
/** Members of answers, of which each is replaced by each value. */
const MEMBERS =
  /"(?:usage|usageMetadata|prompt_tokens|input_tokens|promptTokenCount|completion_tokens|output_tokens|candidatesTokenCount|total_tokens|content|text|choices|candidates|message|delta|model|service_tier|type|parts|iterations)":/g;

/** Answers with one member replaced. */
function hostileTo({ answer: { body } }: ExchangeFixture, json: string): string[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return [...text.matchAll(MEMBERS)].map(({ index, 0: name }) => {
    const before = text.slice(0, index + name.length);
    // What was the value is another member now.
    return `${before}${json},"old":${text.slice(index + name.length)}`;
  });
}

const TITLES = [
  "openai: a whole answer",
  "openai: a stream",
  "a stream",
  "a whole message, with both caches",
  "compaction is a pass",
  "a whole answer with thoughts",
  "the last chunk leaves",
  "searches are held",
  "Ollama's own format, as lines",
  "Ollama's own format, whole",
  "Voyage",
];
const SOME = EXCHANGES.filter(({ title }) => TITLES.some((start) => title.startsWith(start)));

describe("answers that no provider ought to send", () => {
  for (const [name, json] of VALUES) {
    it(`a hostile answer with ${name} in place of any member throws nothing and leaves nothing held`, async () => {
      expect(SOME.length).toBeGreaterThanOrEqual(TITLES.length);
      for (const fixture of SOME) {
        for (const body of hostileTo(fixture, json).slice(0, json.length > LONG ? 4 : 12)) {
          const { pool, report, seen } = await run(
            { ...fixture, answer: { ...fixture.answer, body } },
            65_536,
          );
          expect(pool.snapshot().openReservations).toBe(0);
          expect(["used", "bounded", "released"]).toContain(report?.outcome);
          // Released only where the answer reads as an error.
          if (report?.outcome === "released") expect(body).toMatch(/error/);
          if (fixture.expected.forwarded === undefined) expect(seen).toBe(body);
        }
      }
    });
  }

  it("bytes that are no UTF-8 are counted, and passed on as they are", async () => {
    const { pool, exchange } = await opened();
    const bytes = new Uint8Array([...encoder.encode("data: "), 0xff, 0xc0, 0x80, 10, 10]);
    expect(exchange.push(bytes)).toEqual(bytes);
    await exchange.end();
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { calls: 1 } });
  });
});

/** An exchange whose answer is to come, with usage that was asked for on behalf of the caller. */
async function opened(): Promise<{ pool: BudgetPool; exchange: Exchange }> {
  const pool = new BudgetPool();
  const found = await meterExchange(pool, readMeterOptions({}), {
    method: "POST",
    url: new URL("https://api.openai.com/v1/chat/completions"),
    body: () => Promise.resolve('{"model":"gpt-4o","stream":true,"max_tokens":9,"messages":[]}'),
  });
  if (found.kind !== "held") throw new Error(`It was ${found.kind}`);
  found.exchange.responded(200);
  return { pool, exchange: found.exchange };
}

/** How many bytes and characters are decoded, copied and searched while something is done. */
async function workOf(step: () => Promise<void>): Promise<number> {
  let work = 0;
  const count = (size: number): void => {
    work += size;
  };
  const restores = [
    watched(Uint8Array.prototype, "slice", (bytes) => count(Object(bytes).length)),
    watched(Uint8Array.prototype, "set", (_bytes, from) => count(Object(from).length)),
    watched(TextDecoder.prototype, "decode", (_decoder, bytes) => count(Object(bytes).length ?? 0)),
    watched(String.prototype, "indexOf", (text, _what, from = 0) =>
      count(String(text).length - Number(from)),
    ),
    watched(RegExp.prototype, "exec", (pattern, text) =>
      count(String(text).length - Number(Object(pattern).lastIndex)),
    ),
  ];
  try {
    await step();
  } finally {
    for (const restore of restores) restore();
  }
  return work;
}

/** Has a method report what it is called with; returns what undoes that. */
function watched(
  prototype: object,
  name: string,
  report: (self: unknown, ...given: readonly unknown[]) => void,
): () => void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== "function") throw new TypeError(`There is no ${name}`);
  Reflect.set(prototype, name, function call(this: unknown, ...given: readonly unknown[]): unknown {
    report(this, ...given);
    return Reflect.apply(original, this, given);
  });
  return () => void Reflect.set(prototype, name, original);
}

describe("work", () => {
  /** The work for an answer of so many bytes, in pieces of a kilobyte. */
  async function workFor(bytes: number, prefix: string): Promise<number> {
    const { exchange } = await opened();
    const piece = encoder.encode("a".repeat(1024));
    return workOf(async () => {
      exchange.push(encoder.encode(prefix));
      for (let at = 0; at < bytes; at += piece.length) exchange.push(piece);
      await exchange.end();
    });
  }

  it.each([
    ["an event without an end", 'data: {"choices":[{"delta":{"content":"'],
    ["a line that is nothing", "x"],
    ["a comment", ": "],
    ["an empty list of choices", 'data: {"choices":[],"usage":{"x":"'],
    ["one JSON", '{"choices":[{"message":{"content":"'],
  ])("%s that is four times as long takes four times the work (p04)", async (_name, prefix) => {
    const [small, large] = [await workFor(2 ** 18, prefix), await workFor(2 ** 20, prefix)];
    expect(small).toBeGreaterThan(0);
    expect(large / small).toBeLessThan(5);
  });
});
