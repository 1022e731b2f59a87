// The log entry of each request: sender, destination, outcome and cost. It contains no prompt, key,
// answer or query, which could contain any of them.

import type { ExchangeReport } from "../meter/report.ts";

/** One request. */
export interface AccessEntry {
  /** When it arrived; milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** The path, without its query, cut to 200 characters. */
  readonly path: string;
  /** The status of the answer; 0 if the caller left before there was one. */
  readonly status: number;
  /** From the request to the end of the answer, in milliseconds. */
  readonly ms: number;
  readonly address: string;
  /** The id of the key or token; undefined for an unknown caller. */
  readonly key: string | undefined;
  readonly pool: string | undefined;
  readonly upstream: string | undefined;
  readonly model: string | undefined;
  readonly outcome: ExchangeReport["outcome"] | undefined;
  /** The reserved and the booked amount, in dollars. */
  readonly heldUsd: number | undefined;
  readonly bookedUsd: number | undefined;
}

const PATH_LENGTH_MAX = 200;
const MODEL_LENGTH_MAX = 64;
const NOT_PLAIN = /[^\x21-\x7E]/g;
const SECRETS = /(?:tb_[a-z2-7]{8})[a-z2-7]*|sk-[\w-]{8,}|AIza[\w-]{8,}|eyJ[\w.-]{8,}/g;

/** Returns a path in the form of the log. */
export function loggedPath(url: string): string {
  return plain(url.split("?", 1)[0] ?? "", PATH_LENGTH_MAX);
}

/** Returns a model's name in the form of the log, because callers may send anything. */
export function loggedModel(model: string | undefined): string | undefined {
  return model === undefined ? undefined : plain(model, MODEL_LENGTH_MAX);
}

/** Returns a log entry as one line of JSON. */
export function logLine(entry: AccessEntry): string {
  return JSON.stringify({
    ...entry,
    at: new Date(entry.at).toISOString(),
    ms: Math.round(entry.ms),
  });
}

function plain(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replace(NOT_PLAIN, "?").replace(SECRETS, "[key]");
}
