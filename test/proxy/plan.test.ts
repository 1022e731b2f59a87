// Limits on the windows of a subscription, through the proxy.

import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it, onTestFinished } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import type { ProviderWindow, ProxyOptions } from "../../src/proxy/index.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();

async function started(options: ProxyOptions) {
  const pool = new BudgetPool({ name: "run", caps: { usd: 5 } });
  const reports: ExchangeReport[] = [];
  const told: (readonly ProviderWindow[])[] = [];
  const proxy = await startProxy(pool, {
    upstreams: { anthropic: provider.url, openai: provider.url },
    onExchange: (report) => reports.push(report),
    onPlan: (windows) => told.push(windows),
    ...options,
  });
  onTestFinished(() => proxy.close());
  const client = new Anthropic({
    authToken: "oauth",
    apiKey: null,
    baseURL: proxy.urlOf("anthropic"),
    maxRetries: 2,
  });
  const ask = (): Promise<unknown> =>
    client.messages.create({
      model: "claude-haiku-4-5",
      max_tokens: 10,
      messages: [{ role: "user", content: "Hi" }],
    });
  return { pool, proxy, reports, told, client, ask };
}

/** Headers of a plan of which so much is used, until then. */
function used(part: number, resetsAt: number): { headers: Record<string, string> } {
  const name = "anthropic-ratelimit-unified-5h";
  const seconds = String(Math.round(resetsAt / 1000));
  return { headers: { [`${name}-utilization`]: String(part), [`${name}-reset`]: seconds } };
}

const LATER = Date.now() + 3_600_000;

describe("a limit on a window of a plan", () => {
  it("a limit on a window of a plan refuses the next call above it, and is reported with every answer", async () => {
    const { pool, reports, told, ask } = await started({ plan: { "5h": 0.4, "7d": 0.8 } });
    provider.behave(() => used(0.39, LATER));
    await ask();
    provider.behave(() => used(0.41, LATER));
    await ask();
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 402 });
    expect(String(error)).toMatch(
      /41 % of the plan's 5h window is used, and the limit is 40 %; it resets 20\d\d-/,
    );
    expect(provider.requests.length).toBe(2);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "used", "refused"]);
    expect(told.map(([window]) => window?.usedPart)).toEqual([0.39, 0.41]);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a limit on a window of a plan lets calls through when the window has started over, and those of others", async () => {
    const { proxy, client, ask } = await started({ plan: { "5h": 0.4 } });
    provider.behave(() => used(0.9, Date.now() - 1000));
    await ask();
    await ask();
    provider.behave(() => used(0.9, LATER));
    await ask();
    await expect(ask()).rejects.toThrow(/5h window/);
    // What costs nothing, and another provider.
    const messages = [{ role: "user" as const, content: "Hi" }];
    await client.messages.countTokens({ model: "claude-haiku-4-5", messages });
    const body = JSON.stringify({ model: "gpt-4o-mini", messages });
    const url = `${proxy.urlOf("openai")}/v1/chat/completions`;
    expect((await fetch(url, { method: "POST", body })).status).toBe(200);
  });

  it("a proxy without limits on plans refuses nothing", async () => {
    const { told, ask } = await started({});
    provider.behave(() => used(1, LATER));
    await ask();
    await ask();
    expect(told.length).toBe(2);
  });
});
