// Realtime sessions through the proxy, with OpenAI's own client and with `ws` itself.

import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { SILENCE } from "../../../src/testing/provider/realtime.ts";
import { budgetExceededFrom } from "../../../src/meter/index.ts";
import type { BudgetProxy } from "../../../src/proxy/index.ts";
import { expectEqualBooks } from "../../meter/books.ts";
import { provider, started } from "./running-proxy.ts";
import type { Event } from "./running-proxy.ts";

const MODEL = "gpt-realtime";
const LISTENS_NOT = {
  type: "session.update",
  session: { type: "realtime", audio: { input: { turn_detection: null } } },
};

function said(text: string): object {
  const content = [{ type: "input_text", text }];
  return { type: "conversation.item.create", item: { type: "message", role: "user", content } };
}

function sound(audio: string): object {
  return { type: "input_audio_buffer.append", audio };
}

/** A web socket through the proxy, and what has come on it. */
async function dialled(proxy: BudgetProxy) {
  const base = proxy.urlOf("openai").replace("http", "ws");
  const socket = new WebSocket(`${base}/v1/realtime?model=${MODEL}`);
  onTestFinished(() => socket.terminate());
  const events: Event[] = [];
  socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString()) as Event));
  await once(socket, "open");
  const seen = async (type: string, count = 1): Promise<Event> => {
    const found = (): Event[] => events.filter((event) => event.type === type);
    await expect.poll(() => found().length).toBe(count);
    return found().at(-1) ?? { type };
  };
  await seen("session.created");
  return { socket, events, seen, send: (event: object) => socket.send(JSON.stringify(event)) };
}

describe("OpenAI's own client", () => {
  it("a realtime session has a hold for each response, and a refusal as an error event; the socket stays", async () => {
    const { pool, proxy, reports } = await started();
    const client = new OpenAI({ apiKey: "sk-test", baseURL: `${proxy.urlOf("openai")}/v1` });
    // It writes wss:// whatever the base URL; the proxy listens without TLS, on this machine.
    const createConnection = (): Socket => connect(Number(new URL(proxy.url).port), "127.0.0.1");
    const socket = new OpenAIRealtimeWS({ model: MODEL, options: { createConnection } }, client);
    onTestFinished(() => socket.close());
    const errors: { readonly error?: unknown; readonly message: string }[] = [];
    socket.on("error", (error) => errors.push(error));
    await once(socket.socket, "open");
    const done = (): Promise<unknown> =>
      new Promise((resolve) => {
        socket.on("response.done", resolve);
      });
    for (const text of ["Hello", "Go on"]) {
      const ended = done();
      socket.send(said(text) as Parameters<typeof socket.send>[0]);
      socket.send({ type: "response.create", response: { max_output_tokens: 500 } });
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      await ended;
    }
    await expectEqualBooks(pool, provider);
    expect(reports).toMatchObject([
      { outcome: "used", wire: "openai-realtime", model: MODEL },
      { outcome: "used" },
    ]);

    pool.configure({ caps: { usd: pool.snapshot().used.usd } });
    socket.send({ type: "response.create" });
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]?.message).toContain("token-budget: Budget exceeded");
    expect(budgetExceededFrom(errors[0]?.error)).toMatchObject({ pool: "run", axis: "usd" });
    expect(provider.requests.length).toBe(2);

    pool.configure({ caps: { usd: 5 } });
    const ended = done();
    socket.send({ type: "response.create" });
    await ended;
    await expectEqualBooks(pool, provider);
  });
});

describe("a requested response", () => {
  it("a requested response is held for its own limit, or that of the session, and all that was said", async () => {
    const { pool, proxy } = await started();
    provider.behave(() => ({ outputTokens: 100 }));
    const { send, seen } = await dialled(proxy);
    send({ type: "session.update", session: { ...LISTENS_NOT.session, max_output_tokens: 200 } });
    await seen("session.updated");
    send(said("Hello"));
    send({ type: "response.create" });
    await seen("response.done");
    send({ type: "response.create", response: { max_output_tokens: 7 } });
    await seen("response.done", 2);
    expect(provider.bill.map(({ outputTokens }) => outputTokens)).toEqual([100, 7]);
    await expectEqualBooks(pool, provider);
  });

  it("a requested response is limited to the remaining room", async () => {
    const { pool, proxy, reports } = await started(0.3);
    const { send, seen } = await dialled(proxy);
    send(LISTENS_NOT);
    send({ type: "response.create" });
    await seen("response.done");
    expect(reports[0]?.writtenLimit).toBeLessThan(4096);
    await expectEqualBooks(pool, provider);
  });

  it("an error about a requested response frees what was held, and names no event that was not sent", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ status: 400 }));
    const { send, seen } = await dialled(proxy);
    send(LISTENS_NOT);
    send({ type: "response.create", response: { max_output_tokens: 9 } });
    expect(await seen("error")).toMatchObject({ error: { event_id: null } });
    send({ type: "response.create", event_id: "mine", response: { max_output_tokens: 9 } });
    expect(await seen("error", 2)).toMatchObject({ error: { event_id: "mine" } });
    expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "released"]);
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { usd: 0 } });
  });

  it("a realtime response that reports no usage, or is cut off, is booked at its bound", async () => {
    const { pool, proxy, reports } = await started();
    provider.behave(() => ({ withoutUsage: true }));
    const { send, seen, socket } = await dialled(proxy);
    send({ type: "response.create", response: { max_output_tokens: 50 } });
    await seen("response.done");
    expect(reports).toMatchObject([{ outcome: "bounded", booked: { outputTokens: 50 } }]);
    expect(socket.readyState).toBe(socket.OPEN);
    expect(pool.snapshot().openReservations).toBe(0);
  });
});

