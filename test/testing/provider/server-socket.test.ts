// The simulated provider's side of a web socket, against a client that others wrote.

import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";

import { ServerSocket } from "../../../src/testing/provider/server-socket.ts";

const server = createServer();
let url = "";
let accepted: ServerSocket | undefined;

beforeAll(async () => {
  server.on("upgrade", (incoming, stream, head) => {
    stream.on("error", () => stream.destroy());
    const socket = ServerSocket.accept(incoming, stream, head, (text) => socket.send(text));
    accepted = socket;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function opened(...protocols: string[]): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols);
  await once(socket, "open");
  return socket;
}

async function echoOf(socket: WebSocket, message: string | Buffer): Promise<string> {
  const answer = once(socket, "message");
  socket.send(message);
  const [data] = await answer;
  return String(data);
}

it.each([0, 1, 125, 126, 65_535, 65_536, 1_000_000])(
  "a message of %i bytes arrives whole and is sent back whole",
  async (length) => {
    const socket = await opened();
    const message = "x".repeat(length);
    expect(await echoOf(socket, message)).toBe(message);
    socket.terminate();
  },
);

it("fragments with a ping between them are one message", async () => {
  const socket = await opened();
  const answer = once(socket, "message");
  const pong = once(socket, "pong");
  socket.send("one ", { fin: false });
  socket.ping("still there?");
  socket.send("two ä", { fin: true });
  expect(String((await pong)[0])).toBe("still there?");
  expect(String((await answer)[0])).toBe("one two ä");
  socket.terminate();
});

it("a binary message is read as an empty text", async () => {
  const socket = await opened();
  expect(await echoOf(socket, Buffer.from("text"))).toBe("");
  socket.terminate();
});

it("the first protocol that the client offers is chosen", async () => {
  const socket = await opened("realtime", "other");
  expect(socket.protocol).toBe("realtime");
  socket.terminate();
});

it("a close is answered with the same code, and nothing is sent after it", async () => {
  const socket = await opened();
  const closed = once(socket, "close");
  socket.close(1000, "done");
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1000, "done"]);
  expect(accepted?.isOpen).toBe(false);
  expect(() => accepted?.send("late")).not.toThrow();
});

it("a terminated socket closes without a close frame", async () => {
  const socket = await opened();
  const closed = once(socket, "close");
  accepted?.terminate();
  expect((await closed)[0]).toBe(1006);
});
