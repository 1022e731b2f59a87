import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { UsageChunkFilter } from "../../src/wire/stream/usage-chunk-filter.ts";
import { openaiChat } from "../../src/wire/openai/chat.ts";

const encoder = new TextEncoder();
const USAGE = JSON.stringify({
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});

/** What is passed on of a stream that comes in pieces. */
function passed(stream: string, cuts: readonly number[]): string {
  const filter = new UsageChunkFilter((data) => openaiChat.isUsageOnly?.(data) === true);
  const bytes = encoder.encode(stream);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (one, other) => one - other,
  );
  const decoder = new TextDecoder();
  let text = "";
  for (const [index, from] of places.slice(0, -1).entries())
    text += decoder.decode(filter.push(bytes.slice(from, places[index + 1])), { stream: true });
  return text + decoder.decode(filter.end());
}

describe("UsageChunkFilter", () => {
  const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
  const event = fc.oneof(
    fc
      .string({ unit: "grapheme" })
      .map(
        (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }], usage: null })}`,
      ),
    fc.constantFrom(
      ": a comment",
      "event: x",
      "data: [DONE]",
      'data: {"choices":[],"prompt_filter_results":[]}',
      'data: {"choices":[{"delta":{"content":"{\\"choices\\":[],\\"usage\\":1}"}}]}',
    ),
  );

  it("UsageChunkFilter removes the added usage chunk, and passes every other byte, wherever it is cut", () => {
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(event), lineEnd, fc.nat(), cuts, (events, end, at, places) => {
        const whole = (listed: readonly string[]): string =>
          listed.map((each) => each + end + end).join("");
        const index = at % (events.length + 1);
        const withUsage = [...events.slice(0, index), `data: ${USAGE}`, ...events.slice(index)];
        expect(passed(whole(withUsage), places)).toBe(whole(events));
        // What is no whole event at the end is passed on too.
        expect(passed(`${whole(events)}data: {"cho`, places)).toBe(`${whole(events)}data: {"cho`);
      }),
      { numRuns: 1000 },
    );
  });

  it("UsageChunkFilter passes an event on as soon as it is whole", () => {
    const filter = new UsageChunkFilter(() => false);
    const bytes = encoder.encode("data: 1\n\n");
    expect(filter.push(bytes.slice(0, 5)).length).toBe(0);
    expect(filter.push(bytes.slice(5))).toEqual(bytes);
    expect(filter.push(bytes)).toEqual(bytes);
  });

  it("UsageChunkFilter passes what a reader of the whole stream would, cut at every place", () => {
    const streams = fc.array(fc.oneof(event, fc.constant(`data: ${USAGE}`)), { maxLength: 6 });
    fc.assert(
      fc.property(streams, lineEnd, fc.boolean(), (events, end, isClosed) => {
        const stream = events.map((each) => each + end + end).join("");
        const text = isClosed ? stream : `${stream}data: ${USAGE.slice(0, 20)}`;
        const expected = withoutUsage(text, end);
        const { length } = encoder.encode(text);
        for (let at = 0; at <= length; at++) expect(passed(text, [at])).toBe(expected);
        const all = Array.from({ length }, (_, at) => at);
        expect(passed(text, all)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });
});

/** A stream without the events that only report usage, read as a whole. */
function withoutUsage(text: string, end: string): string {
  return text
    .split(end + end)
    .map((each, index, all) => (index < all.length - 1 ? each + end + end : each))
    .filter((each) => each.trim() !== `data: ${USAGE}`)
    .join("");
}
