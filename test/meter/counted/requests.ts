// Requests as the memory of counts is asked about them.

import { CountedRequests } from "../../../src/meter/counted/counted-requests.ts";
import type { CountedOptions } from "../../../src/meter/counted/counted-requests.ts";
import { CountedRequest } from "../../../src/meter/counted/counted-request.ts";
import type { BoundRequest } from "../../../src/meter/tighter-bounds.ts";
import type { WireUsage } from "../../../src/wire/wire-usage.ts";
import type { Wire } from "../../../src/wire/wire.ts";
import { askedOf, requestOf } from "../../wire/asked.ts";

/** A memory of its own. */
export function counts(options: Partial<CountedOptions> = {}): CountedRequests {
  return new CountedRequests({ bytesMax: 1_000_000, cacheTrustMs: 0, ...options });
}

/** How a request is sent. */
export interface Sent {
  readonly url?: string;
  readonly key?: string;
  readonly header?: (name: string) => string | undefined;
}

/** A request in a format, as a source of bounds sees it. */
function boundRequest(
  wire: Wire,
  json: object,
  { url: address, key = "sk-1", header = keyed(key) }: Sent = {},
): BoundRequest {
  const { body, text, url, provider } = requestOf(wire, json, address);
  const asked = askedOf(wire, json, address);
  const model = asked.model ?? "";
  return {
    wire,
    provider,
    url,
    model,
    body,
    text,
    asked,
    header,
    atMs: 0,
    send: undefined,
  };
}

/** What a memory knows of a request. */
export function about(
  memory: CountedRequests,
  wire: Wire,
  json: object,
  sent?: Sent,
): CountedRequest {
  return new CountedRequest(memory, boundRequest(wire, json, sent));
}

function keyed(key: string): (name: string) => string | undefined {
  return (name) => (name === "authorization" ? `Bearer ${key}` : undefined);
}

/** What an answer reports. */
export function reported(
  inputTokens: number,
  outputTokens: number,
  more: Partial<WireUsage> = {},
): WireUsage {
  return {
    usage: { inputTokens, outputTokens },
    passes: [],
    isWhole: true,
    doubts: [],
    model: undefined,
    service: {},
    reportedUsd: undefined,
    ...more,
  };
}
