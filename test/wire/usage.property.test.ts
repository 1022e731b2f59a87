import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { priceBook } from "../../src/prices/index.ts";
import { EventReader } from "../../src/wire/stream/sse.ts";
import type { ServerSentEvent } from "../../src/wire/stream/sse.ts";
import { readerOf } from "./fixtures/fixture.ts";
import { openaiChatFixtures } from "./fixtures/openai-chat.ts";
import { otherFixtures } from "./fixtures/others.ts";
import { streamFixtures } from "./fixtures/streams.ts";

/** `WIRE_INPUTS=1000000` for the long run. */
const runs = Number(process.env["WIRE_INPUTS"] ?? 20_000);
const encoder = new TextEncoder();

/** Bytes cut at these places. */
function piecesOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

describe("whole responses", () => {
  for (const fixture of [...openaiChatFixtures, ...otherFixtures]) {
    const { title, body, usage, isWhole, model, service = {}, reportedUsd } = fixture;
    const { passes = [], doubts = [] } = fixture;
    it(`a whole response reports its usage: ${title}`, () => {
      const reader = readerOf(fixture, false);
      reader.push(encoder.encode(JSON.stringify(body)));
      const found = reader.end();
      expect(found?.usage).toEqual(usage);
      expect(found?.isWhole ?? false).toBe(isWhole);
      if (usage !== undefined)
        expect(found).toMatchObject({ model, service, reportedUsd, passes, doubts });
      // Every class is one that a price knows.
      const price = priceBook.find("gpt-5.5", { at: Date.parse("2026-10-01") });
      expect(price.amount(found?.usage ?? {}).calls).toBe(1);
    });
  }
});

describe("streams", () => {
  for (const fixture of streamFixtures) {
    const { title, text, usage, isWhole, outputBytes } = fixture;
    it(`a stream cut into any pieces reports its usage: ${title}`, () => {
      const bytes = encoder.encode(text);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
          const reading = readerOf(fixture, true);
          for (const piece of piecesOf(bytes, cuts)) reading.push(piece);
          const found = reading.end();
          expect(found?.usage).toEqual(usage);
          expect(found?.isWhole ?? false).toBe(isWhole);
          expect(reading.outputBytes).toBe(outputBytes);
        }),
        { numRuns: 200 },
      );
    });
  }

  it("an empty piece behind a backslash does not end the escape", () => {
    const fixture = streamFixtures.find(({ title }) => title === "Gemini, one long array");
    if (fixture === undefined) throw new Error("the fixture is gone");
    const bytes = encoder.encode(fixture.text);
    for (let at = 0; at <= bytes.length; at++) {
      const reading = readerOf(fixture, true);
      for (const piece of piecesOf(bytes, [at, at])) reading.push(piece);
      expect(reading.end()?.usage).toEqual(fixture.usage);
    }
  });

  it(
    `${runs} broken streams: never a throw, and never an invalid count`,
    { timeout: 3_600_000 },
    () => {
      const mutation = fc.record({
        fixture: fc.constantFrom(...streamFixtures),
        at: fc.nat(2000),
        remove: fc.nat(40),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc
            .constantFrom("\n\n", "null", "-1", "1e999", '{"usage":{}}', "data:", "[]", '"', "\0")
            .map((text) => encoder.encode(text)),
        ),
        cuts: fc.array(fc.nat(2000), { maxLength: 5 }),
      });
      fc.assert(
        fc.property(mutation, ({ fixture, at, remove, insert, cuts }) => {
          const bytes = encoder.encode(fixture.text);
          const from = Math.min(at, bytes.length);
          const broken = new Uint8Array([
            ...bytes.subarray(0, from),
            ...insert,
            ...bytes.subarray(from + remove),
          ]);
          const reading = readerOf(fixture, true);
          const within = cuts.map((cut) => Math.min(cut, broken.length));
          for (const piece of piecesOf(broken, within)) reading.push(piece);
          const found = reading.end();
          for (const count of Object.values(found?.usage ?? {}))
            expect(Number.isSafeInteger(count) && Number(count) >= 0).toBe(true);
          expect(Number.isSafeInteger(reading.outputBytes)).toBe(true);
        }),
        { numRuns: runs },
      );
    },
  );
});

describe("EventReader", () => {
  const eventsOf = (text: string): ServerSentEvent[] => {
    const events: ServerSentEvent[] = [];
    const reader = new EventReader((event) => events.push(event));
    reader.push(encoder.encode(text));
    reader.end();
    return events;
  };

  it("EventReader joins lines of data, drops comments and other fields, and takes every line end", () => {
    expect(
      eventsOf(":x\nevent: a\ndata: 1\rdata:2\r\nid: 3\n\ndata\n\n\nretry: 5\n\ndata: end"),
    ).toEqual([
      { event: "a", data: "1\n2" },
      { event: "", data: "" },
      { event: "", data: "end" },
    ]);
  });

  it("EventReader skips events that are too long to report usage, and reads the next one", () => {
    const long = "x".repeat(64 * 1024 * 1024 + 1);
    expect(eventsOf(`data: ${long}\n\ndata: next\n\n`)).toEqual([{ event: "", data: "next" }]);
  });
});
