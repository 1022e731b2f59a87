// AWS's own client, against a server that answers as Bedrock does, over HTTP/2.

import { once } from "node:events";
import { createServer } from "node:http2";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { budgetPlugin } from "../../src/bedrock/index.ts";
import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { ExchangeReport, MeterOptions } from "../../src/meter/index.ts";
import { awsFrame } from "../support/aws-frame.ts";

const NOVA = "us.amazon.nova-pro-v1:0";
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const USAGE = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };
const ASK = {
  modelId: NOVA,
  messages: [{ role: "user" as const, content: [{ text: "Hi" }] }],
};
const decoder = new TextDecoder();

interface Seen {
  readonly path: string;
  readonly body: string;
  readonly authorization: string;
}
const seen: Seen[] = [];
let failures = 0;

async function answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  let body = "";
  for await (const piece of request) body += String(piece);
  const path = decodeURIComponent(request.url);
  seen.push({ path, body, authorization: String(request.headers["authorization"]) });
  if (failures > 0) {
    failures--;
    response.writeHead(503, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: "Slow down" }));
    return;
  }
  const isStream = path.endsWith("-stream");
  response.writeHead(200, {
    "content-type": isStream ? "application/vnd.amazon.eventstream" : "application/json",
  });
  const text = { type: "text", text: "Hello!" };
  if (path.endsWith("/converse"))
    response.end(
      JSON.stringify({
        output: { message: { role: "assistant", content: [{ text: "Hello!" }] } },
        stopReason: "end_turn",
        usage: USAGE,
        metrics: { latencyMs: 1 },
      }),
    );
  else if (path.endsWith("/converse-stream")) {
    response.write(awsFrame("messageStart", { role: "assistant" }));
    response.write(
      awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello!" } }),
    );
    response.write(awsFrame("messageStop", { stopReason: "end_turn" }));
    response.end(awsFrame("metadata", { usage: USAGE, metrics: { latencyMs: 1 } }));
  } else if (path.endsWith("/invoke"))
    response.end(
      JSON.stringify({
        type: "message",
        content: [text],
        usage: { input_tokens: 100, output_tokens: 20 },
      }),
    );
  else if (isStream) {
    const chunk = (each: object): Uint8Array =>
      awsFrame("chunk", { bytes: Buffer.from(JSON.stringify(each)).toString("base64") });
    const begun = { content: [], usage: { input_tokens: 100, output_tokens: 1 } };
    response.write(chunk({ type: "message_start", message: begun }));
    response.write(
      chunk({ type: "message_delta", delta: { stop_reason: "x" }, usage: { output_tokens: 20 } }),
    );
    response.end(chunk({ type: "message_stop" }));
  } else response.end(JSON.stringify({ inputTokens: 3 }));
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const open: BedrockRuntimeClient[] = [];

function clientFor(usd: number, options: MeterOptions = {}) {
  const pool = new BudgetPool({ caps: { usd } });
  const reports: ExchangeReport[] = [];
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
  client.middlewareStack.use(
    budgetPlugin(pool, { ...options, onExchange: (report) => reports.push(report) }),
  );
  open.push(client);
  return { client, pool, reports };
}

beforeEach(() => {
  seen.length = 0;
  failures = 0;
});
afterAll(() => {
  for (const client of open) client.destroy();
  server.close();
});

describe("budgetPlugin", () => {
  it("Converse, whole: booked, and the answer is the SDK's", async () => {
    const { client, pool, reports } = clientFor(5);
    const answered = await client.send(new ConverseCommand(ASK));
    expect(answered.output?.message?.content).toEqual([{ text: "Hello!" }]);
    expect(answered.usage?.totalTokens).toBe(120);
    const { used, openReservations } = pool.snapshot();
    expect(used).toMatchObject({ inputTokens: 100, outputTokens: 20, calls: 1 });
    expect([used.usd > 0, openReservations]).toEqual([true, 0]);
    expect(reports).toMatchObject([{ outcome: "used", provider: "bedrock", model: NOVA }]);
    expect(seen[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
  });

  it("Converse, as a stream: booked, and the text is that of the provider", async () => {
    const { client, pool } = clientFor(5);
    const { stream } = await client.send(new ConverseStreamCommand(ASK));
    let text = "";
    for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? "";
    expect(text).toBe("Hello!");
    expect(pool.snapshot()).toMatchObject({
      used: { inputTokens: 100, outputTokens: 20 },
      openReservations: 0,
    });
  });

  it("InvokeModel, whole and as a stream: booked as the bill", async () => {
    const { client, pool } = clientFor(5);
    const body = JSON.stringify({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 50,
      messages: [{ role: "user", content: "Hi" }],
    });
    const whole = await client.send(new InvokeModelCommand({ modelId: CLAUDE, body }));
    expect(JSON.parse(decoder.decode(whole.body))).toMatchObject({ usage: { output_tokens: 20 } });
    const streamed = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: CLAUDE, body }),
    );
    let chunks = 0;
    for await (const event of streamed.body ?? []) if (event.chunk !== undefined) chunks++;
    expect(chunks).toBe(3);
    expect(pool.snapshot()).toMatchObject({
      used: { inputTokens: 200, outputTokens: 40, calls: 2 },
      openReservations: 0,
    });
  });

  it("a limit is written before the request is signed, where the room is short", async () => {
    const { client } = clientFor(0.02);
    await client.send(new ConverseCommand(ASK));
    const { inferenceConfig } = JSON.parse(seen[0]?.body ?? "{}");
    expect(inferenceConfig.maxTokens).toBeGreaterThan(0);
  });

  it("a call that does not fit is refused with BudgetExceeded, and not retried", async () => {
    const { client, pool } = clientFor(0.000_01);
    const error: unknown = await client.send(new ConverseCommand(ASK)).catch((thrown) => thrown);
    expect(BudgetExceeded.is(error)).toBe(true);
    expect(seen).toEqual([]);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("each attempt is held by itself, and one that fails costs nothing", async () => {
    const { client, pool, reports } = clientFor(5);
    failures = 1;
    await client.send(new ConverseCommand(ASK));
    expect(seen.length).toBe(2);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "used"]);
    expect(pool.snapshot()).toMatchObject({ used: { calls: 1 }, openReservations: 0 });
  });

  it("a connection that breaks leaves nothing held", async () => {
    const { client, pool } = clientFor(5);
    const gone = new BedrockRuntimeClient({
      region: "us-east-1",
      endpoint: "http://127.0.0.1:1",
      credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    gone.middlewareStack.use(budgetPlugin(pool));
    await expect(gone.send(new ConverseCommand(ASK))).rejects.toThrow(/ECONNREFUSED/);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
    gone.destroy();
    client.destroy();
  });

  it("CountTokens is free", async () => {
    const { client, pool, reports } = clientFor(0);
    const { messages } = ASK;
    const command = new CountTokensCommand({ modelId: NOVA, input: { converse: { messages } } });
    expect((await client.send(command)).inputTokens).toBe(3);
    expect([pool.snapshot().used.calls, reports]).toEqual([0, []]);
  });
});
