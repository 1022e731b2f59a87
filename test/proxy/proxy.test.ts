import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import type { BudgetProxy, ProxyOptions } from "../../src/proxy/index.ts";
import { expectBooksCover, expectEqualBooks } from "../meter/books.ts";
import { CLIENTS } from "../meter/clients.ts";
import { startProvider } from "../meter/provider.ts";
import { isMissing } from "../support/programs.ts";

const provider = await startProvider();
const run = promisify(execFile);
const open: BudgetProxy[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((proxy) => proxy.close()));
});

async function started(usd = 5, options: ProxyOptions = {}) {
  const pool = new BudgetPool({ name: "run", caps: { usd } });
  const reports: ExchangeReport[] = [];
  const upstreams = { openai: provider.url, anthropic: provider.url, google: provider.url };
  const proxy = await startProxy(pool, {
    upstreams,
    onExchange: (report) => reports.push(report),
    ...options,
  });
  open.push(proxy);
  return { pool, proxy, reports };
}

const CHAT = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };
function post(body: object, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** Which upstream a client of that name speaks to. */
function upstreamOf(name: string): string {
  if (name.includes("anthropic")) return "anthropic";
  return name.includes("google") ? "google" : "openai";
}

/** A fetch that sends to the proxy what is meant for a provider, as its base URL would. */
function through(base: string): typeof fetch {
  return (input, init) => {
    const url = new URL(typeof input === "object" && "url" in input ? input.url : input);
    return fetch(`${base}${url.pathname}${url.search}`, init);
  };
}

describe("official clients through a proxy, unmodified", () => {
  for (const [name, make] of CLIENTS) {
    it(`${name} through a proxy is metered: whole, streamed, refused`, async () => {
      const { pool, proxy } = await started();
      const client = make(through(proxy.urlOf(upstreamOf(name))));
      provider.behave(() => ({ text: "Words with é and 字. ".repeat(20) }));
      expect(await client.whole("Hello")).toBe("Words with é and 字. ".repeat(20));
      let text = "";
      for await (const piece of client.stream("Hello")) text += piece;
      expect(text).toBe("Words with é and 字. ".repeat(20));
      await expectEqualBooks(pool, provider);

      pool.configure({ caps: { usd: pool.snapshot().used.usd } });
      const before = provider.requests.length;
      const error: unknown = await client.whole("Hello").catch((thrown: unknown) => thrown);
      expect(budgetExceededFrom(error)).toMatchObject({ pool: "run", axis: "usd" });
      expect(provider.requests.length).toBe(before);
    });
  }
});

describe("other programs", () => {
  it.skipIf(isMissing("curl"))("curl through a proxy streams and is metered", async () => {
    const { pool, proxy } = await started();
    const { stdout } = await run("curl", [
      "-sN",
      `${proxy.urlOf("openai")}/v1/chat/completions`,
      "-d",
      JSON.stringify({ ...CHAT, stream: true }),
    ]);
    expect(stdout.endsWith("data: [DONE]\n\n")).toBe(true);
    await expectEqualBooks(pool, provider);
  });

  it.skipIf(isMissing("python3"))(
    "Python with nothing but its own library is metered through a proxy",
    async () => {
      const { pool, proxy } = await started();
      const program = `
import json, sys, urllib.request, urllib.error
body = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 50, "messages": [{"role": "user", "content": "Grüße"}]}).encode()
request = urllib.request.Request(sys.argv[1] + "/v1/messages", body, {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request))["type"])
try:
    urllib.request.urlopen(sys.argv[1] + "/v1/sessions", b"{}")
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)["error"]["code"])
`;
      const { stdout } = await run("python3", ["-c", program, proxy.urlOf("anthropic")]);
      expect(stdout).toBe("message\n400 route_unmetered\n");
      await expectEqualBooks(pool, provider);
    },
  );

  it("Codex is refused with 400, which it does not try again", async () => {
    const { proxy } = await started(0);
    const url = `${proxy.urlOf("openai")}/v1/responses`;
    const asked = { model: "gpt-5.5", input: "Hi" };
    expect((await fetch(url, post(asked, { "user-agent": "codex_exec/0.169.0" }))).status).toBe(
      400,
    );
    expect((await fetch(url, post(asked))).status).toBe(402);
  });

  it("clients that leave the version out, or have it or a slash twice, reach the same path", async () => {
    const { proxy } = await started(5, { upstreams: { openai: `${provider.url}/v1` } });
    const paths = [
      "/chat/completions",
      "/v1/chat/completions",
      "//v1/chat/completions",
      "/v1/v1/chat/completions",
    ];
    for (const path of paths) {
      const answer = await fetch(`${proxy.urlOf("openai")}${path}`, post(CHAT));
      expect(answer.status).toBe(200);
      await answer.text();
    }
    expect(provider.requests.map(({ path }) => path)).toEqual(
      Array(4).fill("/v1/chat/completions"),
    );
  });
});

describe("failures", () => {
  it("a caller who disconnects mid-stream is booked for at least the output seen", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ outputTokens: 900, delayMs: 1 }));
    const controller = new AbortController();
    const answer = await fetch(`${proxy.urlOf("openai")}/v1/chat/completions`, {
      ...post({ ...CHAT, stream: true }),
      signal: controller.signal,
    });
    await answer.body?.getReader().read();
    controller.abort();
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]?.outcome).toBe("bounded");
    await expectBooksCover(pool, provider);
  });

  it("a stream that is cut, and an answer that is lost, are booked", async () => {
    const { pool, proxy } = await started();
    const url = `${proxy.urlOf("openai")}/v1/chat/completions`;
    provider.behave(() => ({ outputTokens: 300, cutAfter: 5 }));
    const cut = await fetch(url, post({ ...CHAT, stream: true }));
    await expect(cut.text()).rejects.toThrow("terminated");
    provider.behave(() => ({ loseAnswer: true }));
    const lost = await fetch(url, post(CHAT));
    expect(lost.status).toBe(502);
    // It may pass: clients decide whether to try again.
    expect(lost.headers.get("x-should-retry")).toBeNull();
    await expectBooksCover(pool, provider);
  });

  it("an upstream that cannot be reached is a 502 and costs nothing", async () => {
    const { pool, proxy } = await started(5, { upstreams: { mine: "http://127.0.0.1:1/v1" } });
    const answer = await fetch(`${proxy.urlOf("mine")}/chat/completions`, post(CHAT));
    expect([answer.status, (await answer.text()).includes("ECONNREFUSED")]).toEqual([502, true]);
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { calls: 0 } });
  });

  it("an upstream that is silent for too long is a 502, booked as unknown", async () => {
    const { pool, proxy, reports } = await started(5, { idleTimeoutMs: 100 });
    provider.behave(() => ({ hang: true }));
    const answer = await fetch(`${proxy.urlOf("openai")}/v1/chat/completions`, post(CHAT));
    expect(answer.status).toBe(502);
    expect(reports[0]?.outcome).toBe("unknown");
    await expectBooksCover(pool, provider);
  });

  it("closing a proxy settles the running calls", async () => {
    const { pool, proxy } = await started();
    provider.behave(() => ({ outputTokens: 900, delayMs: 2 }));
    const answer = await fetch(
      `${proxy.urlOf("openai")}/v1/chat/completions`,
      post({ ...CHAT, stream: true }),
    );
    await answer.body?.getReader().read();
    await proxy.close();
    open.length = 0;
    await expect.poll(() => pool.snapshot().openReservations).toBe(0);
    await expectBooksCover(pool, provider);
  });
});

