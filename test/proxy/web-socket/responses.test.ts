// Responses over a web socket through the proxy, with OpenAI's own client and with `ws` itself.

import { createServer } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { budgetExceededFrom } from "../../../src/meter/index.ts";
import type { BudgetProxy } from "../../../src/proxy/index.ts";
import { expectBooksCover, expectEqualBooks } from "../../meter/books.ts";
import { provider, started } from "./running-proxy.ts";
import type { Event } from "./running-proxy.ts";

const CREATE = { type: "response.create", model: "gpt-5.5", input: "Hello" };

/** A web socket through the proxy, and what has come on it. */
async function dialled(proxy: BudgetProxy, headers: Record<string, string> = {}) {
  const address = `${proxy.urlOf("openai").replace("http", "ws")}/v1/responses`;
  const socket = new WebSocket(address, { headers });
  onTestFinished(() => socket.terminate());
  const events: Event[] = [];
  socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString()) as Event));
  await once(socket, "open");
  const ended = async (count: number): Promise<void> => {
    const isEnd = /^(?:error|.*(?:completed|incomplete|failed))$/;
    await expect.poll(() => events.filter(({ type }) => isEnd.test(type)).length).toBe(count);
  };
  return { socket, events, ended, send: (event: object) => socket.send(JSON.stringify(event)) };
}

describe("OpenAI's own client", () => {
  it("one socket carries one answer after the other, then a refusal, and stays open", async () => {
    const { pool, proxy } = await started();
    const client = new OpenAI({ apiKey: "sk-test", baseURL: `${proxy.urlOf("openai")}/v1` });
    const socket = new ResponsesWS(client);
    onTestFinished(() => socket.close());
    const errors: unknown[] = [];
    socket.on("error", (error) => errors.push(error));
    let text = "";
    socket.on("response.output_text.delta", ({ delta }) => (text += delta));
    const completed = async (create: Parameters<typeof socket.send>[0]): Promise<string> => {
      const id = new Promise<string>((resolve) => {
        socket.on("response.completed", ({ response }) => resolve(response.id));
      });
      socket.send(create);
      return id;
    };
    provider.behave(() => ({ text: "Words with é and 字. " }));
    const id = await completed({ type: "response.create", model: "gpt-5.5", input: "Hello" });
    const next = {
      type: "response.create",
      model: "gpt-5.5",
      previous_response_id: id,
    } as const;
    await completed({ ...next, input: "Go on" });
    expect(text).toBe("Words with é and 字. ".repeat(2));
    await expectEqualBooks(pool, provider);
    expect(provider.total.calls).toBe(2);

    pool.configure({ caps: { usd: pool.snapshot().used.usd } });
    socket.send({ ...next, input: "And on" });
    await expect.poll(() => errors.length).toBe(1);
    const [error] = errors as [{ readonly message: string; readonly error: Event }];
    expect(error.message).toContain("token-budget: Budget exceeded");
    expect(error.error).toMatchObject({ type: "error", status: 402 });
    expect(budgetExceededFrom(error.error)).toMatchObject({ pool: "run", axis: "usd" });
    expect(provider.requests.length).toBe(2);

    pool.configure({ caps: { usd: 5 } });
    await completed({ ...next, input: "Once more" });
    await expectEqualBooks(pool, provider);
  });
});

describe("lanes", () => {
  it("lanes are answered beside each other, and each answer is booked once", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ delayMs: 1, outputTokens: 20 }));
    const { send, ended, events } = await dialled(proxy);
    for (let at = 0; at < 12; at++)
      send({ ...CREATE, input: `Number ${at}`, stream_id: `lane-${at % 3}` });
    send(CREATE);
    await ended(13);
    await expectEqualBooks(pool, provider);
    expect(reports.map(({ outcome }) => outcome)).toEqual(Array(13).fill("used"));
    const begun = events.filter(({ type }) => type === "response.created");
    expect(new Set(begun.map(({ stream_id }) => stream_id))).toEqual(
      new Set(["lane-0", "lane-1", "lane-2", undefined]),
    );
  });

  it("an error of one lane settles that one", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(({ text }) =>
      text.includes("bad") ? { status: 500 } : { outputTokens: 30, delayMs: 1 },
    );
    const { send, ended } = await dialled(proxy);
    send({ ...CREATE, stream_id: "a" });
    send({ ...CREATE, stream_id: "b", input: "bad" });
    send({ ...CREATE, stream_id: "a", input: "bad" });
    send({ ...CREATE, stream_id: "b" });
    await ended(4);
    await expectEqualBooks(pool, provider);
    expect(reports.map(({ outcome }) => outcome).toSorted()).toEqual([
      "released",
      "released",
      "used",
      "used",
    ]);
  });

  it("an error that names a waiting request is not about the answer before it", async () => {
    // Of a lane without a name the provider tells errors while the first is being answered.
    const upstream = await socketUpstream((socket, sent) => {
      if (sent === 1)
        socket.send(JSON.stringify({ type: "response.created", response: { id: "r1" } }));
      if (sent !== 2) return;
      const error = { type: "invalid_request_error", code: "in_flight", message: "one at a time" };
      socket.send(JSON.stringify({ type: "error", status: 400, error }));
      const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };
      const response = { id: "r1", object: "response", model: "gpt-5.5", usage };
      socket.send(JSON.stringify({ type: "response.completed", response }));
    });
    const { pool, proxy, reports } = await started(5, { upstreams: { openai: upstream } });
    const { send, ended } = await dialled(proxy);
    send(CREATE);
    await expect.poll(() => pool.snapshot().openReservations).toBe(1);
    send(CREATE);
    await ended(2);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "used"]);
    expect(pool.snapshot()).toMatchObject({
      used: { inputTokens: 5, outputTokens: 7 },
      openReservations: 0,
    });
  });
});

