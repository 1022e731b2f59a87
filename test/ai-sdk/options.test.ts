// What the SDK's packages make of the options of a call: the limit that they send is never more than
// what was held.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, wrapLanguageModel } from "ai";
import { describe, expect, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();

type Call = Partial<Parameters<typeof generateText>[0]>;

async function asked(name: string, call: Call, usd = 100) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const onExchange = (report: ExchangeReport): number => reports.push(report);
  const about = { apiKey: "key", fetch: provider.fetch };
  const model = wrapLanguageModel({
    model: name.startsWith("claude") ? createAnthropic(about)(name) : createOpenAI(about)(name),
    middleware: budgetMiddleware(pool, { onExchange }),
  });
  provider.clear();
  const given = { prompt: "Hello", maxRetries: 0, ...call, model };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a prompt is always there
  const error: unknown = await generateText(given as Parameters<typeof generateText>[0]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const body: unknown = JSON.parse(provider.requests[0]?.text ?? "{}");
  return { body, error, report: reports[0] };
}

function limitIn(body: unknown): number {
  return typeof body === "object" && body !== null && "max_tokens" in body
    ? Number(body.max_tokens)
    : 0;
}

describe("budgetMiddleware, by the options of a call", () => {
  const thinking: readonly Call[] = [
    { providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 9000 } } } },
    { providerOptions: { anthropic: { thinking: { type: "enabled" } } } },
    { reasoning: "high" },
    { reasoning: "minimal" },
    { reasoning: "none" },
    {},
  ];
  for (const call of thinking)
    for (const usd of [100, 0.3])
      it(`${JSON.stringify(call)} with $${usd}: the limit that is sent was held`, async () => {
        const given = { ...call, maxOutputTokens: 500 };
        const { body, report, error } = await asked("claude-sonnet-4-5", given, usd);
        if (report?.outcome === "refused") expect(error).toBeDefined();
        else {
          expect(limitIn(body)).toBeGreaterThan(0);
          expect(report?.held?.outputTokens).toBeGreaterThanOrEqual(limitIn(body));
        }
      });

  it("a limit that is written leaves room for thinking once", async () => {
    const options = { anthropic: { thinking: { type: "enabled", budgetTokens: 9000 } } } as const;
    const { body, report } = await asked("claude-sonnet-4-5", { providerOptions: options }, 0.3);
    expect(report?.writtenLimit).toBeGreaterThan(0);
    expect(limitIn(body)).toBe((report?.writtenLimit ?? 0) + 9000);
    expect(report?.held?.outputTokens).toBeGreaterThanOrEqual(limitIn(body));
  });

  it("options for another provider's package change nothing", async () => {
    const plain = await asked("gpt-4o-mini", {});
    const foreign = await asked("gpt-4o-mini", {
      providerOptions: {
        anthropic: { mcpServers: [{ type: "url", name: "x", url: "https://x.example" }] },
        google: { cachedContent: "cachedContents/x", serviceTier: "priority" },
      },
    });
    expect(foreign.error).toBeUndefined();
    // Their bytes are counted all the same.
    const more = (foreign.report?.held?.inputTokens ?? 0) - (plain.report?.held?.inputTokens ?? 0);
    expect(more).toBeLessThan(300);
    expect(foreign.report?.held?.outputTokens).toBe(plain.report?.held?.outputTokens);
  });

  const sellers = [
    ["google.vertex.chat", "gemini-2.5-flash", "vertex"],
    ["googleVertex.anthropic.messages", "claude-sonnet-4-5@20250929", "vertex"],
    ["vertex.anthropic.messages", "claude-sonnet-4-5@20250929", "vertex"],
    ["google.generative-ai", "gemini-2.5-flash", "google"],
    ["bedrock.anthropic.messages", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock"],
    ["bedrock-mantle.chat", "openai.gpt-oss-120b-1:0", "bedrock"],
    ["openai.responses", "gpt-4o-mini", "openai"],
  ] as const;
  it.each(sellers)("a model of %s, %s, is sold by %s", async (packageName, modelId, seller) => {
    const reports: ExchangeReport[] = [];
    const middleware = budgetMiddleware(new BudgetPool(), {
      onExchange: (report) => reports.push(report),
    });
    const usage = { inputTokens: { total: 100 }, outputTokens: { total: 10 } };
    const params = { maxOutputTokens: 10 };
    const model = { provider: packageName, modelId, doGenerate: async () => ({ usage }) };
    await middleware.wrapGenerate({ params, model });
    expect(reports).toMatchObject([{ provider: seller, outcome: "used" }]);
  });

  it("an unknown option of a call is refused", async () => {
    const { error } = await asked("gpt-4o-mini", {
      providerOptions: { openai: { somethingNew: { on: true } } },
    });
    expect(error).toMatchObject({ code: "CANNOT_METER", reason: "input_unbounded" });
  });
});
