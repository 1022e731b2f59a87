// OpenAI's Agents SDK through the proxy: an agent that runs over Responses, and one that talks over
// Realtime.

import { Agent, OpenAIProvider, Runner, setTracingDisabled } from "@openai/agents";
import { RealtimeAgent, RealtimeSession } from "@openai/agents/realtime";
import { expect, it, onTestFinished } from "vitest";

import { expectEqualBooks } from "../../meter/books.ts";
import { provider, started } from "./running-proxy.ts";

setTracingDisabled(true);

it("an agent's calls are held one by one, and a refusal ends its run", async () => {
  const { pool, proxy, reports } = await started();
  const modelProvider = new OpenAIProvider({
    apiKey: "sk-test",
    baseURL: `${proxy.urlOf("openai")}/v1`,
    useResponses: true,
  });
  const agent = new Agent({
    name: "Helper",
    instructions: "Be brief.",
    model: "gpt-4o-mini",
    modelSettings: { maxTokens: 200 },
  });
  const runner = new Runner({ modelProvider });
  const { finalOutput } = await runner.run(agent, "Hello");
  expect(finalOutput).toBeTypeOf("string");
  await expectEqualBooks(pool, provider);
  expect(reports).toMatchObject([{ outcome: "used", wire: "openai-responses" }]);

  pool.configure({ caps: { usd: pool.snapshot().used.usd } });
  await expect(runner.run(agent, "Go on")).rejects.toThrow("token-budget: Budget exceeded");
  expect(provider.requests).toHaveLength(1);
});

it("a talking agent's responses are held one by one", async () => {
  const { pool, proxy, reports } = await started();
  const agent = new RealtimeAgent({ name: "Talker", instructions: "Be brief." });
  const session = new RealtimeSession(agent, {
    transport: "websocket",
    model: "gpt-realtime",
    // It asks for a transcription by default, which is billed besides, and is refused.
    config: { audio: { input: { transcription: null } } },
  });
  onTestFinished(() => session.close());
  const errors: unknown[] = [];
  session.on("error", ({ error }) => errors.push(error));
  const url = `${proxy.urlOf("openai").replace("http", "ws")}/v1/realtime?model=gpt-realtime`;
  await session.connect({ apiKey: "sk-test", url });
  const ended = new Promise((resolve) => {
    session.transport.on("turn_done", resolve);
  });
  session.sendMessage("Hello");
  await ended;
  await expectEqualBooks(pool, provider);
  expect(reports).toMatchObject([{ outcome: "used", wire: "openai-realtime" }]);
  expect(errors).toEqual([]);

  pool.configure({ caps: { usd: pool.snapshot().used.usd } });
  session.sendMessage("Go on");
  await expect.poll(() => JSON.stringify(errors)).toContain("token-budget: Budget exceeded");
  expect(provider.requests).toHaveLength(1);
});
