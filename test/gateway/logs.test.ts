import { describe, expect, it } from "vitest";

import { GatewayMetrics } from "../../src/gateway/metrics.ts";
import { startProvider } from "../meter/provider.ts";
import { chat, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const CHAT = "/openai/v1/chat/completions";

describe("logs and metrics of the gateway", () => {
  it("logs have no prompt, key or answer, whatever a caller sends", async () => {
    const { ask, keyFor, entries } = await startTestGateway(provider);
    const key = await keyFor("users/ada", { name: "ada" });
    provider.behave(() => ({ text: "the secret answer" }));
    await ask(`${CHAT}?prompt=secret-query`, key, chat("the secret prompt"));
    await ask(CHAT, key, chat("the secret prompt", { model: `${key}\n<script>` }));
    await ask(`/openai/v1/${key}/x\u0000y`.replace("\u0000", "%00"), key);
    await expect.poll(() => entries.length).toBe(3);
    const text = JSON.stringify(entries);
    expect(text).not.toContain("secret");
    expect(text).not.toContain(key);
    expect(entries[0]).toMatchObject({
      method: "POST",
      path: CHAT,
      status: 200,
      pool: "users/ada",
      upstream: "openai",
      model: "gpt-4o-mini",
      outcome: "used",
    });
    expect(entries[0]?.key).toMatch(/^key_/);
    expect(entries[0]?.bookedUsd).toBeGreaterThan(0);
  });

  it("only admins read metrics, and invented names from callers add no series", async () => {
    const { ask, keyFor } = await startTestGateway(provider);
    const [key, admin] = [await keyFor("users/ada"), await keyFor("admin", { role: "admin" })];
    expect((await ask(CHAT, key, chat("x", { max_tokens: 1 }))).status).toBe(200);
    expect((await ask("/metrics", key)).status).toBe(403);
    expect((await ask("/metrics")).status).toBe(401);
    const text = await (await ask("/metrics", admin)).text();
    expect(text).toContain('token_budget_requests_total{upstream="openai",status="2xx"} 1');
    expect(text).toContain('token_budget_usd_total{provider="openai",model="gpt-4o-mini"}');
    const open = await startTestGateway(provider, { openMetrics: true });
    expect((await open.ask("/metrics")).status).toBe(200);
    const metrics = new GatewayMetrics();
    const booked = { tokens: 1, inputTokens: 1, outputTokens: 0, usd: 0.5, calls: 1 };
    for (let model = 0; model < 150; model++)
      metrics.exchanged({
        outcome: "used",
        pool: "users/ada",
        wire: "openai-chat",
        provider: "openai",
        model: `model-${model}"}\n\\`,
        status: 200,
        usage: undefined,
        doubts: [],
        guessedPrice: false,
        writtenLimit: undefined,
        writtenThinking: undefined,
        boundedBy: [],
        countRequests: 0,
        isCut: false,
        held: booked,
        booked,
        unbooked: undefined,
        exceeded: false,
        id: undefined,
        durationMs: 1,
        error: undefined,
      });
    const many = metrics.text().trimEnd().split("\n");
    const models = many.filter((line) => line.startsWith("token_budget_usd_total{"));
    expect(models).toHaveLength(101);
    expect(models.at(-1)).toBe('token_budget_usd_total{provider="openai",model="other"} 25');
    for (const line of [...many, ...text.trimEnd().split("\n")])
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? [\d.e+-]+)$/,
      );
  });
});
