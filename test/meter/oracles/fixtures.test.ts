// Others read the answers of the fixtures too. Where they and the meter differ, a reason is named
// here; a reason that nothing needs any more fails as well.

import { describe, expect, it } from "vitest";

import { EXCHANGES } from "../exchanges/all.ts";
import type { ExchangeFixture } from "../exchanges/fixture.ts";
import { run } from "../exchanges/run.ts";
import { countsByAiSdk, countsByGenaiPrices, countsOf, differing, formatAt } from "./counts.ts";
import type { Counts, Format } from "./counts.ts";

type Oracle = "AI SDK" | "genai-prices";

const TOTAL = "it does not look at the total, which is more than its parts (M3)";
const PASS = "it passes over what other models have used besides (M3)";
const IMAGE_TOOL =
  "it passes over what the image tool has used, which `tool_usage` reports besides";
const BESIDE = "it takes reasoning to be inside of the output, of which there is less";
const NOT_OPENAI = "the converter is the one for OpenAI, which does not have this count";

/** Why an oracle differs on a fixture, by the beginning of the fixture's title. */
const REASONS: Readonly<Record<Oracle, Readonly<Record<string, string>>>> = {
  "AI SDK": {
    "output that only the total shows (A06)": TOTAL,
    "in OpenAI's format thoughts are in the total only (U3)": TOTAL,
    "thoughts that were not asked for are in the total (m07)": TOTAL,
    "an advisor is another model, at its own price (U2, A02)": PASS,
    "the last chunk leaves a count out that an earlier one had (U6)":
      "it takes the last report alone (M3: reports are merged)",
    "Vercel: more reasoning than completion stands beside it (U4)": BESIDE,
    "xAI: no limit covers reasoning, which is billed beside the completion (B1)": BESIDE,
    "Mistral: audio is counted beside the prompt (U5)": NOT_OPENAI,
    "DeepSeek: hits of the cache at the top": NOT_OPENAI,
    "Moonshot: cached tokens at the top of usage (A11)": NOT_OPENAI,
  },
  "genai-prices": {
    "output that only the total shows (A06)": TOTAL,
    "in OpenAI's format thoughts are in the total only (U3)": TOTAL,
    "thoughts that were not asked for are in the total (m07)": TOTAL,
    "compaction is a pass of its own (U1, A01, m07)": PASS,
    "an advisor is another model, at its own price (U2, A02)": PASS,
    "an image of Responses is held by size and quality, and booked as it is reported": IMAGE_TOOL,
  },
};

const LONG = 100_000;

/** Fixtures that are booked as reported, and that an oracle may read. */
const READ = EXCHANGES.flatMap((fixture) => {
  const { body, isCut } = fixture.answer;
  const format = formatAt(fixture.url);
  const isRead = fixture.expected.outcome === "used" && isCut !== true;
  if (!isRead || format === undefined || body instanceof Uint8Array) return [];
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.length > LONG ? [] : [{ fixture, format, text }];
});

/** What is booked, in all passes, and what of it was read from or written to a cache. */
async function booked(fixture: ExchangeFixture): Promise<Counts> {
  const { report } = await run(fixture, 4096);
  if (report?.booked === undefined) throw new Error(`${fixture.title} is not booked`);
  const { inputTokens, outputTokens } = report.booked;
  return { ...countsOf(report.usage ?? {}), input: inputTokens, output: outputTokens };
}

async function readBy(
  oracle: Oracle,
  { provider, answer }: ExchangeFixture,
  format: Format,
  text: string,
): Promise<Counts | undefined> {
  if (oracle === "AI SDK") return countsByAiSdk(format, text);
  return typeof answer.body === "object"
    ? countsByGenaiPrices(provider, format, answer.body)
    : undefined;
}

for (const oracle of ["AI SDK", "genai-prices"] as const) {
  describe(`${oracle} and the books`, () => {
    it(`${oracle} and the books agree on the fixtures, or a reason says why not`, async () => {
      const reasons = Object.entries(REASONS[oracle]);
      const needed = new Set<string>();
      const unexplained: string[] = [];
      let compared = 0;
      for (const { fixture, format, text } of READ) {
        const theirs = await readBy(oracle, fixture, format, text);
        if (theirs === undefined) continue;
        compared++;
        const ours = await booked(fixture);
        const names = differing(ours, theirs);
        if (names.length === 0) continue;
        const reason = reasons.find(([title]) => fixture.title.startsWith(title));
        if (reason === undefined)
          unexplained.push(
            `${fixture.title}: ${names.map((name) => `${name} ${ours[name]} and ${theirs[name]}`).join(", ")}`,
          );
        else needed.add(reason[0]);
      }
      expect(unexplained).toEqual([]);
      expect(reasons.map(([title]) => title).filter((title) => !needed.has(title))).toEqual([]);
      expect(compared).toBeGreaterThan(25);
    });
  });
}
