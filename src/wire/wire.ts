// What a provider's request and response formats have in common: the one thing that the meter needs
// to know of a format.

import type { Service } from "../core/service.ts";
import type { Counted } from "../core/usage.ts";
import type { Continuation, Conversation } from "./conversation.ts";
import type { CacheWrites, InputBound } from "./input-bound.ts";
import type { Edit } from "./json/set-members.ts";
import type { Overshoot } from "./overshoot.ts";
import type { Provider } from "./provider.ts";
import type { FrameReading, ObjectReading } from "./stream/answer-reader.ts";
import type { WireName } from "./wire-name.ts";
import type { AnswerReading } from "./wire-usage.ts";

/** A request as a format reads it. */
export interface WireRequest {
  readonly body: object;
  /** The body as it was written; undefined where there is only a value. */
  readonly text: string | undefined;
  /** What `inputBytesOf` returns for the body. */
  readonly bytes: number;
  readonly url: URL;
  /** Who serves it; the one for unknown hosts where the address does not say. */
  readonly provider: Provider;
  /** A header of the request; left out where the transport does not know them. */
  readonly header?: ((name: string) => string | undefined) | undefined;
  /** What the file that it names asks for, where that was uploaded before. */
  readonly uploaded?: Asked | undefined;
  /** What is known of the session that it is in, where it is in one. */
  readonly session?: SessionFacts | undefined;
}

/** What is known of a realtime session when one of its responses is held. */
export interface SessionFacts {
  readonly model: string;
  /** The most tokens that were said in it, by either side. */
  readonly inputTokensMax: number;
  /** Its `max_output_tokens`, as it was given. */
  readonly outputLimit: unknown;
  readonly begins: "when asked" | "by itself";
  /** What only the context window bounds. */
  readonly upToWindow: readonly string[];
}

/** What an answer may be of, besides text. */
export type OutputMedium = "audio" | "image" | "video";

/** All of them, where a request names one that is not known. */
export const OUTPUT_MEDIA: readonly OutputMedium[] = ["audio", "image", "video"];

/** Calls of another model that a tool of the provider may make, whose answers are images. */
export interface BesideCalls {
  /** The models that may be meant. */
  readonly models: readonly string[];
  /** How many calls there are at most. */
  readonly times: number;
  /** The most tokens that go into one, and that come out of it. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a request asks for. */
export interface Asked {
  /** The model, in the caller's word; undefined where the request names none. */
  readonly model: string | undefined;
  /** Models that may answer in its place, each at its own price. */
  readonly otherModels: readonly string[];
  /** What its tools may have other models do besides; nothing where it is left out. */
  readonly besides?: readonly BesideCalls[];
  /** Whether the answer is to come in pieces. */
  readonly streams: boolean;
  /** What goes in, bounded from above. */
  readonly input: InputBound;
  /** What may be written to a cache, by what the request says of it. */
  readonly cacheWrites: CacheWrites;
  /** The most tokens of output for each choice; undefined when the request has no limit. */
  readonly outputLimit: number | undefined;
  /** How far the limit may be passed. */
  readonly overshoot: Overshoot;
  /** The least limit that the request allows for, such as room for the thinking it asks for. */
  readonly outputLimitMin: number;
  /** The same where room for thinking is lowered too; left out where it cannot be. */
  readonly outputLimitFloor?: number | undefined;
  /** How many answers are asked for; each is billed. */
  readonly choices: number;
  /** Whether output may be billed that a stream does not show: reasoning, or a summary of it. */
  readonly isOutputHidden: boolean;
  /**
   * The most of what is counted and not read or written as tokens, such as images or seconds. A
   * model is sold by tokens or by these: what has no price is not billed where the other has one.
   */
  readonly counted?: Counted;
  /** What may come out besides text. */
  readonly outputMedia: readonly OutputMedium[];
  /** How it is to be served. */
  readonly service: Service;
  /**
   * What has to be written into the request so that its bound holds, such as a limit in a second
   * name or a number that was text.
   */
  readonly clarifications: readonly Edit[];
}

/** What is written into a request beyond what its bound needs, with the field that it adds. */
export interface Addition {
  readonly field: string;
  readonly edits: readonly Edit[];
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

/** The part of a request that grows with its conversation. */
export interface Turns {
  /** The member that is a list of them. */
  readonly name: string;
  /** Whether they are nothing but text, so that their bytes bound them. */
  readonly areText: (turns: readonly unknown[]) => boolean;
}

/** A format of requests and answers. */
export interface Wire {
  readonly name: WireName;
  /** Members that are objects whose names must be clear too, such as `"generationConfig"`. */
  readonly settings: readonly string[];
  /** Reads a request. @throws {RangeError} if a count in it cannot be read. */
  asked(request: WireRequest): Asked;
  /**
   * The edits that limit the output; the first is the one to be tried, others follow a rejection. A
   * thinking budget above the limit is lowered with it, to `thinkingTokens` where that is given.
   */
  limitEdits(
    request: WireRequest,
    limit: number,
    thinkingTokens?: number,
  ): readonly (readonly Edit[])[];
  /** What makes the answer report its usage; undefined when it does, or how to ask is unknown. */
  usageAsked?(request: WireRequest): Addition | undefined;
  /**
   * The conversation that a request carries; undefined where more than its messages may change what
   * is counted.
   */
  conversation?(body: object): Conversation | undefined;
  /**
   * What a request continues that the provider keeps; undefined where that is nothing. With
   * `answerId`: what a request with the same settings continues that names this answer.
   */
  continuation?(body: object, answerId?: string): Continuation | undefined;
  /** Whether the data of an event is there only because usage was asked for. */
  readonly isUsageOnly?: (data: string) => boolean;
  /** Where a request has its turns, if requests that differ in these alone are read alike. */
  readonly turns?: Turns;
  /** Reads a stream of JSON objects, where its streams may be such instead of events. */
  readonly objects?: ObjectReading;
  /** Reads framed messages, where its streams may be such. */
  readonly frames?: FrameReading;
  /** Whether requests are forms: their body is an object of texts and files then. */
  readonly isForm?: boolean;
  /** Whether a whole answer is sound, and not to be read. */
  readonly answersBytes?: boolean;
  /** Reads an answer. */
  reading(provider: Provider, asked?: Asked): AnswerReading;
  /** The body of a refusal, in the shape of the provider's own errors. */
  refusal(notice: RefusalNotice): object;
}
