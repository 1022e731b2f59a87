// Requests over the client of `node:http`.

import type { ClientRequest, IncomingMessage } from "node:http";

import { UpstreamAnswer, wrongStatus } from "./upstream-answer.ts";
import type { SentListener, SentRequest } from "./upstream-answer.ts";

/** Reports the outcome of a request to the listener. */
export function hear(
  sent: ClientRequest,
  idleTimeoutMs: number,
  { onAnswer, onFailure }: SentListener,
): SentRequest {
  let isOver = false;
  const fail = (error: Error, isStale = false): void => {
    if (isOver) return;
    isOver = true;
    onFailure(error, isStale);
  };
  sent.setTimeout(idleTimeoutMs, () => {
    sent.destroy(new Error(`upstream sent nothing for ${idleTimeoutMs} ms`));
  });
  sent.once("response", (message: IncomingMessage) => {
    if (isOver) return;
    const wrong = wrongStatus(message.statusCode ?? 0);
    if (wrong === undefined) {
      isOver = true;
      onAnswer(answerOf(sent, message));
    } else {
      message.on("error", () => undefined);
      sent.destroy();
      fail(wrong);
    }
  });
  sent.once("upgrade", (_message, socket) => {
    socket.destroy();
    fail(new Error("it changed the protocol, which the request did not ask for"));
  });
  // Once an answer has begun, its reader is notified.
  sent.on("error", (error: Error) => fail(error, sent.reusedSocket && isReset(error)));
  sent.once("close", () => {
    if (!isOver) fail(new Error("the connection was closed"));
  });
  return { destroy: () => sent.destroy() };
}

function answerOf(sent: ClientRequest, message: IncomingMessage): UpstreamAnswer {
  const answer = new UpstreamAnswer(message.statusCode ?? 0, message.headers, {
    resume: () => message.resume(),
    pause: () => message.pause(),
    destroy: () => sent.destroy(),
  });
  message.pause();
  message.on("data", (piece: Buffer) => answer.push(piece));
  message.once("end", () => answer.end(message.complete));
  message.on("error", () => answer.end(false));
  message.once("close", () => answer.end(false));
  return answer;
}

/** Returns whether a connection failed because the other side had closed it. */
export function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