describe("limits that are written, and refusals", () => {
  it("a limit is written into a WebSocket request where the room is short", async () => {
    const { pool, proxy, reports } = await started(0.02);
    provider.behave(() => ({ outputTokens: 5000 }));
    const { send, ended, events } = await dialled(proxy);
    send(CREATE);
    await ended(1);
    expect(events.at(-1)?.type).toBe("response.incomplete");
    expect(reports[0]?.writtenLimit).toBeGreaterThan(0);
    await expectEqualBooks(pool, provider);
  });

  it("a request that only prepares holds its input, and a request that continues it is recognized", async () => {
    const { pool, proxy, reports } = await started(0.05);
    const { send, ended, events } = await dialled(proxy);
    provider.behave(() => ({ outputTokens: 10 }));
    send({ ...CREATE, instructions: "x".repeat(2000), generate: false });
    await ended(1);
    expect(reports).toMatchObject([{ outcome: "used", writtenLimit: undefined }]);
    const [{ response = {} } = {}] = events as { readonly response?: { readonly id?: string } }[];
    send({ ...CREATE, previous_response_id: response.id });
    await ended(2);
    expect(reports[1]).toMatchObject({ outcome: "used", boundedBy: ["counted before"] });
    await expectEqualBooks(pool, provider);
  });

  it("a request that may cost something and cannot be read is refused; one that costs nothing passes", async () => {
    const { proxy, pool } = await started();
    const { socket, send, ended, events } = await dialled(proxy);
    send({ type: "response.processed", response_id: "r1" });
    send({ type: "session.update" });
    send({ ...CREATE, stream_id: 7 });
    socket.send("no JSON");
    socket.send('{"type":"response.cancel","type":"response.create","model":"gpt-5.5"}');
    socket.send('{"type":"response.create","type":"response.processed"}');
    socket.send(Buffer.from("bytes"));
    send({ type: "response.steer", previous_response_id: "r1", input: "More" });
    send({ ...CREATE, model: "no-such-model" });
    await ended(8);
    const codes = events.map(({ error }) => (error as { readonly code: string }).code);
    expect(codes.toSorted()).toEqual([
      "price_unknown",
      "request_unreadable",
      ...Array<string>(5).fill("route_unmetered"),
      "steering_not_supported",
    ]);
    expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
  });

  it("Codex is refused with a status that it does not try again", async () => {
    const { proxy } = await started(0);
    const { send, ended, events } = await dialled(proxy, { "user-agent": "codex_exec/0.169.0" });
    send(CREATE);
    await ended(1);
    expect(events[0]).toMatchObject({
      type: "error",
      status: 400,
      error: { code: "budget_exceeded" },
    });
  });

  it("other WebSockets, web pages, and callers without a key are refused", async () => {
    const { proxy, pool } = await started();
    const base = proxy.urlOf("openai").replace("http", "ws");
    const unknown = `${base.slice(0, base.lastIndexOf("/"))}/nowhere/v1/responses`;
    const wrongKey = base.replace(proxy.key, "00000000");
    const [path, origin] = [`${base}/v1/responses`, { origin: "https://example.com" }];
    expect(await statusOf(`${base}/v1/chat/completions`)).toMatch(/^426 .*not metered/);
    expect(await statusOf(unknown)).toMatch(/^404 /);
    expect(await statusOf(`${wrongKey}/v1/responses`)).toMatch(/^404 /);
    expect(await statusOf(path, origin)).toMatch(/^403 /);
    expect(await statusOf(path, {}, 8)).toMatch(/^400 /);
    expect(pool.snapshot().used.calls).toBe(0);
  });
});

