// What AWS's client signs, and what it sends with an API key, through the proxy.

import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  CountTokensCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { expect, it, onTestFinished } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";

const MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0";
const messages = [{ role: "user" as const, content: [{ text: "Hello" }] }];

/** A stand-in for Bedrock that answers every request alike. */
async function bedrock(): Promise<{ readonly url: string; readonly paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    request.resume();
    response.writeHead(200, { "content-type": "application/json" });
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    const message = { role: "assistant", content: [{ text: "Hi" }] };
    const body = { output: { message }, stopReason: "end_turn", usage, inputTokens: 10 };
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

/** Sends over HTTP/1.1, which is what the proxy speaks; the client's own handler speaks HTTP/2. */
async function sent(request: HttpRequest): Promise<{ readonly response: HttpResponse }> {
  const { protocol, hostname, port, path, method, headers, body } = request;
  const address = `${protocol}//${hostname}:${port}${path}`;
  const { host: _host, "content-length": _length, ...passed } = headers;
  const answer = await fetch(address, { method, headers: passed, body });
  const response = {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Readable.from([Buffer.from(await answer.arrayBuffer())]),
  };
  return { response };
}

interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

async function through(credentials: object) {
  const { url, paths } = await bedrock();
  const pool = new BudgetPool({ name: "run", caps: { usd: 5 } });
  const reports: ExchangeReport[] = [];
  const proxy = await startProxy(pool, {
    upstreams: { bedrock: url },
    onExchange: (report) => reports.push(report),
  });
  onTestFinished(() => proxy.close());
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: proxy.urlOf("bedrock"),
    requestHandler: { handle: sent },
    ...credentials,
  });
  onTestFinished(() => client.destroy());
  return { client, paths, pool, reports };
}

it("a signed request is refused with an alternative, and not sent", async () => {
  const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
  const { client, paths, reports } = await through({ credentials });
  const error: unknown = await client
    .send(new ConverseCommand({ modelId: MODEL, messages }))
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/AWS_BEARER_TOKEN_BEDROCK\), or meter the client itself/);
  expect([paths.length, reports.length]).toEqual([0, 1]);
});

it("a request to Bedrock with an API key is metered, and counting is free", async () => {
  const token = { token: "bedrock-api-key" };
  const authSchemePreference = ["httpBearerAuth"];
  const { client, paths, pool } = await through({ token, authSchemePreference });
  await client.send(new ConverseCommand({ modelId: MODEL, messages }));
  const input = { converse: { messages } };
  await client.send(new CountTokensCommand({ modelId: MODEL, input }));
  expect(paths.map((path) => path.split("/").at(-1))).toEqual(["converse", "count-tokens"]);
  expect(pool.snapshot()).toMatchObject({
    used: { calls: 1, inputTokens: 10, outputTokens: 5 },
    openReservations: 0,
  });
});
