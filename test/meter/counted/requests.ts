// Requests as the memory of counts is asked about them.

import { CountedRequests } from "../../../src/meter/counted/counted-requests.ts";
import type { CountedOptions } from "../../../src/meter/counted/counted-requests.ts";
import type { CountedRequest } from "../../../src/meter/counted/counted-request.ts";
import type { HeaderOf } from "../../../src/meter/counted/place.ts";
import type { WireUsage } from "../../../src/wire/wire-usage.ts";
import type { Wire } from "../../../src/wire/wire.ts";
import { requestOf } from "../../wire/asked.ts";

/** A memory of its own. */
export function counts(options: Partial<CountedOptions> = {}): CountedRequests {
  return new CountedRequests({ bytesMax: 1_000_000, cacheTrustMs: 0, ...options });
}

/** How a request is sent. */
export interface Sent {
  readonly url?: string;
  readonly key?: string;
  readonly header?: HeaderOf;
}

/** A request in a format, as a memory sees it. */
export function about(
  memory: CountedRequests,
  wire: Wire,
  body: object,
  { url, key = "sk-1", header = keyed(key) }: Sent = {},
): CountedRequest {
  const request = requestOf(wire, body, url);
  const asked = wire.asked(request);
  return memory.of({ wire, request, asked, meant: asked.model ?? "", header });
}

function keyed(key: string): HeaderOf {
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
