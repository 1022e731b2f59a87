// The address of a caller: that of the connection, or one that the user's own proxies added.

import type { IncomingMessage } from "node:http";

/**
 * Returns the address of a caller. In `x-forwarded-for`, only the entries of the user's own proxies
 * count: the last ones.
 */
export function addressOf({ socket, headers }: IncomingMessage, hops: number): string {
  const own = socket.remoteAddress ?? "unknown";
  if (hops === 0) return own;
  const forwarded = String(headers["x-forwarded-for"] ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  return forwarded.at(-hops) ?? own;
}
