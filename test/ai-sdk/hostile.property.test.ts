// Answers of the AI SDK that no package ought to hand on: nothing is thrown, nothing stays held, and
// what cannot be read is booked as bounded.

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";

/** `METER_INPUTS=100000` for the long run. */
const runs = Math.min(Number(process.env["METER_INPUTS"] ?? 1000), 100_000);

const model = { provider: "openai.chat", modelId: "gpt-4o", specificationVersion: "v3" };
const params = {
  prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  maxOutputTokens: 50,
};

function metered() {
  const pool = new BudgetPool({ caps: { usd: 1000 } });
  const reports: ExchangeReport[] = [];
  const middleware = budgetMiddleware(pool, { onExchange: (report) => reports.push(report) });
  return { pool, reports, middleware };
}

/** Calls the middleware as the SDK does, with answers that its types do not allow for. */
function wrapped(middleware: object, name: string, options: object): Promise<unknown> {
  const wrap: unknown = Reflect.get(middleware, name);
  if (typeof wrap !== "function") throw new TypeError(`There is no ${name}`);
  return Reflect.apply(wrap, middleware, [{ ...options, params }]);
}

/** Hands a whole answer through the middleware. */
async function whole(
  answer: unknown,
): Promise<{ pool: BudgetPool; report: ExchangeReport | undefined }> {
  const { pool, reports, middleware } = metered();
  const found: unknown = await wrapped(middleware, "wrapGenerate", {
    model: { ...model, doGenerate: () => Promise.resolve(answer) },
  });
  expect(found).toBe(answer);
  return { pool, report: reports[0] };
}

/** Hands a stream of parts through the middleware. */
async function streamed(parts: readonly unknown[]) {
  const { pool, reports, middleware } = metered();
  const stream = ReadableStream.from(parts);
  const found: unknown = await wrapped(middleware, "wrapStream", {
    model: { ...model, doStream: () => Promise.resolve({ stream }) },
  });
  const seen: unknown[] = [];
  for await (const part of Object(found).stream) seen.push(part);
  expect(seen.length).toBe(parts.length);
  for (const [index, part] of seen.entries()) expect(part).toBe(parts[index]);
  return { pool, report: reports[0] };
}

function expectSettled({ pool, report }: Awaited<ReturnType<typeof whole>>): void {
  expect(pool.snapshot().openReservations).toBe(0);
  expect(["used", "bounded", "released"]).toContain(report?.outcome);
}

function nested(depth: number): unknown {
  let value: unknown = "a";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

const count = fc.oneof(
  fc.nat(1000),
  fc.constantFrom(Infinity, NaN, -1, 0.5, 2 ** 53, 2 ** 53 - 1, 1e300, "many", null, undefined, {}),
);
const usage = fc.oneof(
  fc.jsonValue(),
  fc.record(
    { inputTokens: count, outputTokens: count, totalTokens: count, cachedInputTokens: count },
    { requiredKeys: [] },
  ),
  fc.record({
    inputTokens: fc.record({ total: count, cacheRead: count, cacheWrite: count }),
    outputTokens: fc.record({ total: count, reasoning: count }),
    raw: fc.oneof(
      fc.jsonValue(),
      fc.record({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
      fc.record({
        input_tokens: count,
        output_tokens: count,
        iterations: fc.array(fc.jsonValue()),
      }),
      fc.record({ promptTokenCount: count, candidatesTokenCount: count, totalTokenCount: count }),
    ),
  }),
);

describe("answers that no package of the AI SDK ought to hand on", () => {
  it("a hostile answer, whole or streamed, with any usage, throws nothing and leaves nothing held", async () => {
    await fc.assert(
      fc.asyncProperty(usage, fc.jsonValue(), fc.jsonValue(), async (given, metadata, content) => {
        const answer = { usage: given, providerMetadata: metadata, content, finishReason: "stop" };
        expectSettled(await whole(answer));
        expectSettled(
          await streamed([
            { type: "text-delta", id: "0", delta: content },
            { type: "finish", usage: given, providerMetadata: metadata, finishReason: "stop" },
          ]),
        );
      }),
      { numRuns: runs },
    );
  });

  it.each([0, 1, 100_000])(
    "a hostile answer nested %d deep, in any place, throws nothing and leaves nothing held",
    async (depth) => {
      const deep = nested(depth);
      const counts = { inputTokens: { total: 9 }, outputTokens: { total: 4 } };
      for (const [given, metadata, content] of [
        [{ ...counts, raw: { prompt_tokens: 9, completion_tokens: 4, details: deep } }, {}, []],
        [counts, { openai: deep, anthropic: { usage: deep } }, []],
        [counts, {}, [{ type: "tool-call", input: deep }]],
      ]) {
        const answer = { usage: given, providerMetadata: metadata, content };
        const found = await whole(answer);
        expectSettled(found);
        expect(found.report?.booked).toMatchObject({ inputTokens: 9, outputTokens: 4 });
      }
    },
  );

  it("bytes of a file are counted as bytes, and not one by one", async () => {
    const file = { type: "file", mediaType: "image/png", data: new Uint8Array(5_000_000) };
    const counts = { inputTokens: { total: 9 }, outputTokens: { total: 4 } };
    const keys = vi.spyOn(Object, "keys");
    expectSettled(await whole({ usage: counts, content: [file] }));
    expectSettled(await streamed([file, { type: "finish", usage: counts }]));
    const most = Math.max(...keys.mock.results.map(({ value }) => Object(value).length));
    keys.mockRestore();
    expect(most).toBeLessThan(100);
  });
});
