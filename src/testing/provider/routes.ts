// What a request asks for: its route, its model, how often it was tried.

import type { IncomingMessage } from "node:http";
import { buffer as bufferOf } from "node:stream/consumers";
import { messagesFormat } from "./messages-format.ts";
import type { ReceivedRequest, ProviderRoute } from "./behavior.ts";
import { embeddingsFormat } from "./embeddings-format.ts";
import { stringIn } from "./format.ts";
import type { Format } from "./format.ts";
import { geminiFormat } from "./gemini-format.ts";
import { chatFormat } from "./chat-format.ts";
import { responsesFormat } from "./responses-format.ts";

const ROUTES: readonly (readonly [method: string, path: RegExp, ProviderRoute])[] = [
  ["POST", /\/chat\/completions$/, "chat"],
  ["POST", /\/responses$/, "responses"],
  ["POST", /\/embeddings$/, "embeddings"],
  ["POST", /\/messages$/, "messages"],
  ["POST", /:(?:generateContent|streamGenerateContent)$/, "gemini"],
  ["POST", /\/images\/(?:generations|edits)$/, "images"],
  ["POST", /\/audio\/speech$/, "speech"],
  ["POST", /\/audio\/(?:transcriptions|translations)$/, "transcriptions"],
  ["POST", /\/videos$/, "videos"],
  ["POST", /\/messages\/count_tokens$|:countTokens$|\/responses\/input_tokens$/, "countTokens"],
  ["GET", /\/models$/, "models"],
  ["HEAD", /\/api\/hello$/, "hello"],
];

/** How the routes that cost something are read and answered. */
const FORMATS: Readonly<Partial<Record<ProviderRoute, Format>>> = {
  chat: chatFormat,
  responses: responsesFormat,
  embeddings: embeddingsFormat,
  messages: messagesFormat,
  gemini: geminiFormat,
};

/** Returns how requests of a route are read and answered; undefined when they cost nothing. */
export function formatForRoute(route: ProviderRoute): Format | undefined {
  return FORMATS[route];
}

/** Returns the same by method and path. */
export function formatForPath(method: string, path: string): Format | undefined {
  return formatForRoute(routeAt(method, path));
}

function routeAt(method: string, path: string): ProviderRoute {
  const [, , route] = ROUTES.find(([of, pattern]) => of === method && pattern.test(path)) ?? [];
  return route ?? "unknown";
}

/** Reads a request to its end; undefined when the caller goes before that. */
export async function receive(
  incoming: IncomingMessage,
): Promise<Omit<ReceivedRequest, "index"> | undefined> {
  const { method = "", url = "", headers } = incoming;
  const bytes = await bufferOf(incoming).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const text = bytes.toString();
  const type = headers["content-type"] ?? "";
  const body = type.startsWith("multipart/") ? await formIn(bytes, type) : parsed(text);
  const [path = ""] = url.split("?");
  const named = /\/models\/([^:/]+):/.exec(path)?.[1];
  return {
    method,
    route: routeAt(method, path),
    model: named ?? stringIn(body, "model"),
    attempt: Number(headers["x-stainless-retry-count"] ?? 0),
    path: url,
    headers,
    text,
    body,
  };
}

/** The fields of a form, its files as bytes; undefined if it is none. */
async function formIn(bytes: Buffer, type: string): Promise<object | undefined> {
  const sent = new Response(new Uint8Array(bytes), { headers: { "content-type": type } });
  const form = await sent.formData().catch(() => undefined);
  if (form === undefined) return undefined;
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form)
    fields[name] = typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer());
  return fields;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
