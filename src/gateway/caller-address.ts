// The address of a caller: that of the connection, or what proxies of the user's own have added.

import type { IncomingMessage } from "node:http";

/**
 * Returns the address of a caller. Of `x-forwarded-for`, only the entries that the user's own
 * proxies have written count: the last ones.
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
