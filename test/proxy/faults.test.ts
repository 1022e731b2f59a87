// Upstreams that answer what no upstream should, and bodies that come packed: the proxy lives, every
// exchange is settled, and what can be read is booked as reported.

import { EventEmitter, once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo, Server as SocketServer, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import * as zlib from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const CHAT = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 50,
};
const COMPLETION = JSON.stringify({
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
});
const PACKERS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ["gzip", (text) => zlib.gzipSync(text)],
  ["deflate", (text) => zlib.deflateSync(text)],
  ["br", (text) => zlib.brotliCompressSync(text)],
  ["zstd", (text) => zlib.zstdCompressSync(text)],
];

async function listening(server: Server | SocketServer): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** An upstream that answers a request with these bytes, and closes or keeps the connection. */
async function rawUpstream(answer: (socket: Socket, requests: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      if (!piece.includes("POST ")) return;
      requests += 1;
      answer(socket, requests);
    });
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return listening(server);
}

async function httpUpstream(
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    void buffer(request).then((body) => answer(request, body, response));
  });
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return listening(server);
}

async function proxyTo(upstream: string) {
  const pool = new BudgetPool({ caps: { usd: 5 } });
  const reports: ExchangeReport[] = [];
  const events = new EventEmitter();
  const reported = once(events, "report");
  const proxy = await startProxy(pool, {
    upstreams: { openai: upstream },
    idleTimeoutMs: 20_000,
    onExchange: (report) => {
      reports.push(report);
      events.emit("report");
    },
  });
  closers.push(() => proxy.close());
  return { pool, reports, reported, url: `${proxy.urlOf("openai")}/v1/chat/completions` };
}

async function turns(count: number): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one turn after the other
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

const post = (
  body: object | Buffer,
  headers: Readonly<Record<string, string>> = {},
): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
});

