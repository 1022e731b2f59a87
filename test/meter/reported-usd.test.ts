import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText, wrapLanguageModel } from "ai";
import { describe, expect, it } from "vitest";

import { budgetMiddleware } from "../../src/ai-sdk/index.ts";
import { BudgetPool } from "../../src/index.ts";
import type { AnswerHead, ExchangeReport, ReportedUsd } from "../../src/meter/index.ts";
import { CHAT_URL, meteredBy } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();

/** The provider behind a gateway that puts these headers on its answers. */
function gateway(headers: Readonly<Record<string, string>>): typeof globalThis.fetch {
  return async (input, init) => {
    const answer = await provider.fetch(input, init);
    return new Response(answer.body, {
      status: answer.status,
      headers: { ...Object.fromEntries(answer.headers), ...headers },
    });
  };
}

const CACHED: ReportedUsd = ({ headers }) =>
  headers.get("cf-aig-cache-status") === "HIT" ? 0 : undefined;
const TOLD: ReportedUsd = ({ headers }) => {
  const usd = headers.get("x-litellm-response-cost");
  return usd === null ? undefined : Number(usd);
};

describe("reportedUsd: a cost in the headers of an answer", () => {
  for (const stream of [false, true]) {
    const ask = async (headers: Readonly<Record<string, string>>, reportedUsd: ReportedUsd) => {
      const metered = meteredBy(provider)(5, { fetch: gateway(headers), reportedUsd });
      await (await metered.chat({ stream })).text();
      const [report] = metered.reports;
      return { used: metered.pool.snapshot().used, report };
    };

    it(`an answer from a gateway's cache costs nothing (stream: ${stream})`, async () => {
      const { used, report } = await ask({ "CF-AIG-Cache-Status": "HIT" }, CACHED);
      expect(used).toMatchObject({ usd: 0, calls: 1 });
      expect(used.outputTokens).toBeGreaterThan(0);
      expect(report).toMatchObject({ outcome: "used", doubts: [] });
    });

    it(`undefined from reportedUsd leaves the price (stream: ${stream})`, async () => {
      const { used, report } = await ask({ "cf-aig-cache-status": "MISS" }, CACHED);
      expect(used.usd).toBeGreaterThan(0);
      expect(report?.outcome).toBe("used");
    });

    it(`a cost from reportedUsd stands for the price (stream: ${stream})`, async () => {
      const { used } = await ask({ "x-litellm-response-cost": "0.0123" }, TOLD);
      expect(used.usd).toBe(0.0123);
    });

    it(`an invalid cost from reportedUsd leaves the price, in doubt (stream: ${stream})`, async () => {
      const wrong: readonly ReportedUsd[] = [
        () => Number.NaN,
        () => -1,
        () => Number.POSITIVE_INFINITY,
        () => {
          throw new Error("no header");
        },
      ];
      for (const reportedUsd of wrong) {
        const { used, report } = await ask({}, reportedUsd);
        expect(used.usd).toBeGreaterThan(0);
        expect(report?.outcome).toBe("bounded");
        expect(report?.doubts[0]).toMatch(/^`reportedUsd` /);
      }
    });
  }

  it("a cost from reportedUsd is booked where the answer reports no usage", async () => {
    provider.behave(() => ({ withoutUsage: true }));
    const headers = { "x-litellm-response-cost": "0.001" };
    const metered = meteredBy(provider)(5, { fetch: gateway(headers), reportedUsd: TOLD });
    await (await metered.chat()).text();
    expect(metered.pool.snapshot().used.usd).toBe(0.001);
  });

  it("reportedUsd sees status, provider and model", async () => {
    const seen: AnswerHead[] = [];
    const metered = meteredBy(provider)(5, {
      reportedUsd: (head) => {
        seen.push(head);
        return undefined;
      },
    });
    await (await metered.fetch(CHAT_URL, { method: "POST", body: CHAT_BODY })).text();
    expect(seen).toMatchObject([{ status: 200, provider: "openai", model: "gpt-4o-mini" }]);
    expect(seen[0]?.headers.get("Content-Type")).toContain("json");
  });

  it("a reported cost is booked in the AI SDK's middleware", async () => {
    const pool = new BudgetPool();
    const reports: ExchangeReport[] = [];
    const fetch = gateway({ "cf-aig-cache-status": "HIT" });
    const model = wrapLanguageModel({
      model: createOpenAI({ apiKey: "key", fetch })("gpt-4o-mini"),
      middleware: budgetMiddleware(pool, {
        reportedUsd: CACHED,
        onExchange: (report) => reports.push(report),
      }),
    });
    await generateText({ model, prompt: "Hello" });
    await streamText({ model, prompt: "Hello" }).consumeStream();
    expect(pool.snapshot().used).toMatchObject({ usd: 0, calls: 2 });
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "used"]);
  });
});

const CHAT_BODY = JSON.stringify({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
});
