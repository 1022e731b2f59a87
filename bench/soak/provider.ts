// The provider of a soak: it answers as the number of a call says, and keeps the bill.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import { costOf, courseOf, goesWell, usageOf, WELL } from "./faults.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** A provider that is running. */
export interface Provider {
  readonly port: number;
  /** What it has billed for calls that went well, in nano-dollars. */
  bill(): number;
  close(): void;
}

/** Starts it. */
export async function startProvider(): Promise<Provider> {
  let bill = 0;
  const server = createServer((request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    void answered(request, response);
  });
  async function answered(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const nanoUsd = await answer(request, response);
      // Read only now: others have been answered meanwhile.
      bill += nanoUsd;
    } catch {
      response.destroy();
    }
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    bill: () => bill,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Connections that are closed when they are used again, as one that was idle for too long is. */
const closing = new WeakSet<Socket>();

/** Answers, and returns what that costs. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<number> {
  if (closing.has(request.socket)) {
    request.socket.resetAndDestroy();
    return 0;
  }
  const body: { readonly user?: string } = JSON.parse(await text(request));
  const call = Number(body.user);
  const course = courseOf(call);
  switch (course) {
    case "whole":
      response.writeHead(200, JSON_TYPE).end(completion(call));
      break;
    case "gzip":
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" });
      response.end(gzipSync(completion(call)));
      break;
    case "closing":
      response.writeHead(200, JSON_TYPE).end(completion(call));
      closing.add(request.socket);
      break;
    case "stream":
      for (const event of events(call)) response.write(event);
      response.end();
      break;
    case "error":
      response.writeHead(500, JSON_TYPE).end('{"error":{"message":"a fault"}}');
      break;
    case "rate limit":
      response.writeHead(429, JSON_TYPE).end('{"error":{"message":"too many"}}');
      break;
    case "no answer":
      request.socket.destroy();
      break;
    case "garbage":
      response.writeHead(200, JSON_TYPE).end('{"choices": [{"mess');
      break;
    case "another protocol":
      raw(request, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
      break;
    case "no status":
      raw(request, "HTTP/1.1 099 None\r\nContent-Length: 2\r\n\r\n{}");
      break;
    case "cut":
      response.write(events(call)[0]);
      setTimeout(() => request.socket.destroy(), 2);
      break;
    default:
      // The caller has left, or leaves: it gets the beginning, and never the end.
      response.write(events(call)[0]);
      await once(response, "close");
  }
  return goesWell(course) ? costOf(call) : 0;
}

function raw({ socket }: IncomingMessage, answered: string): void {
  socket.end(answered);
}

function usage(call: number): object {
  const { input, output } = usageOf(call);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function completion(call: number): string {
  const message = { role: "assistant", content: "word ".repeat(usageOf(call).output) };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return JSON.stringify({
    id: "c",
    object: "chat.completion",
    model: WELL,
    choices,
    usage: usage(call),
  });
}

function events(call: number): readonly string[] {
  const words = Array.from({ length: usageOf(call).output }, () =>
    chunk({ choices: [{ index: 0, delta: { content: "word " }, finish_reason: null }] }),
  );
  const end = chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  return [...words, end, chunk({ choices: [], usage: usage(call) }), "data: [DONE]\n\n"];
}

function chunk(more: object): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: WELL, ...more })}\n\n`;
}
