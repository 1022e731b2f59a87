import { connect } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { startProxy } from "../../src/proxy/index.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();
/** `PROXY_INPUTS=100000` for the long run. */
const runs = Number(process.env["PROXY_INPUTS"] ?? 1500);

/** How long an answer is waited for, of a request that may not be whole. */
const PATIENCE_MS = 80;

/** Sends bytes in two pieces, and waits until the connection is closed, or answered and left. */
function sent(port: number, bytes: Uint8Array, cut: number, isAllSaid = true): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
    });
    for (const event of ["end", "close", "error"]) socket.once(event, end);
    socket.write(bytes.subarray(0, cut));
    socket.write(bytes.subarray(cut));
    // Whoever has no more to say has gone, to an HTTP server.
    if (isAllSaid) socket.end();
    else socket.setTimeout(PATIENCE_MS, end);
  });
}

it(
  `${runs} malformed requests: the proxy lives, holds nothing, and forwards nothing unmetered`,
  { timeout: 3_600_000 },
  async () => {
    const pool = new BudgetPool({ caps: { usd: 1000 } });
    const proxy = await startProxy(pool, { upstreams: { openai: `${provider.url}/v1` } });
    const { port, pathname } = new URL(proxy.urlOf("openai"));
    const body = JSON.stringify({ model: "gpt-4o-mini", max_tokens: 5, messages: [] });
    const whole = `POST ${pathname}/v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
    const mutation = fc.record({
      at: fc.nat(whole.length),
      remove: fc.nat(20),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc
          .constantFrom(
            "\r\n",
            "\n",
            "\0",
            "transfer-encoding: chunked\r\n",
            "content-length: 0\r\n",
            "Content-Length: 99\r\n",
            "0\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "http://evil.example",
            "//",
            "/../",
            "%2e%2e/",
            "upgrade: websocket\r\n",
            "expect: 100-continue\r\n",
          )
          .map((text) => new TextEncoder().encode(text)),
      ),
      cut: fc.nat(whole.length),
      isAllSaid: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, remove, insert, cut, isAllSaid }) => {
        const bytes = new TextEncoder().encode(whole);
        const broken = new Uint8Array([
          ...bytes.subarray(0, at),
          ...insert,
          ...bytes.subarray(at + remove),
        ]);
        const answer = await sent(Number(port), broken, cut, isAllSaid);
        expect(answer === "" || answer.startsWith("HTTP/1.1 ")).toBe(true);
      }),
      { numRuns: runs },
    );
    // It still answers, and has booked whatever has come through, and nothing else.
    expect(await sent(Number(port), new TextEncoder().encode(whole), 10, false)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    await provider.idle();
    await expect.poll(() => pool.snapshot().openReservations).toBe(0);
    const { used } = pool.snapshot();
    expect(used.calls).toBeGreaterThanOrEqual(provider.total.calls);
    expect(used.outputTokens).toBeGreaterThanOrEqual(provider.total.outputTokens);
    await proxy.close();
  },
);
