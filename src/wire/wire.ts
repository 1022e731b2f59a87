// What a provider's request and response formats have in common: the one thing that the meter needs
// to know of a wire.

import type { InputBound } from "./input-bound.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a request asks for. */
export interface Asked {
  /** The model, in the caller's word; undefined where the request names none. */
  readonly model: string | undefined;
  /** Whether the answer is to come in pieces. */
  readonly streams: boolean;
  /** What goes in, bounded from above. */
  readonly input: InputBound;
  /** The most tokens of output for each choice; undefined when the request has no limit. */
  readonly outputLimit: number | undefined;
  /** The least limit that the request allows for, such as room for the thinking it asks for. */
  readonly outputLimitMin: number;
  /** How many answers are asked for; each is billed. */
  readonly choices: number;
  /** Whether output may be billed that a stream does not show: reasoning, or a summary of it. */
  readonly isOutputHidden: boolean;
  /** Whether audio or images may come out. */
  readonly hasMediaOutput: boolean;
  /** How it is to be served, in the provider's word; undefined at the listed price. */
  readonly service: string | undefined;
}

/** Why a request is answered without being forwarded. */
export interface RefusalNotice {
  /** A stable word, such as `"budget_exceeded"`. */
  readonly code: string;
  /** One line for a person: most clients show nothing else. */
  readonly message: string;
  readonly status: number;
  /** The evidence; lets `budgetExceededFrom` make the error again. */
  readonly evidence: unknown;
}

/** A provider's format. */
export interface Wire {
  readonly name: WireName;
  /** Whose prices count where neither the address nor the model says it. */
  readonly provider: string;
  /** Reads a request. `path` is that of its URL, `bytes` what `inputBytesOf` says of its body. */
  asked(body: unknown, bytes: number, path: string): Asked;
  /** The request with another limit of output; `provider` is whose server it goes to. */
  withOutputLimit(text: string, body: unknown, limit: number, provider: string): string;
  /** The request with usage asked for; undefined when it is told anyway. */
  withUsageAsked?(text: string, body: unknown): string | undefined;
  /** Whether the data of an event is there only because usage was asked for. */
  isUsageOnly?(data: string): boolean;
  /** What a whole response tells. */
  usageOf(body: unknown): WireUsage | undefined;
  /** Whether a stream is one of JSON objects, and not one of events. */
  readonly streamsObjects: boolean;
  /** The provider's words for being served at the listed price. */
  readonly listedServices: ReadonlySet<string>;
  /** Reads a response that comes in pieces. */
  reader(contentType: string): UsageReader;
  /** The body of a refusal, in the shape of the provider's own errors. */
  refusal(notice: RefusalNotice): object;
}

/** The formats that are read. */
export type WireName =
  | "openai-chat"
  | "openai-responses"
  | "openai-embeddings"
  | "anthropic-messages"
  | "gemini"
  | "ollama";
