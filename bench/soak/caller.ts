// The callers of a soak: as many at once as there are, each with one call after another.

import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

import { courseOf, goesWell, ILL, WELL } from "./faults.ts";
import type { Course } from "./faults.ts";

const agent = new Agent({ keepAlive: true });
const TIMEOUT_MS = 60_000;
const OK = 200;

/** Makes one call, and returns whether it went as its number says. */
export async function call(url: string, number: number): Promise<boolean> {
  const course = courseOf(number);
  const isStream = ["stream", "cut", "caller leaves", "caller leaves early"].includes(course);
  const body = JSON.stringify({
    model: course === "refused" ? "there-is-no-such-model" : goesWell(course) ? WELL : ILL,
    max_tokens: 100,
    user: String(number),
    messages: [{ role: "user", content: `call ${number}` }],
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
  });
  const sent = httpRequest(`${url}/chat/completions`, {
    method: "POST",
    agent,
    timeout: TIMEOUT_MS,
    headers: { "content-length": Buffer.byteLength(body) },
  });
  sent.on("error", () => undefined);
  if (course === "half a request") {
    await leave(sent, body.slice(0, 20));
    return true;
  }
  sent.end(body);
  sent.once("timeout", () => sent.destroy());
  const status = await statusOf(sent, course);
  return !goesWell(course) || status === OK;
}

async function leave(sent: ClientRequest, beginning: string): Promise<void> {
  sent.write(beginning);
  await new Promise((resolve) => setTimeout(resolve, 2));
  sent.destroy();
}

/** How it was answered; undefined when it was left, or cut. */
async function statusOf(sent: ClientRequest, course: Course): Promise<number | undefined> {
  if (course === "caller leaves early") {
    await new Promise((resolve) => setTimeout(resolve, 2));
    sent.destroy();
    return undefined;
  }
  const answer = await new Promise<IncomingMessage | undefined>((resolve) => {
    sent.once("response", resolve);
    sent.once("close", () => resolve(undefined));
  });
  if (answer === undefined) return undefined;
  answer.on("error", () => undefined);
  if (course === "caller leaves") {
    await once(answer, "data").catch(() => undefined);
    sent.destroy();
    return undefined;
  }
  await text(answer).catch(() => undefined);
  return answer.complete ? answer.statusCode : undefined;
}

/** Closes the connections of callers. */
export function hangUp(): void {
  agent.destroy();
}
