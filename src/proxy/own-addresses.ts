// Answers that contain an address to fetch: a batch of Anthropic's has that of its results, at the
// provider. Clients follow it, past the proxy, unless it is replaced by the proxy's own.
// https://platform.claude.com/docs/en/api/retrieving-message-batches

import type { IncomingMessage } from "node:http";

const PATH = "/messages/batches";
const ADDRESS = /("results_url"\s*:\s*")https?:\/\/[^"\s]*?\/messages\/batches(\/[^"\s]*")/g;

/**
 * Returns a function that puts the proxy's own addresses into an answer; undefined if it has none.
 */
export function ownAddresses(
  { method, url = "", headers }: IncomingMessage,
  upstream: URL,
): ((answer: string) => string) | undefined {
  const isAbout = upstream.pathname.includes(PATH) && !upstream.pathname.endsWith("/results");
  const end = url.indexOf(PATH);
  if (!isAbout || end < 0 || (method !== "GET" && method !== "POST")) return undefined;
  const own = `http://${String(headers.host)}${url.slice(0, end)}${PATH}`;
  return (answer) =>
    answer.replaceAll(ADDRESS, (_all, name: string, rest: string) => `${name}${own}${rest}`);
}
