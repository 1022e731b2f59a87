// The way out is the environment's: a real forward proxy, real TLS, certificates of a company's own.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { wayTo } from "../../src/proxy/way-out.ts";
import { isMissing } from "../support/programs.ts";
import { tokenBudget } from "./program.ts";

const HOST = "llm.corp.example";
const ANSWER = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
});
const BODY = { model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] };
/** Asks twice, so that a kept connection is used again. */
const ASK = `
  const ask = () => fetch(process.env.OPENAI_BASE_URL + "/chat/completions", {
    method: "POST", body: ${JSON.stringify(JSON.stringify(BODY))} });
  for (let turn = 0; turn < 2; turn++) {
    const answer = await ask();
    console.log(answer.status, (await answer.text()).slice(0, 200));
  }`;

/** Which proxy leads somewhere, as Go, curl and Node.js read it. */
describe("wayTo", () => {
  const proxy = "http://proxy.example:3128";
  it.each([
    ["https://api.openai.com", { HTTPS_PROXY: proxy }, true],
    ["https://api.openai.com", { https_proxy: "proxy.example:3128" }, true],
    ["https://api.openai.com", { HTTP_PROXY: proxy }, false],
    ["http://a.example", { http_proxy: proxy }, true],
    ["http://127.0.0.1:11434", { http_proxy: proxy }, false],
    ["https://[::1]:8443", { https_proxy: proxy }, false],
    ["https://api.openai.com", { HTTPS_PROXY: "socks5://proxy.example" }, false],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, NO_PROXY: "*" }, false],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, NO_PROXY: "a.example, openai.com" }, false],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, NO_PROXY: ".openai.com" }, false],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, NO_PROXY: "*.OPENAI.com:443" }, false],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, NO_PROXY: "openai.com:8443" }, true],
    ["https://notopenai.com", { HTTPS_PROXY: proxy, NO_PROXY: "openai.com" }, true],
    ["https://api.openai.com", { HTTPS_PROXY: proxy, no_proxy: "", NO_PROXY: "*" }, true],
  ] as const)("wayTo %s with %j leads through a proxy: %s", (url, env, isLed) => {
    expect(wayTo(new URL(url), env)?.host).toBe(isLed ? "proxy.example:3128" : undefined);
  });
});

describe.skipIf(isMissing("openssl", ["version"]))("an upstream behind a company's proxy", () => {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-"));
  const ca = join(folder, "ca.pem");
  if (!isMissing("openssl", ["version"])) makeCertificates();
  const seen = { tunnels: 0, passed: 0, asked: 0 };
  let isRefusing = false;
  const servers: Server[] = [];

  /** A key of a company, and a server's certificate that it has signed. */
  function makeCertificates(): void {
    const sign = (...args: readonly string[]): void => {
      execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    };
    const key = ["-newkey", "rsa:2048", "-nodes"];
    sign("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Corp");
    sign("req", ...key, "-keyout", "key.pem", "-out", "request.pem", "-subj", `/CN=${HOST}`);
    writeFileSync(join(folder, "names"), `subjectAltName=DNS:${HOST}`);
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
    sign("x509", "-req", "-in", "request.pem", ...by, "-out", "cert.pem");
  }

  function portOf(server: Server): number {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async function listening<T extends Server>(server: T): Promise<T> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    return server;
  }

  async function upstream(): Promise<number> {
    const options = {
      key: readFileSync(join(folder, "key.pem")),
      cert: readFileSync(join(folder, "cert.pem")),
    };
    const server = createSecureServer(options, (request, response) => {
      seen.asked++;
      request.resume();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(ANSWER);
    });
    return portOf(await listening(server));
  }

  /** The only way to the upstream, for whoever says the password. */
  async function forwardProxy(): Promise<string> {
    const target = await upstream();
    const expected = `Basic ${Buffer.from("me:pass word").toString("base64")}`;
    const server = createServer((request, response) => {
      const isIt = request.url?.startsWith(`http://${HOST}/v1/`) === true;
      const isKnown = request.headers["proxy-authorization"] === expected;
      if (isIt && isKnown && request.headers.host === HOST) seen.passed++;
      request.resume();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(ANSWER);
    });
    server.on("connect", (request, socket) => {
      if (isRefusing || request.headers["proxy-authorization"] !== expected) {
        socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        return;
      }
      seen.tunnels++;
      const out = connect(target, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        out.pipe(socket).pipe(out);
      });
      for (const each of [out, socket]) each.on("error", () => each.destroy());
    });
    return `http://me:pass%20word@127.0.0.1:${portOf(await listening(server))}`;
  }

  beforeEach(() => {
    Object.assign(seen, { tunnels: 0, passed: 0, asked: 0 });
    isRefusing = false;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function run(address: string, env: Readonly<Record<string, string>>): Promise<string> {
    const command = [process.execPath, "--input-type=module", "-e", ASK];
    const args = ["run", "--usd", "1", "--quiet", "--upstream", `openai=${address}`, "--"];
    return (await tokenBudget([...args, ...command], env)).stdout;
  }

  it.each([
    ["HTTPS_PROXY", "NODE_EXTRA_CA_CERTS"],
    ["https_proxy", "SSL_CERT_FILE"],
  ])(
    "an upstream behind a proxy is reached by a tunnel of %s, its certificate trusted by %s",
    async (name, trust) => {
      const out = await run(`https://${HOST}/v1`, { [name]: await forwardProxy(), [trust]: ca });
      expect(out).toMatch(/^200 .*\n200 /);
      expect(seen).toEqual({ tunnels: 1, passed: 0, asked: 2 });
    },
  );

  it("an upstream behind a proxy is not reached where its certificate is not trusted, which is reported", async () => {
    const out = await run(`https://${HOST}/v1`, { HTTPS_PROXY: await forwardProxy() });
    expect(out).toMatch(/^502 .*does not answer: .*certificate/);
    expect(seen.asked).toBe(0);
  });

  it("an upstream is not reached where the proxy refuses, which is reported", async () => {
    isRefusing = true;
    const env = { HTTPS_PROXY: await forwardProxy(), NODE_EXTRA_CA_CERTS: ca };
    const out = await run(`https://${HOST}/v1`, env);
    expect(out).toMatch(/^502 .*refuses a tunnel to llm\.corp\.example:443 \(403\)/);
    expect(out).not.toContain("pass");
  });

  it("an upstream named by NO_PROXY is reached directly", async () => {
    const env = { HTTPS_PROXY: await forwardProxy(), NO_PROXY: "corp.example" };
    expect(await run(`https://${HOST}/v1`, env)).toMatch(/^502 /);
    expect(seen.tunnels).toBe(0);
  });

  it("an upstream without TLS is requested by its full URL through a proxy", async () => {
    const out = await run(`http://${HOST}/v1`, { HTTP_PROXY: await forwardProxy() });
    expect(out).toMatch(/^200 .*\n200 /);
    expect(seen.passed).toBe(2);
  });
});
