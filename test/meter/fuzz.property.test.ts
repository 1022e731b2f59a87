import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { meterExchange } from "../../src/meter/meter-exchange.ts";
import { readMeterOptions } from "../../src/meter/options.ts";
import { openaiChatFixtures } from "../wire/fixtures/openai-chat.ts";
import { otherFixtures } from "../wire/fixtures/others.ts";
import { streamFixtures } from "../wire/fixtures/streams.ts";

/** `METER_INPUTS=1000000` for the long run. */
const runs = Number(process.env["METER_INPUTS"] ?? 10_000);
const encoder = new TextEncoder();
const reports: ExchangeReport[] = [];
const settings = readMeterOptions({ onExchange: (report) => reports.push(report) });

const GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models";
/** A request in every format. */
const REQUESTS = [
  ["https://api.openai.com/v1/chat/completions", { model: "gpt-4o", stream: true, messages: [] }],
  ["https://api.openai.com/v1/chat/completions", { model: "gpt-5.5", messages: [] }],
  ["https://api.openai.com/v1/responses", { model: "gpt-4o", stream: true, input: "Hi" }],
  ["https://api.openai.com/v1/embeddings", { model: "text-embedding-3-small", input: "Hi" }],
  [
    "https://api.anthropic.com/v1/messages",
    { model: "claude-sonnet-4-5", stream: true, max_tokens: 99, messages: [] },
  ],
  [`${GOOGLE}/gemini-2.5-flash:streamGenerateContent`, { contents: [] }],
] as const;

const bodies = [
  ...openaiChatFixtures.map(({ body }) => JSON.stringify(body)),
  ...otherFixtures.map(({ body }) => JSON.stringify(body)),
  ...streamFixtures.map(({ text }) => text),
];

describe("exchanges", () => {
  it(
    `${runs} answers that are broken: nothing is thrown, nothing stays held, and nothing is $0`,
    { timeout: 3_600_000 },
    async () => {
      const answer = fc.record({
        request: fc.constantFrom(...REQUESTS),
        text: fc.constantFrom(...bodies),
        type: fc.constantFrom("text/event-stream", "application/json", "", "text/html"),
        at: fc.nat(2000),
        remove: fc.nat(60),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc
            .constantFrom("\n\n", "null", "-1", "1e999", "9007199254740991", '{"usage":{}}', "[]")
            .map((text) => encoder.encode(text)),
        ),
        cuts: fc.array(fc.nat(2000), { maxLength: 5 }),
        ending: fc.constantFrom("end", "interrupted", "failed"),
      });
      await fc.assert(
        fc.asyncProperty(answer, async (given) => {
          const pool = new BudgetPool();
          reports.length = 0;
          const [address, body] = given.request;
          const opened = await meterExchange(pool, settings, {
            method: "POST",
            url: new URL(address),
            body: () => Promise.resolve(JSON.stringify(body)),
          });
          if (opened.kind !== "held") throw new Error(`It was ${opened.kind}`);
          const { exchange } = opened;
          const bytes = encoder.encode(given.text);
          const from = Math.min(given.at, bytes.length);
          const broken = new Uint8Array([
            ...bytes.subarray(0, from),
            ...given.insert,
            ...bytes.subarray(from + given.remove),
          ]);
          exchange.responded(200, new Headers({ "content-type": given.type }));
          const places = [0, ...given.cuts.map((cut) => cut % (broken.length + 1)), broken.length];
          for (const [index, start] of places.toSorted((a, b) => a - b).entries())
            exchange.push(broken.subarray(start, places.toSorted((a, b) => a - b)[index + 1]));
          if (given.ending === "failed") await exchange.failed(new Error("cut"));
          else await exchange[given.ending === "end" ? "end" : "interrupted"]();
          const { used, openReservations } = pool.snapshot();
          const text = new TextDecoder().decode(broken);
          expect(openReservations).toBe(0);
          // An answer that is an error and shows nothing besides has cost nothing.
          const isError = reports.at(-1)?.outcome === "released";
          expect(isError && !text.includes('"error"')).toBe(false);
          expect(used.calls).toBe(isError ? 0 : 1);
          // What is reported as nothing at all is nothing: a count of 0 is a count.
          if (!isError && !/":\s*0[,}\]]/.test(text)) expect(used.usd).toBeGreaterThan(0);
        }),
        { numRuns: runs },
      );
    },
  );
});