/** What a raw request is answered. */
async function rawAnswer(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(request);
  return textOf(socket);
}

describe("callers and requests that are rejected", () => {
  const attack = async () => {
    const { pool, proxy } = await started();
    const url = new URL(proxy.url);
    const path = `${url.pathname}/openai/v1/chat/completions`;
    return { pool, proxy, url, path, port: Number(url.port) };
  };

  it("a caller without the key gets a 404, and the upstream no request", async () => {
    const { pool, url } = await attack();
    for (const path of [
      "/",
      "/v1/chat/completions",
      "/b/wrong-key-here/openai/v1/chat/completions",
    ])
      expect((await fetch(new URL(path, url), post(CHAT))).status).toBe(404);
    expect([pool.snapshot().used.calls, provider.requests.length]).toEqual([0, 0]);
  });

  it("web pages are refused, under the proxy's name or one of their own", async () => {
    const { path, url, port } = await attack();
    const page = await fetch(new URL(path, url), post(CHAT, { origin: "https://a.example" }));
    expect(page.status).toBe(403);
    const body = JSON.stringify(CHAT);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"]) {
      const answer = await rawAnswer(
        port,
        `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    }
    expect(provider.requests.length).toBe(0);
  });

  it("requests for other addresses are refused", async () => {
    const { url, port } = await attack();
    const base = url.pathname;
    const targets = [
      "http://169.254.169.254/latest/meta-data",
      `${base}/169.254.169.254/latest`,
      `${base}/openai//169.254.169.254/`,
      `${base}/openai/\\\\169.254.169.254/`,
      `${base}/nobody/v1/models`,
      "*",
    ];
    for (const target of targets) {
      const answer = await rawAnswer(
        port,
        `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    }
    expect(provider.requests.length).toBe(0);
  });

  it("redirects of an upstream are refused, with the keys that would go along", async () => {
    const elsewhere = createServer((_request, response) => {
      response.writeHead(307, { location: "http://169.254.169.254/" });
      response.end();
    });
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const address = elsewhere.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { pool, proxy } = await started(5, { upstreams: { other: `http://127.0.0.1:${port}` } });
    const answer = await fetch(`${proxy.urlOf("other")}/v1/chat/completions`, post(CHAT));
    expect([answer.status, answer.headers.get("location")]).toEqual([502, null]);
    await expect.poll(() => pool.snapshot().openReservations).toBe(0);
    elsewhere.close();
  });

  it("smuggled and malformed requests are refused", async () => {
    const { path, port, pool } = await attack();
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
    const malformed = [
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nPOST / HTTP/1.1\r\n\r\n`,
      `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
      `${head}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
      `${head}x: a\r\n b\r\ncontent-length: -1\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      "\0\0\0\0\r\n\r\n",
    ];
    for (const request of malformed)
      expect(await rawAnswer(port, request)).toMatch(/^(?:HTTP\/1\.1 400 |$)/);
    expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
  });

  it("requests that are too long, and malformed WebSocket upgrades, are refused", async () => {
    const { proxy, pool } = await started(5, { bodyBytesMax: 1000 });
    const long = { ...CHAT, messages: [{ role: "user", content: "x".repeat(5000) }] };
    const url = `${proxy.urlOf("openai")}/v1/chat/completions`;
    const answer = await fetch(url, post(long)).catch(() => undefined);
    expect(answer?.status ?? 400).toBe(400);
    const { port, pathname } = new URL(proxy.urlOf("openai"));
    const head = `GET ${pathname}/v1/responses HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\n`;
    const without = await rawAnswer(Number(port), `${head}connection: upgrade\r\n\r\n`);
    expect(without).toMatch(/^HTTP\/1\.1 400 /);
    expect(await rawAnswer(Number(port), `${head}\r\n`)).toMatch(/^HTTP\/1\.1 426 /);
    expect([pool.snapshot().used.calls, provider.requests.length]).toEqual([0, 0]);
  });

  it("callers that send slowly, and those that never finish, are cut off", async () => {
    const { proxy, pool } = await started(5, { requestTimeoutMs: 300 });
    const { port, pathname } = new URL(proxy.urlOf("openai"));
    const head = `POST ${pathname}/v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
    const unfinished = [head, `${head}content-length: 5000\r\n\r\n{`, "", "POST"];
    const since = performance.now();
    const answers = await Promise.all(
      unfinished.map(async (sent) => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.write(sent);
        // A byte now and then keeps nothing open.
        const dripping = setInterval(() => socket.write("x"), 50);
        socket.on("error", () => undefined);
        const answer = await textOf(socket).catch(() => "");
        clearInterval(dripping);
        return answer;
      }),
    );
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
  });

  it("a caller who never reads the answer is disconnected, and what it cost is booked", async () => {
    const { proxy, pool, reports } = await started(5, { idleTimeoutMs: 1500 });
    // More than the buffers of all sockets between hold.
    provider.behave(() => ({ outputTokens: 100_000 }));
    const { port, pathname } = new URL(proxy.urlOf("openai"));
    const asked = { ...CHAT, model: "gpt-5.5", stream: true, max_tokens: 100_000 };
    const body = JSON.stringify(asked);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(
      `POST ${pathname}/v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => reports.length, { timeout: 20_000 }).toBe(1);
    expect(reports[0]?.outcome).toBe("bounded");
    expect(pool.snapshot().openReservations).toBe(0);
    socket.destroy();
    await expectBooksCover(pool, provider);
  });

  it("hop-by-hop headers are removed, and no others", async () => {
    const { proxy } = await started();
    const answer = await fetch(`${proxy.urlOf("openai")}/v1/chat/completions`, {
      ...post(CHAT, {
        authorization: "Bearer planted-key",
        "accept-encoding": "gzip",
        "x-own": "kept",
        te: "trailers",
        "x-http-method-override": "DELETE",
        "proxy-authorization": "secret",
      }),
    });
    await answer.text();
    const { headers } = provider.requests[0] ?? { headers: {} };
    expect(headers).toMatchObject({
      authorization: "Bearer planted-key",
      "x-own": "kept",
      "accept-encoding": "identity",
    });
    expect(Object.keys(headers)).not.toContain("te");
    expect(Object.keys(headers)).not.toContain("x-http-method-override");
    expect(Object.keys(headers)).not.toContain("proxy-authorization");
  });
});

describe("options", () => {
  it("proxy options that are not allowed are errors", async () => {
    const pool = new BudgetPool();
    for (const options of [
      { port: -1 },
      { key: "short" },
      { upstreams: { Big: "https://a.example" } },
      { upstreams: { mine: "ftp://a.example" } },
      { upstreams: { mine: "no address" } },
      { idleTimeout: 5 },
    ])
      await expect(startProxy(pool, options)).rejects.toThrow(/port|key|upstream|Unknown/);
  });
});