describe("an upstream with malformed answers", () => {
  it.each([
    ["a status of 099", "HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n"],
    ["a status of 000", "HTTP/1.1 000 Odd\r\ncontent-length: 0\r\n\r\n"],
    [
      "another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n",
    ],
    ["no HTTP", "nonsense\r\n\r\n"],
    ["nothing, and closes", ""],
  ])(
    "an upstream that answers with %s: 502, nothing is left held, and the proxy goes on",
    async (_title, bytes) => {
      const upstream = await rawUpstream((socket, requests) => {
        if (requests === 1) socket.end(bytes);
        else
          socket.end(
            `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${COMPLETION.length}\r\n\r\n${COMPLETION}`,
          );
      });
      const { pool, url } = await proxyTo(upstream);
      const odd = await fetch(url, post(CHAT));
      expect(odd.status).toBe(502);
      expect(pool.snapshot().openReservations).toBe(0);
      const next = await fetch(url, post(CHAT));
      expect([next.status, await next.text()]).toEqual([200, COMPLETION]);
      expect(pool.snapshot().openReservations).toBe(0);
    },
  );

  it("a kept connection that was closed is tried once more, and booked once", async () => {
    const upstream = await rawUpstream((socket, requests) => {
      // The second request comes over the kept connection, which breaks.
      if (requests === 2) socket.resetAndDestroy();
      else
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-length: ${COMPLETION.length}\r\n\r\n${COMPLETION}`,
        );
    });
    const { pool, reports, url } = await proxyTo(upstream);
    for (let call = 0; call < 2; call++) {
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      const answer = await fetch(url, post(CHAT));
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      expect([answer.status, await answer.text()]).toEqual([200, COMPLETION]);
    }
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "used"]);
    expect(pool.snapshot()).toMatchObject({ used: { calls: 2, tokens: 18 }, openReservations: 0 });
  });

  it("a new connection that breaks is not tried again: the work may have been done", async () => {
    let seen = 0;
    const upstream = await rawUpstream((socket) => {
      seen += 1;
      socket.resetAndDestroy();
    });
    const { pool, url } = await proxyTo(upstream);
    const answer = await fetch(url, post(CHAT));
    expect([answer.status, answer.headers.get("x-should-retry"), seen]).toEqual([502, null, 1]);
    expect(pool.snapshot().openReservations).toBe(0);
  });
});

describe("added fields, and rejected ones", () => {
  it("a request that is rejected for what was added is sent without it (M9)", async () => {
    const bodies: string[] = [];
    const rejection = JSON.stringify({ error: { message: "Unknown parameter: stream_options" } });
    const events = `data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
    const upstream = await httpUpstream((_request, body, response) => {
      bodies.push(body.toString());
      const isRejected = body.includes("stream_options");
      response.writeHead(isRejected ? 400 : 200, {
        "content-type": isRejected ? "application/json" : "text/event-stream",
      });
      response.end(isRejected ? rejection : events);
    });
    const { pool, reports, url } = await proxyTo(upstream);
    const answer = await fetch(url, post({ ...CHAT, stream: true }));
    expect([answer.status, await answer.text()]).toEqual([200, events]);
    expect(bodies.map((body) => body.includes("stream_options"))).toEqual([true, false]);
    expect(reports).toHaveLength(1);
    expect(pool.snapshot()).toMatchObject({ used: { calls: 1 }, openReservations: 0 });
  });

  it("a rejection for another reason passes as it came", async () => {
    const rejection = JSON.stringify({ error: { message: "No such model" } });
    let asked = 0;
    const upstream = await httpUpstream((_request, _body, response) => {
      asked += 1;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(rejection);
    });
    const { pool, url } = await proxyTo(upstream);
    const answer = await fetch(url, post({ ...CHAT, stream: true }));
    expect([answer.status, await answer.text(), asked]).toEqual([400, rejection, 1]);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it("the caller leaves while a rejection is read: nothing is booked", async () => {
    const head = "HTTP/1.1 400 Bad Request\r\ncontent-length: 999\r\n\r\n{";
    const controller = new AbortController();
    const upstream = await rawUpstream((socket) => {
      socket.write(head);
      // What was written is read in the next turns of the loop.
      void turns(20).then(() => controller.abort());
    });
    const { pool, reports, reported, url } = await proxyTo(upstream);
    const { signal } = controller;
    await expect(fetch(url, { ...post({ ...CHAT, stream: true }), signal })).rejects.toThrow(
      "aborted",
    );
    await reported;
    expect(reports).toMatchObject([{ outcome: "released", status: 400 }]);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it.each(["h2c", "foo/2"])("an upgrade to %s that is offered is passed over", async (upgrade) => {
    const upstream = await httpUpstream((_request, _body, response) => response.end(COMPLETION));
    const { url } = await proxyTo(upstream);
    const sent = httpRequest(url, {
      method: "POST",
      headers: { connection: "Upgrade, HTTP2-Settings", upgrade, "http2-settings": "AAMAAABk" },
    });
    sent.end(JSON.stringify(CHAT));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect([answer.statusCode, (await buffer(answer)).toString()]).toEqual([200, COMPLETION]);
  });
});

describe("bodies that are packed", () => {
  it.each(PACKERS)(
    "an answer packed with %s passes as it came, and is read",
    async (encoding, pack) => {
      const packed = pack(COMPLETION);
      const upstream = await httpUpstream((_request, _body, response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-encoding": encoding,
        });
        response.write(packed.subarray(0, 7));
        response.end(packed.subarray(7));
      });
      const { pool, reports, url } = await proxyTo(upstream);
      const sent = httpRequest(url, { method: "POST" });
      sent.end(JSON.stringify(CHAT));
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      expect(await buffer(answer)).toEqual(packed);
      expect(answer.headers["content-encoding"]).toBe(encoding);
      expect(reports[0]).toMatchObject({ outcome: "used" });
      expect(pool.snapshot()).toMatchObject({ used: { tokens: 9 }, openReservations: 0 });
    },
  );

  it.each(PACKERS)(
    "a request packed with %s is read, and passes as it came",
    async (encoding, pack) => {
      const packed = pack(JSON.stringify(CHAT));
      const received: (readonly [Buffer, string | undefined])[] = [];
      const upstream = await httpUpstream((request, body, response) => {
        received.push([body, request.headers["content-encoding"]]);
        response.end(COMPLETION);
      });
      const { pool, url } = await proxyTo(upstream);
      const answer = await fetch(url, post(packed, { "content-encoding": encoding }));
      expect(answer.status).toBe(200);
      await answer.text();
      expect(received).toEqual([[packed, encoding]]);
      expect(pool.snapshot()).toMatchObject({ used: { tokens: 9 }, openReservations: 0 });
    },
  );

  it("a packing that is not known, or broken, is refused before anything is sent", async () => {
    let asked = 0;
    const upstream = await httpUpstream((_request, _body, response) => {
      asked += 1;
      response.end(COMPLETION);
    });
    const { pool, url } = await proxyTo(upstream);
    const unknown = await fetch(url, post(CHAT, { "content-encoding": "exi" }));
    expect([unknown.status, await unknown.text()]).toEqual([
      400,
      expect.stringContaining('content-encoding \\"exi\\"'),
    ]);
    const broken = await fetch(url, post(Buffer.from("{}"), { "content-encoding": "gzip" }));
    expect([broken.status, await broken.text()]).toEqual([
      400,
      expect.stringContaining("not what gzip makes"),
    ]);
    expect(asked).toBe(0);
    expect(pool.snapshot().openReservations).toBe(0);
  });
});
