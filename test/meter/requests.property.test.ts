import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";

/** `METER_INPUTS=1000000` for the long run. */
const runs = Number(process.env["METER_INPUTS"] ?? 3000);
const OUTPUT_MAX = 32_000;
const price = { inputTokens: 1, outputTokens: 10, context: 200_000, outputMax: OUTPUT_MAX };

/** A server: where it is, and the names of the limit that it reads. */
const SERVERS = [
  {
    url: "https://api.openai.com/v1/chat/completions",
    reads: ["max_completion_tokens", "max_tokens"],
  },
  { url: "https://api.mistral.ai/v1/chat/completions", reads: ["max_tokens"] },
  { url: "https://api.deepseek.com/chat/completions", reads: ["max_tokens"] },
  // Some read the newer name too, some pass it over.
  { url: "https://inference.example/v1/chat/completions", reads: ["max_tokens"] },
  {
    url: "https://inference.example/v1/chat/completions",
    reads: ["max_tokens", "max_completion_tokens"],
  },
  { url: "https://api.anthropic.com/v1/messages", reads: ["max_tokens"] },
  { url: "https://api.openai.com/v1/responses", reads: ["max_output_tokens"] },
] as const;

const names = fc.constantFrom(
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "n",
  "Max_Tokens",
  "maxTokens",
  "MAX_COMPLETION_TOKENS",
  String.raw`max\u005ftokens`,
  "temperature",
  "stop",
);
const values = fc.oneof(
  fc.integer({ min: 0, max: 40_000 }).map(String),
  fc.integer({ min: 1, max: 9 }).map(String),
  fc.integer({ min: 0, max: 9000 }).map((count) => JSON.stringify(String(count))),
  fc.constantFrom("null", "-1", "1.5", "1e3", "[]", "{}", "true", '""', "1e999"),
);

/** The members of an object as they are written, doubles among them. */
function textOf(url: string, members: readonly (readonly [string, string])[]): string {
  const isResponse = url.endsWith("responses");
  const content = isResponse ? '"input":"Hi"' : '"messages":[{"role":"user","content":"Hi"}]';
  const fixed = `"model":"m",${content}`;
  return `{${[fixed, ...members.map(([name, value]) => `"${name}":${value}`)].join(",")}}`;
}

/** What the least strict reader takes a member for: any spelling, numbers as text, the highest. */
function lenient(text: string, name: string): readonly number[] {
  const plain = (each: string): string => each.toLowerCase().replaceAll("_", "");
  const found: number[] = [];
  for (const [, key = "", value = ""] of text.matchAll(
    /"((?:[^"\\]|\\.)*)":("[^"]*"|[^,{}[\]"]+)/g,
  )) {
    const read: unknown = JSON.parse(`"${key}"`);
    const count = Number(value.replaceAll('"', ""));
    if (plain(String(read)) === plain(name) && value !== '""' && Number.isFinite(count))
      if (value !== "null" && value !== "true") found.push(count);
  }
  return found;
}

describe("requests of any kind", () => {
  it("requests of any kind are refused, or held for whatever the server may read in them", async () => {
    let forwards = 0;
    const members = fc.array(fc.tuple(names, values), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SERVERS), members, async ({ url, reads }, listed) => {
        let report: ExchangeReport | undefined;
        let forwarded: string | undefined;
        const fetch = meteredFetch(new BudgetPool(), {
          prices: priceBook.with({ m: price }),
          onExchange: (each) => {
            report = each;
          },
          fetch: (_input, init) => {
            forwarded = typeof init?.body === "string" ? init.body : undefined;
            return Promise.resolve(Response.json({}, { status: 503 }));
          },
        });
        const text = textOf(url, listed);
        const answer = await fetch(url, { method: "POST", body: text });
        await answer.text();
        if (report?.outcome === "refused") {
          expect([forwarded, answer.status]).toEqual([undefined, 400]);
          return;
        }
        forwards++;
        const sent = forwarded ?? "";
        const limits = reads.flatMap((name) => lenient(sent, name)).filter((each) => each >= 0);
        const limit = limits.length === 0 ? OUTPUT_MAX : Math.max(...limits);
        const choices = Math.max(1, ...(url.endsWith("completions") ? lenient(sent, "n") : []));
        expect(report?.held?.outputTokens).toBeGreaterThanOrEqual(limit * choices);
        // Where the templates are known, members that steer are not counted.
        const read = /openai|anthropic/.test(url) ? "Hi".length + 24 : text.length;
        expect(report?.held?.inputTokens).toBeGreaterThanOrEqual(read);
        // Of every member only one reading is left.
        const [kept, keys] = [JSON.parse(sent), [...sent.matchAll(/"(?:[^"\\]|\\.)*":/g)]];
        expect(Object.keys(kept).length + (url.endsWith("responses") ? 0 : 2)).toBe(keys.length);
      }),
      { numRuns: runs },
    );
    expect(forwards).toBeGreaterThan(runs / 10);
  });
});