describe("failures", () => {
  it("a caller leaves in the middle: the answer is booked as far as it came", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ outputTokens: 900, delayMs: 1 }));
    const { socket, send, events } = await dialled(proxy);
    send({ ...CREATE, model: "gpt-4o-mini" });
    await expect.poll(() => events.length).toBeGreaterThan(10);
    socket.close();
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]).toMatchObject({ outcome: "bounded", status: 200 });
    expect(reports[0]?.booked?.outputTokens).toBeLessThan(900);
    await expectBooksCover(pool, provider);
  });

  it("the upstream is lost, in the middle and before a word: the answer is booked or freed", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ outputTokens: 50, cutAfter: 20 }));
    const first = await dialled(proxy);
    first.send(CREATE);
    const [code] = (await once(first.socket, "close")) as [number];
    expect(code).toBe(1001);
    provider.behave(() => ({ loseAnswer: true }));
    const second = await dialled(proxy);
    second.send(CREATE);
    await once(second.socket, "close");
    await expect.poll(() => reports.length).toBe(2);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["bounded", "unknown"]);
    await expectBooksCover(pool, provider);
  });

  it("the model fails mid-answer: the answer is booked, and the socket stays open", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(({ index }) => (index === 0 ? { outputTokens: 50, errorAfter: 20 } : {}));
    const { send, ended } = await dialled(proxy);
    send(CREATE);
    await ended(1);
    send(CREATE);
    await ended(2);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["bounded", "used"]);
    await expectBooksCover(pool, provider);
  });

  it("closing the proxy books the running response", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ outputTokens: 900, delayMs: 1 }));
    const { send, events } = await dialled(proxy);
    send(CREATE);
    await expect.poll(() => events.length).toBeGreaterThan(10);
    await proxy.close();
    expect(reports).toMatchObject([{ outcome: "bounded" }]);
    expect(pool.snapshot().openReservations).toBe(0);
    await expectBooksCover(pool, provider);
  });

  it("an upstream that takes no WebSockets, one that declines, and one that cannot be reached are reported", async () => {
    const declining = createServer((_request, response) => {
      response.writeHead(statuses.shift() ?? 200, { "content-type": "text/plain" });
      response.end("not here");
    });
    const statuses = [404, 200, 401];
    declining.listen(0, "127.0.0.1");
    await once(declining, "listening");
    onTestFinished(() => void declining.close());
    const { port } = declining.address() as AddressInfo;
    const { proxy } = await started(5, { upstreams: { openai: `http://127.0.0.1:${port}` } });
    const address = `${proxy.urlOf("openai").replace("http", "ws")}/v1/responses`;
    expect(await statusOf(address)).toMatch(/^426 .*takes no WebSockets here \(404\)/);
    expect(await statusOf(address)).toMatch(/^426 /);
    expect(await statusOf(address)).toBe("401 not here");
    const { proxy: other } = await started(5, { upstreams: { openai: "http://127.0.0.1:9" } });
    const refused = `${other.urlOf("openai").replace("http", "ws")}/v1/responses`;
    expect(await statusOf(refused)).toMatch(/^502 .*ECONNREFUSED/);
  });

  it("a response without a request closes the connection", async () => {
    const upstream = await socketUpstream((socket) => {
      for (const id of ["r1", "r2"]) {
        const response = {
          id,
          object: "response",
          model: "gpt-5.5",
          usage: { input_tokens: 5, output_tokens: 7 },
        };
        socket.send(JSON.stringify({ type: "response.created", response: { id } }));
        socket.send(JSON.stringify({ type: "response.completed", response }));
      }
    });
    const { pool, proxy } = await started(5, { upstreams: { openai: upstream } });
    const { socket, send } = await dialled(proxy);
    send(CREATE);
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1008);
    expect(pool.snapshot()).toMatchObject({ used: { calls: 1 }, openReservations: 0 });
  });

  it("a caller that breaks the protocol is disconnected", async () => {
    const { proxy, pool } = await started();
    const { socket, send, events } = await dialled(proxy);
    provider.behave(() => ({ outputTokens: 900, delayMs: 1 }));
    send(CREATE);
    await expect.poll(() => events.length).toBeGreaterThan(3);
    // A text that is no UTF-8, in a frame with a mask of zeros.
    const stream = Reflect.get(socket, "_socket") as Duplex;
    stream.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]));
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1007);
    await expect.poll(() => pool.snapshot().openReservations).toBe(0);
    await expectBooksCover(pool, provider);
  });
});

/** An upstream that answers each message on a web socket in a way of its own. */
async function socketUpstream(answer: (socket: WebSocket, sent: number) => void): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: true });
  sockets.on("connection", (socket: WebSocket, { headers }: IncomingMessage) => {
    expect(headers["sec-websocket-extensions"]).toBeUndefined();
    let sent = 0;
    socket.on("message", () => answer(socket, ++sent));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** How a web socket is declined. */
function statusOf(
  address: string,
  headers: Record<string, string> = {},
  protocolVersion = 13,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, { headers, protocolVersion });
    socket.on("error", () => undefined);
    socket.on("open", () => reject(new Error("it was opened")));
    socket.on("unexpected-response", (_request, answer: IncomingMessage) => {
      let body = "";
      answer.on("data", (piece: Buffer) => (body += piece.toString()));
      answer.on("end", () => resolve(`${answer.statusCode} ${body}`));
    });
  });
}
