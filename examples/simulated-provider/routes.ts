// What a request asks for: its route, its model, how often it was tried.

import type { IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { anthropic } from "./anthropic.ts";
import type { ReceivedRequest, Route } from "./behavior.ts";
import { embeddings } from "./embeddings.ts";
import { textAt } from "./format.ts";
import type { Format } from "./format.ts";
import { gemini } from "./gemini.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

const ROUTES: readonly (readonly [method: string, path: RegExp, Route])[] = [
  ["POST", /\/chat\/completions$/, "chat"],
  ["POST", /\/responses$/, "responses"],
  ["POST", /\/embeddings$/, "embeddings"],
  ["POST", /\/messages$/, "messages"],
  ["POST", /:(?:generateContent|streamGenerateContent)$/, "gemini"],
  ["POST", /\/messages\/count_tokens$|:countTokens$|\/responses\/input_tokens$/, "countTokens"],
  ["GET", /\/models$/, "models"],
  ["HEAD", /\/api\/hello$/, "hello"],
];

/** How the routes that cost something are read and answered. */
const FORMATS: Readonly<Partial<Record<Route, Format>>> = {
  chat: openaiChat,
  responses: openaiResponses,
  embeddings,
  messages: anthropic,
  gemini,
};

/** How requests of a route are read and answered; undefined when they cost nothing. */
export function formatOf(route: Route): Format | undefined {
  return FORMATS[route];
}

/** The same by method and path. */
export function formatAt(method: string, path: string): Format | undefined {
  return formatOf(routeAt(method, path));
}

function routeAt(method: string, path: string): Route {
  const [, , route] = ROUTES.find(([of, pattern]) => of === method && pattern.test(path)) ?? [];
  return route ?? "unknown";
}

/** Reads a request to its end; undefined when the caller goes before that. */
export async function receive(
  incoming: IncomingMessage,
): Promise<Omit<ReceivedRequest, "index"> | undefined> {
  const { method = "", url = "", headers } = incoming;
  const text = await textOf(incoming).catch(() => undefined);
  if (text === undefined) return undefined;
  const body = parsed(text);
  const [path = ""] = url.split("?");
  const named = /\/models\/([^:/]+):/.exec(path)?.[1];
  return {
    method,
    route: routeAt(method, path),
    model: named ?? textAt(body, "model"),
    attempt: Number(headers["x-stainless-retry-count"] ?? 0),
    path: url,
    headers,
    text,
    body,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
