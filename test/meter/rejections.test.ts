// Answers that reject a request to which something was added: looked at, and never changed.

import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";

const URL = "https://api.openai.com/v1/chat/completions";
const CHAT = JSON.stringify({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 50,
  stream: true,
});
const EVENTS = `data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
const encoder = new TextEncoder();

/** Pieces, and then nothing more, without an end. */
function endless(...pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined) return new Promise<void>(() => undefined);
      controller.enqueue(piece);
      return undefined;
    },
  });
}

function metered(answers: readonly (() => Response | Promise<Response>)[], usd = 1) {
  const pool = new BudgetPool({ caps: { usd } });
  const bodies: string[] = [];
  const fetch = meteredFetch(pool, {
    fetch: async (_input, init) => {
      bodies.push(typeof init?.body === "string" ? init.body : "");
      const answer = answers[bodies.length - 1];
      if (answer === undefined) throw new Error("one request too many");
      return answer();
    },
  });
  return { pool, bodies, fetch };
}

describe("a rejection of a request to which something was added", () => {
  it("a rejection that names what was added: the request is sent once more without it", async () => {
    const { pool, bodies, fetch } = metered([
      () => new Response('{"error":"unknown field stream_options"}', { status: 400 }),
      () => new Response(EVENTS, { headers: { "content-type": "text/event-stream" } }),
    ]);
    const answer = await fetch(URL, { method: "POST", body: CHAT });
    expect([answer.status, await answer.text()]).toEqual([200, EVENTS]);
    expect(bodies.map((body) => body.includes("stream_options"))).toEqual([true, false]);
    expect(pool.snapshot()).toMatchObject({ used: { calls: 1 }, openReservations: 0 });
  });

  it("a rejection for another reason passes as it came, bytes that are not text too", async () => {
    const bytes = new Uint8Array([0xff, 0x00, 0xc3, 0x28, 0xef, 0xbb, 0xbf, 0x7b]);
    const { pool, fetch } = metered([() => new Response(bytes, { status: 400 })]);
    const answer = await fetch(URL, { method: "POST", body: CHAT });
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it("a rejection that is longer than what is looked at, and does not end, passes as it comes", async () => {
    const piece = encoder.encode("stream_options ".repeat(6000));
    const { pool, bodies, fetch } = metered([() => new Response(endless(piece), { status: 400 })]);
    const answer = await fetch(URL, { method: "POST", body: CHAT });
    const reader = (answer.body ?? endless()).getReader();
    expect((await reader.read()).value).toEqual(piece);
    await reader.cancel();
    expect(bodies).toHaveLength(1);
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it("a rejection that breaks off while it is looked at: nothing is booked for it", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode('{"error":'));
      },
      pull(controller) {
        controller.error(new TypeError("terminated"));
      },
    });
    const { pool, fetch } = metered([() => new Response(broken, { status: 400 })]);
    await expect(fetch(URL, { method: "POST", body: CHAT })).rejects.toThrow("terminated");
    expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it.each(["while it is read", "once it is read"])(
    "the caller of a rejected request gives up %s: nothing is booked, and nothing is sent again",
    async (when) => {
      const controller = new AbortController();
      const text = '{"error":"unknown field stream_options"}';
      const body =
        when === "once it is read"
          ? new ReadableStream<Uint8Array>(
              {
                pull(own) {
                  own.enqueue(encoder.encode(text));
                  own.close();
                  controller.abort(new Error("given up"));
                },
              },
              { highWaterMark: 0 },
            )
          : endless(encoder.encode(text));
      const { pool, bodies, fetch } = metered([() => new Response(body, { status: 400 })]);
      const { signal } = controller;
      const called = fetch(URL, { method: "POST", body: CHAT, signal });
      if (when === "while it is read") setImmediate(() => controller.abort(new Error("given up")));
      await expect(called).rejects.toThrow("given up");
      expect(bodies).toHaveLength(1);
      expect(pool.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
    },
  );

  it.each([
    [
      "is higher than the model takes: the one that it names is written",
      "max_completion_tokens is too large: this model supports at most 1024 completion tokens",
      { max_completion_tokens: 1024 },
    ],
    [
      "has a name that the server does not know: the other one is written",
      "Unknown parameter: max_completion_tokens",
      { max_tokens: expect.any(Number) as unknown },
    ],
  ])("a rejected request whose written limit %s", async (_title, message, limits) => {
    const asked = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };
    const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
    const { pool, bodies, fetch } = metered(
      [
        () => Response.json({ error: { message } }, { status: 400 }),
        () => Response.json({ choices: [], usage }),
      ],
      0.004,
    );
    const answer = await fetch(URL, { method: "POST", body: JSON.stringify(asked) });
    expect([answer.status, await answer.json()]).toEqual([200, { choices: [], usage }]);
    expect(JSON.parse(bodies[1] ?? "")).toEqual({ ...asked, ...limits });
    expect(pool.snapshot()).toMatchObject({
      used: { inputTokens: 9, outputTokens: 4, calls: 1 },
      openReservations: 0,
    });
  });
});
