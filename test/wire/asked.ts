import { inputBytesOf } from "../../src/wire/input-bound.ts";
import { anthropicMessages } from "../../src/wire/anthropic/messages.ts";
import { gemini } from "../../src/wire/google/generate-content.ts";
import { parsedOf } from "../../src/wire/json/untrusted.ts";
import { ollamaChat } from "../../src/wire/ollama/chat.ts";
import type { Provider } from "../../src/wire/provider.ts";
import { providerAt, UNKNOWN_PROVIDER } from "../../src/wire/providers.ts";
import type { Asked, Wire, WireRequest } from "../../src/wire/wire.ts";

/** The address of a format at the provider that it is from. */
function addressOf(wire: Wire): string {
  if (wire === anthropicMessages) return "https://api.anthropic.com/v1/messages";
  if (wire === gemini)
    return "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent";
  if (wire === ollamaChat) return "http://127.0.0.1:11434/api/chat";
  return "https://api.openai.com/v1/chat/completions";
}

/** A request as a format reads it; `json` is its body, as a value or as it is written. */
export function requestOf(
  wire: Wire,
  json: object | string,
  address: string = addressOf(wire),
  provider: Provider = providerAt(new URL(address)) ?? UNKNOWN_PROVIDER,
): WireRequest & { readonly text: string } {
  const text = typeof json === "string" ? json : JSON.stringify(json);
  const body = parsedOf(text);
  if (typeof body !== "object" || body === null) throw new TypeError(`Not an object: ${text}`);
  return { body, text, bytes: inputBytesOf(text), url: new URL(address), provider };
}

/** What a format reads from a request. */
export function askedOf(wire: Wire, json: object | string, address?: string): Asked {
  return wire.asked(requestOf(wire, json, address));
}
