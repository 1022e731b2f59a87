// Where a request is counted, and for which account: one account's requests say nothing about
// another's.

import type { BoundRequest } from "../tighter-bounds.ts";
import type { MessagePosition } from "./fingerprints.ts";

/** The payer, and the version of the API. */
const HEADERS: readonly string[] = [
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-goog-user-project",
  "openai-organization",
  "openai-project",
  "openai-beta",
  "anthropic-version",
  "anthropic-beta",
];

/** The method at the end of a path: `:streamGenerateContent`, `/invoke`. */
const METHOD = /:\w+$|\/(?:converse|invoke)(?:-stream|-with-response-stream)?$/;
/** A signature differs with every request; its key does not. */
const SIGNED = /^AWS4-\S+ Credential=([^/]+)/;

/**
 * Returns the place of a request. It contains credentials: it is hashed with a key, and never
 * stored.
 */
export function placeOf({ wire, model, url, header }: BoundRequest): MessagePosition {
  return [
    wire.name,
    model,
    url.host,
    url.pathname.replace(METHOD, ""),
    url.searchParams.get("key") ?? "",
    accountIn(header("authorization") ?? ""),
    ...HEADERS.map((name) => header(name) ?? ""),
  ];
}

function accountIn(authorization: string): string {
  return SIGNED.exec(authorization)?.[1] ?? authorization;
}
