import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EXCHANGES } from "./exchanges/all.ts";
import type { ExchangeFixture } from "./exchanges/fixture.ts";
import { run } from "./exchanges/run.ts";

/** `METER_INPUTS=1000000` for the long run. */
const runs = Number(process.env["METER_INPUTS"] ?? 1500);

const LONG = 100_000;
const used = EXCHANGES.filter(
  ({ expected, answer }) =>
    expected.outcome === "used" && JSON.stringify(answer.body).length < LONG,
);

/** Where objects of usage stand in an answer, each by its path from the top. */
function usageIn(value: unknown, path: readonly string[] = [], isInside = false): string[][] {
  if (typeof value !== "object" || value === null) return [];
  const inside = isInside || /usage/i.test(path.at(-1) ?? "");
  const own = inside && !Array.isArray(value) ? [[...path]] : [];
  const inner = Object.entries(value).flatMap(([name, each]) =>
    usageIn(each, [...path, name], inside),
  );
  return [...own, ...inner];
}

/** A copy of an answer with one more number in it. */
function withNumber(body: object, path: readonly string[], name: string, value: number): object {
  const copy = structuredClone(body);
  let at: object = copy;
  for (const key of path) at = Object(Reflect.get(at, key));
  Reflect.set(at, name, value);
  return copy;
}

function withBody(fixture: ExchangeFixture, body: object | string): ExchangeFixture {
  return { ...fixture, answer: { ...fixture.answer, body } };
}

describe("counts that are not known", () => {
  const whole = used.filter(({ answer: { body } }) => typeof body === "object");
  const name = fc.constantFrom("hologram_tokens", "dreamTokenCount", "x", "cost_of_air", "é");
  const value = fc.oneof(
    fc.nat().map((each) => each + 1),
    fc.constantFrom(0.5, -1, 2 ** 53, 1e300),
  );

  it("unknown counts never leave a booking that is lower and certain, wherever they stand in usage", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.nat(),
        name,
        value,
        async (fixture, at, key, count) => {
          const body = Object(fixture.answer.body);
          const places = usageIn(body);
          const place = places[at % Math.max(1, places.length)];
          if (place === undefined) return;
          const [before, after] = [
            await run(fixture, 4096),
            await run(withBody(fixture, withNumber(body, place, key, count)), 4096),
          ];
          const [plain, changed] = [before.report, after.report];
          expect(changed?.booked?.usd).toBeGreaterThanOrEqual(plain?.booked?.usd ?? 0);
          expect(changed?.booked?.inputTokens).toBeGreaterThanOrEqual(
            plain?.booked?.inputTokens ?? 0,
          );
          expect(changed?.booked?.outputTokens).toBeGreaterThanOrEqual(
            plain?.booked?.outputTokens ?? 0,
          );
          // A provider that reports its whole charge has charged for it, whatever it is.
          if (!reportsCharge(fixture)) expect(changed?.doubts.join()).toContain(key);
        },
      ),
      { numRuns: runs },
    );
  });
});

/** Whether the dollars of an exchange are the provider's own. */
function reportsCharge({ provider, answer }: ExchangeFixture): boolean {
  const reports = ["openrouter", "vercel", "xai", "perplexity"].includes(provider);
  return reports && /"(?:total_)?cost|cost_in_usd_ticks/.test(JSON.stringify(answer.body));
}

/** The counts that one event reports, as a plain reader adds them up. */
function reportedBy(event: unknown): readonly [input: number, output: number] {
  const usages = [
    ["usage"],
    ["message", "usage"],
    ["response", "usage"],
    ["choices", "0", "usage"],
    ["usageMetadata"],
  ].map((path) => path.reduce<unknown>((at, name) => Reflect.get(Object(at), name), event));
  let [input, output] = [0, 0];
  for (const usage of usages) {
    const count = (name: string): number => Number(Reflect.get(Object(usage), name) ?? 0);
    const cached = count("cache_read_input_tokens") + count("cache_creation_input_tokens");
    const ofChat = Math.max(count("prompt_tokens"), count("promptTokenCount"));
    input = Math.max(input, ofChat, count("input_tokens") + cached);
    output = Math.max(
      output,
      count("completion_tokens"),
      count("output_tokens"),
      count("candidatesTokenCount") + count("thoughtsTokenCount"),
    );
  }
  return [input, output];
}

/** The most that the whole events in a text report. */
function reportedIn(text: string): readonly [input: number, output: number] {
  const events = text.split("\n\n").slice(0, -1);
  const data = events.map((event) => event.replace(/^(?:event: .*\n)?data: /, ""));
  const counts = data.map((each) =>
    reportedBy(each.startsWith("{") ? JSON.parse(each) : undefined),
  );
  return [
    Math.max(0, ...counts.map(([input]) => input)),
    Math.max(0, ...counts.map(([, output]) => output)),
  ];
}

describe("streams that are cut", () => {
  const streams = used.flatMap((fixture) => {
    const { body } = fixture.answer;
    return typeof body === "string" && body.includes("data: ") ? [{ fixture, body }] : [];
  });

  it("a stream cut at any byte books at least the usage reported by then", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...streams), fc.nat(), async ({ fixture, body }, at) => {
        const text = body.slice(0, at % (body.length + 1));
        const cut = { ...fixture, answer: { ...fixture.answer, body: text, isCut: true } };
        const { report, pool } = await run(cut, 64);
        const [input, output] = reportedIn(text);
        expect(report?.booked?.inputTokens).toBeGreaterThanOrEqual(input);
        expect(report?.booked?.outputTokens).toBeGreaterThanOrEqual(output);
        expect(report?.booked?.usd).toBeGreaterThan(0);
        expect(pool.snapshot().openReservations).toBe(0);
      }),
      { numRuns: runs },
    );
  });
});
