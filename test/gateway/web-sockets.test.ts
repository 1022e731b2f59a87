// Realtime sessions through the gateway: on the account of the caller, with the key of the gateway.

import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { startProvider } from "../meter/provider.ts";
import { startTestGateway } from "./gateways.ts";
import type { TestGateway } from "./gateways.ts";

const provider = await startProvider();
const MODEL = "gpt-realtime";
const RESPONSE = { type: "response.create", response: { max_output_tokens: 50 } };
const PATIENCE = { timeout: 20_000 };

interface Event {
  readonly type: string;
  readonly error?: { readonly message?: string; readonly code?: string };
}

async function expectBill({ store }: TestGateway, path: string): Promise<void> {
  await provider.idle();
  const used = async () => BigInt(toNanoUsd((await (await store.pool(path)).snapshot()).used.usd));
  await expect.poll(used, PATIENCE).toBe(provider.total.nanoUsd);
  expect(provider.total.nanoUsd).toBeGreaterThan(0n);
}

function socketTo({ gateway }: TestGateway, protocols: string[], headers = {}): WebSocket {
  const address = `${gateway.url.replace("http", "ws")}/openai/v1/realtime?model=${MODEL}`;
  const socket = new WebSocket(address, protocols, { headers });
  onTestFinished(() => socket.terminate());
  return socket;
}

/** What a request for a web socket is answered with. */
async function statusOf(socket: WebSocket): Promise<number> {
  return await new Promise((resolve) => {
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on("error", () => undefined);
  });
}

/** A session that is open, and what has come on it. */
async function session(gateway: TestGateway, key: string) {
  const socket = socketTo(gateway, [], { authorization: `Bearer ${key}` });
  const events: Event[] = [];
  socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString()) as Event));
  await once(socket, "open");
  const seen = async (type: string): Promise<Event> => {
    await expect.poll(() => events.some((event) => event.type === type), PATIENCE).toBe(true);
    return events.find((event) => event.type === type) ?? { type };
  };
  await seen("session.created");
  return { socket, seen, ask: () => socket.send(JSON.stringify(RESPONSE)) };
}

describe("a realtime session", () => {
  it("a realtime session of OpenAI's own client draws from the pool of its key, and is sent with the gateway's", async () => {
    const test = await startTestGateway(provider);
    const { gateway, entries, keyFor } = test;
    const key = await keyFor("users/ada", { name: "ada" });
    const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/openai/v1` });
    // It writes wss:// whatever the base URL; this gateway listens without TLS.
    const createConnection = (): Socket => connect(Number(new URL(gateway.url).port), "127.0.0.1");
    const socket = new OpenAIRealtimeWS({ model: MODEL, options: { createConnection } }, client);
    await once(socket.socket, "open");
    const done = new Promise((resolve) => {
      socket.on("response.done", resolve);
    });
    socket.send(RESPONSE as Parameters<typeof socket.send>[0]);
    await done;
    await expectBill(test, "users/ada");
    for (const { headers } of provider.requests) {
      expect(headers["authorization"]).toBe("Bearer sk-provider-openai");
      expect(JSON.stringify(headers)).not.toContain("tb_");
    }
    const [entry] = await (await test.store.pool("users/ada")).ledger();
    expect(entry).toMatchObject({ label: "ada", model: MODEL });
    socket.close();
    await expect.poll(() => entries.length, PATIENCE).toBe(1);
    expect(entries[0]).toMatchObject({ status: 101, pool: "users/ada", model: MODEL });
    expect(entries[0]?.bookedUsd).toBeGreaterThan(0);
  });

  it("a realtime session is refused at the cap of its model, and continues once there is room", async () => {
    const test = await startTestGateway(provider);
    const cap = await test.store.pool(`users/ada/model:${MODEL}`, { caps: { usd: 0 } });
    const { seen, ask } = await session(test, await test.keyFor("users/ada"));
    ask();
    const { error } = await seen("error");
    expect(error?.message).toContain(`users/ada/model:${MODEL}`);
    expect(provider.requests.filter(({ route }) => route !== undefined).length).toBe(0);
    await cap.configure({ caps: { usd: 1 } });
    ask();
    await seen("response.done");
    await expectBill(test, "users/ada");
  });

  it("a realtime session is refused its next response once its key is revoked", async () => {
    const test = await startTestGateway(provider);
    const key = await test.keyFor("users/ada");
    const { seen, ask } = await session(test, key);
    ask();
    await seen("response.done");
    const [record] = await test.keys.list();
    await test.keys.revoke(record?.id ?? "", "ops");
    const status = async () => (await test.ask("/budget", key)).status;
    await expect.poll(status, PATIENCE).toBe(401);
    const billed = provider.total.nanoUsd;
    ask();
    expect((await seen("error")).error?.message).toContain("no longer valid");
    expect(provider.total.nanoUsd).toBe(billed);
  });

  it("a realtime session is not opened without a key, from a web page, on an unmetered route, or without a budget", async () => {
    const test = await startTestGateway(provider);
    const key = await test.keyFor("users/ada");
    const by = { authorization: `Bearer ${key}` };
    const none = await test.keyFor("nobody/has/a/cap");
    const cases: readonly (readonly [number, WebSocket])[] = [
      [401, socketTo(test, [])],
      [401, socketTo(test, [], { authorization: "Bearer tb_wrong" })],
      [403, socketTo(test, [], { ...by, origin: "https://evil.example" })],
      [402, socketTo(test, [], { authorization: `Bearer ${none}` })],
      // Where a client can set no headers.
      [101, socketTo(test, ["realtime", `openai-insecure-api-key.${key}`])],
    ];
    for (const [wanted, socket] of cases)
      // oxlint-disable-next-line no-await-in-loop -- in their order
      expect([wanted, await statusOf(socket)]).toEqual([wanted, wanted]);
    const elsewhere = `${test.gateway.url.replace("http", "ws")}/openai/v1/files`;
    expect(await statusOf(new WebSocket(elsewhere, { headers: by }))).toBe(426);
  });

  it("closing the gateway ends a realtime session and books its open response", async () => {
    const test = await startTestGateway(provider);
    const { socket, seen, ask } = await session(test, await test.keyFor("users/ada"));
    ask();
    await seen("response.done");
    const closed = once(socket, "close");
    await test.gateway.close({ drainMs: 0 });
    expect((await closed)[0]).toBe(1001);
    await expectBill(test, "users/ada");
  });
});
