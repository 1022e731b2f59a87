// What the metered fetch is timed against: a server that answers at once with what was written before.

import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";

const USAGE = { prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 };
const EVENTS = 100;
const MEGABYTE = 1024 * 1024;

const whole = JSON.stringify({
  id: "a",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello to you, too." } }],
  usage: USAGE,
});

function event(content: string, more: object = {}): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  const chunk = { id: "a", object: "chat.completion.chunk", model: "gpt-4o-mini", choices };
  return `data: ${JSON.stringify({ ...chunk, ...more })}\n\n`;
}
const last = `data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

const megabyte = event("x".repeat(64)).repeat(MEGABYTE / 256);

async function answer(body: string, megabytes: number, response: ServerResponse): Promise<void> {
  if (!body.includes('"stream":true')) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(whole);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let sent = 0; sent < megabytes * MEGABYTE; sent += megabyte.length)
    if (!response.write(megabyte)) await once(response, "drain");
  const events = megabytes === 0 ? EVENTS : 0;
  for (let index = 0; index < events; index++) {
    // When it was sent, on the clock that all processes of a machine share.
    response.write(event("word ", { sent: String(process.hrtime.bigint()) }));
    await setImmediate();
  }
  response.end(last);
}

const server = createServer((request, response) => {
  const megabytes = Number(request.headers["x-megabytes"] ?? 0);
  void text(request).then((body) => answer(body, megabytes, response));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? (address?.port ?? 0) : 0);
});
process.on("disconnect", () => process.exit());
