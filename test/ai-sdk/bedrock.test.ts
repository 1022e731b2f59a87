import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { generateText, streamText, wrapLanguageModel } from "ai";
import { describe, expect, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { awsFrame } from "../support/aws-frame.ts";

const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
/** Dollars for a token of it in a region: input, read from a cache, written for 5 minutes and 1 hour. */
const RATES = { input: 3.3e-6, read: 0.33e-6, write: 4.125e-6, write1h: 6.6e-6, output: 16.5e-6 };

interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  readonly cacheDetails?: readonly { readonly ttl: string; readonly inputTokens: number }[];
}

/** Bedrock's Converse, which answers with this usage, over the SDK's own package. */
function bedrock(usage: Usage, more: object = {}, id = CLAUDE) {
  const sent: Record<string, unknown>[] = [];
  const reports: ExchangeReport[] = [];
  const pool = new BudgetPool({ caps: { usd: 100 } });
  const provider = createAmazonBedrock({
    region: "us-east-1",
    accessKeyId: "key",
    secretAccessKey: "secret",
    fetch: async (input, init) => {
      const request = new Request(input, init);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK sends JSON objects
      sent.push((await request.json()) as Record<string, unknown>);
      return request.url.endsWith("/converse-stream") ? streamed(usage, more) : whole(usage, more);
    },
  });
  const onExchange = (report: ExchangeReport): number => reports.push(report);
  const model = wrapLanguageModel({
    model: provider(id),
    middleware: budgetMiddleware(pool, { onExchange }),
  });
  return { sent, reports, pool, model };
}

function whole(usage: Usage, more: object): Response {
  const message = { role: "assistant", content: [{ text: "Hello" }] };
  return Response.json({ output: { message }, stopReason: "end_turn", usage, ...more });
}

function streamed(usage: Usage, more: object): Response {
  const frames = [
    awsFrame("messageStart", { role: "assistant" }),
    awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }),
    awsFrame("contentBlockStop", { contentBlockIndex: 0 }),
    awsFrame("messageStop", { stopReason: "end_turn" }),
    awsFrame("metadata", { usage, metrics: { latencyMs: 1 }, ...more }),
  ];
  const body = new Blob(frames.map((frame) => new Uint8Array(frame)));
  return new Response(body, { headers: { "content-type": "application/vnd.amazon.eventstream" } });
}

const PLAIN: Usage = { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 };
const CACHED: Usage = {
  inputTokens: 100,
  outputTokens: 100,
  totalTokens: 3200,
  cacheReadInputTokens: 1000,
  cacheWriteInputTokens: 2000,
  cacheDetails: [
    { ttl: "1h", inputTokens: 1500 },
    { ttl: "5m", inputTokens: 500 },
  ],
};

describe("budgetMiddleware with @ai-sdk/amazon-bedrock", () => {
  describe.each(["whole", "streamed"])("%s", (way) => {
    const ask = async (model: ReturnType<typeof bedrock>["model"], more: object = {}) => {
      const call = { model, prompt: "Hello", maxOutputTokens: 200, maxRetries: 0, ...more };
      return way === "streamed" ? await streamText(call).text : (await generateText(call)).text;
    };

    it("budgetMiddleware books usage at Bedrock's price for the region", async () => {
      const { model, pool, reports } = bedrock(PLAIN);
      expect(await ask(model)).toBe("Hello");
      expect(pool.snapshot().used.usd).toBeCloseTo(1000 * RATES.input + 100 * RATES.output, 9);
      expect(reports[0]).toMatchObject({ outcome: "used", doubts: [], provider: "bedrock" });
    });

    it("budgetMiddleware distinguishes one-hour from five-minute cache writes of Bedrock", async () => {
      const { model, pool } = bedrock(CACHED);
      await ask(model);
      const written = 500 * RATES.write + 1500 * RATES.write1h;
      const rest = 100 * RATES.input + 1000 * RATES.read + 100 * RATES.output;
      expect(pool.snapshot().used.usd).toBeCloseTo(written + rest, 9);
    });

    it("budgetMiddleware holds at the requested tier, and books at the tier that Bedrock served", async () => {
      const { model, pool, reports } = bedrock(PLAIN, { serviceTier: { type: "priority" } });
      await ask(model, { providerOptions: { bedrock: { serviceTier: "priority" } } });
      const plain = 1000 * RATES.input + 100 * RATES.output;
      expect(pool.snapshot().used.usd).toBeCloseTo(1.75 * plain, 9);
      expect(reports[0]?.outcome).toBe("used");
    });
  });

  it("budgetMiddleware holds the tokens to think with that the Bedrock package adds to the limit", async () => {
    const { model, sent, reports } = bedrock(PLAIN);
    const reasoningConfig = { type: "enabled", budgetTokens: 5000 } as const;
    const providerOptions = { amazonBedrock: { reasoningConfig } };
    await generateText({ model, prompt: "Hello", maxOutputTokens: 200, providerOptions });
    expect(sent[0]).toMatchObject({ inferenceConfig: { maxTokens: 5200 } });
    expect(reports[0]?.held?.outputTokens).toBeGreaterThanOrEqual(5200);
  });

  it("budgetMiddleware refuses Bedrock options whose effect on the bill is unknown", async () => {
    for (const bedrockOptions of [
      { performanceConfig: { latency: "optimized" } },
      { inferenceConfig: { maxTokens: 64_000 } },
      { additionalModelRequestFields: { max_tokens: 64_000 } },
    ]) {
      const { model, sent } = bedrock(PLAIN);
      const providerOptions = { bedrock: bedrockOptions };
      await expect(generateText({ model, prompt: "Hello", providerOptions })).rejects.toMatchObject(
        { reason: "input_unbounded" },
      );
      expect(sent).toEqual([]);
    }
  });

  it("budgetMiddleware holds the maximum of a Nova whose limit is dropped when it thinks hard", async () => {
    const { model, sent, reports } = bedrock(PLAIN, {}, "us.amazon.nova-2-lite-v1:0");
    const reasoningConfig = { type: "enabled", maxReasoningEffort: "high" } as const;
    const providerOptions = { bedrock: { reasoningConfig } };
    await generateText({ model, prompt: "Hello", maxOutputTokens: 200, providerOptions });
    expect(sent[0]).not.toHaveProperty("inferenceConfig.maxTokens");
    expect(reports[0]?.held?.outputTokens).toBeGreaterThan(10_000);
  });
});
