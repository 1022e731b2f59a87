// The meter's own requests to a caller's upstream, with the caller's credentials: to have the input
// of a call counted.

import type { IncomingMessage } from "node:http";

import type { SendBeside } from "../meter/tighter-bounds.ts";
import type { Connections } from "./connections.ts";

/** A count is short; anything longer is not one. */
const ANSWER_BYTES_MAX = 65_536;

/** Sends such requests like one of a caller's. */
export function sendBeside(
  connections: Connections,
  caller: Pick<IncomingMessage, "method" | "headers">,
): SendBeside {
  return (url, body, signal) =>
    new Promise((resolve, reject) => {
      const headers = {
        "accept-encoding": "identity",
        "content-encoding": undefined,
        "content-length": String(Buffer.byteLength(body)),
        "content-type": "application/json",
      };
      const sent = connections.request(url, caller, headers);
      const abort = (): void => {
        sent.destroy(new Error("the count took too long"));
      };
      signal.addEventListener("abort", abort, { once: true });
      sent.once("error", reject);
      sent.once("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece: string) => {
          text += piece;
          if (text.length > ANSWER_BYTES_MAX) sent.destroy(new Error("the count is too long"));
        });
        answer.once("error", reject);
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.once("close", () => {
        signal.removeEventListener("abort", abort);
        reject(new Error("the connection was closed"));
      });
      sent.end(body);
    });
}
