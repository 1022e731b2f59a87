// The proxy over each of its two clients of HTTP: the dispatcher of the runtime, and `node:http`,
// which is used where a program has set a dispatcher of another kind.

import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";

const GLOBAL = Symbol.for("undici.globalDispatcher.1");
const CHAT = {
  model: "gpt-4o-mini",
  max_tokens: 50,
  messages: [{ role: "user", content: "Hi ☃" }],
};
const COMPLETION = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "Hé ☃" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
});
const EVENTS = [
  `data: {"choices":[{"delta":{"content":"Hé"},"finish_reason":"stop"}]}\n\n`,
  `data: {"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":1,"total_tokens":9}}\n\n`,
  "data: [DONE]\n\n",
];

const closers: (() => Promise<unknown>)[] = [];
const before: unknown = Reflect.get(globalThis, GLOBAL);
afterEach(async () => {
  Reflect.set(globalThis, GLOBAL, before);
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function proxyTo(
  answer: (...asked: Parameters<RequestListener>) => unknown,
  idleTimeoutMs = 20_000,
) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const pool = new BudgetPool({ caps: { usd: 5 } });
  const reports: ExchangeReport[] = [];
  const proxy = await startProxy(pool, {
    upstreams: { openai: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
    idleTimeoutMs,
    onExchange: (report) => reports.push(report),
  });
  closers.push(() => proxy.close());
  return { pool, reports, server, url: `${proxy.urlOf("openai")}/v1/chat/completions` };
}

async function ask(url: string, body: object): Promise<[IncomingMessage, string]> {
  const sent = httpRequest(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-stainless-lang": "js", te: "trailers" },
  });
  sent.end(JSON.stringify(body));
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return [answer, await text(answer)];
}

describe.each([
  ["the dispatcher of the runtime", true],
  ["node:http, beside a dispatcher of another kind", false],
])("over %s", (_title, isRuntimes) => {
  const choose = (): void => {
    if (!isRuntimes) Reflect.set(globalThis, GLOBAL, { dispatch: () => false });
  };

  it("the proxy passes a request and its answer as they came, and books the call", async () => {
    choose();
    const seen: [IncomingMessage["headers"], string][] = [];
    const { pool, url } = await proxyTo(async (request, response) => {
      const body = await buffer(request);
      seen.push([request.headers, body.toString()]);
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.setHeader("x-ratelimit-remaining", "7");
      response.end(COMPLETION);
    });
    const [answer, body] = await ask(url, CHAT);
    expect([answer.statusCode, body]).toEqual([200, COMPLETION]);
    expect(answer.headers).toMatchObject({
      "set-cookie": ["a=1", "b=2"],
      "x-ratelimit-remaining": "7",
    });
    const [[headers, sent] = [{}, ""]] = seen;
    expect(sent).toBe(JSON.stringify(CHAT));
    expect(headers).toMatchObject({
      "content-length": String(Buffer.byteLength(sent)),
      "x-stainless-lang": "js",
      "accept-encoding": "identity",
    });
    expect(headers).not.toHaveProperty("te");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 9, calls: 1 }, openReservations: 0 });
  });

  it("the proxy passes a stream piece by piece", async () => {
    choose();
    const { pool, url } = await proxyTo((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of EVENTS) response.write(event);
      response.end();
    });
    const [answer, body] = await ask(url, {
      ...CHAT,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect([answer.statusCode, body]).toEqual([200, EVENTS.join("")]);
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 9 }, openReservations: 0 });
  });

  it("an answer that is cut off is cut off for the caller, and settled", async () => {
    choose();
    const { pool, reports, url } = await proxyTo((request, response) => {
      request.resume();
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.destroy());
    });
    await expect(ask(url, CHAT)).rejects.toThrow(/aborted|hang up/);
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]).toMatchObject({ outcome: "bounded", status: 200 });
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("an upstream that says nothing is given up, and the caller hears why", async () => {
    choose();
    const { pool, url } = await proxyTo((request) => void request.resume(), 200);
    const [answer, body] = await ask(url, CHAT);
    expect([answer.statusCode, body]).toEqual([502, expect.stringContaining("for 200 ms")]);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("an upstream that cannot be reached costs nothing", async () => {
    choose();
    const { pool, reports, server, url } = await proxyTo(() => undefined);
    server.close();
    await once(server, "close");
    const [answer] = await ask(url, CHAT);
    expect(answer.statusCode).toBe(502);
    expect(reports).toMatchObject([{ outcome: "released" }]);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it("a caller who leaves before the answer ends the request", async () => {
    choose();
    const { pool, reports, url } = await proxyTo((request, response) => {
      request.resume();
      response.once("close", () => undefined);
    });
    const sent = httpRequest(url, { method: "POST" });
    sent.on("error", () => undefined);
    sent.end(JSON.stringify(CHAT));
    await expect.poll(() => pool.snapshot().openReservations).toBe(1);
    sent.destroy();
    await expect.poll(() => reports.length).toBe(1);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a caller who is slow to read gets everything", async () => {
    choose();
    const long = `${COMPLETION.slice(0, -1)},"padding":"${"x".repeat(4_000_000)}"}`;
    const { url } = await proxyTo((request, response) => {
      request.resume();
      response.end(long);
    });
    const sent = httpRequest(url, { method: "POST" });
    sent.end(JSON.stringify(CHAT));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    let bytes = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) bytes += piece.length;
    expect(bytes).toBe(Buffer.byteLength(long));
  });
});