describe("a response that the provider begins by itself", () => {
  it("a response that the provider begins itself is held before any sound is passed on, and so is the next", async () => {
    const { pool, proxy, reports } = await started(50);
    const { send, seen } = await dialled(proxy);
    send({ type: "session.update", session: { type: "realtime", max_output_tokens: 300 } });
    await seen("session.updated");
    send(sound("AAAA"));
    await expect.poll(() => pool.snapshot().openReservations).toBe(1);
    expect(pool.snapshot().reserved.outputTokens).toBe(300);
    send(sound("AAAA"));
    send(sound(SILENCE));
    await seen("response.done");
    send(sound(SILENCE));
    await seen("response.done", 2);
    await expectEqualBooks(pool, provider);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used", "used"]);
  });

  it("a realtime response that does not fit is never begun: an error event, and the socket is closed", async () => {
    const { pool, proxy } = await started(0.1);
    const { send, seen, socket } = await dialled(proxy);
    const closed = once(socket, "close");
    send(sound("AAAA"));
    send(sound(SILENCE));
    const error = await seen("error");
    expect(budgetExceededFrom(error)).toMatchObject({ pool: "run", axis: "usd" });
    expect((await closed)[0]).toBe(1008);
    expect(provider.requests.length).toBe(0);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a response in which nothing was said costs nothing; without turn detection nothing is held", async () => {
    const { pool, proxy } = await started(50);
    const first = await dialled(proxy);
    first.send(sound("AAAA"));
    await expect.poll(() => pool.snapshot().openReservations).toBe(1);
    first.socket.close();
    await expect.poll(() => pool.snapshot().openReservations).toBe(0);
    expect(pool.snapshot().used.usd).toBe(0);
    const second = await dialled(proxy);
    second.send(LISTENS_NOT);
    await second.seen("session.updated");
    second.send(sound(SILENCE));
    second.send({ type: "response.create", response: { max_output_tokens: 5 } });
    await second.seen("response.done");
    await expectEqualBooks(pool, provider);
  });
});

describe("requests that cannot be bounded are refused by name", () => {
  const update = (session: object): object => ({ type: "session.update", session });
  const cases: Readonly<Record<string, readonly [object, RegExp]>> = {
    "the transcription of what is said": [
      update({ audio: { input: { transcription: { model: "whisper-1" } } } }),
      /transcription of what is said.+transcription: null/,
    ],
    "responses when no one speaks": [
      update({ audio: { input: { turn_detection: { idle_timeout_ms: 5000 } } } }),
      /idle_timeout_ms/,
    ],
    "tools of the provider": [update({ tools: [{ type: "mcp" }] }), /hand it .+ as a function/],
    "a message that is not known": [{ type: "response.dream" }, /response\.dream/],
  };
  it.each(Object.entries(cases))(
    "a realtime event that cannot be bounded is refused: %s",
    async (_name, [message, why]) => {
      const { proxy } = await started();
      const { send, seen } = await dialled(proxy);
      send({ event_id: "mine", ...message });
      const { error } = await seen("error");
      expect(error).toMatchObject({
        code: "route_unmetered",
        event_id: "mine",
        message: expect.stringMatching(why),
      });
    },
  );

  it.each(["intent=transcription", "call_id=rtc_1", ""])(
    "a realtime address with %j is refused",
    async (query) => {
      const { proxy } = await started();
      const base = proxy.urlOf("openai").replace("http", "ws");
      const socket = new WebSocket(`${base}/v1/realtime?${query}`);
      const [request, answer] = await once(socket, "unexpected-response");
      expect(answer.statusCode).toBe(426);
      request.destroy();
    },
  );
});
