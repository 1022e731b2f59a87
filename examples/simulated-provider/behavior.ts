/** How one request is answered; what is left out goes well. */
export interface Behavior {
  /** Answers with this error and bills nothing. */
  readonly status?: number;
  /** The error tells usage all the same, and bills it. */
  readonly errorWithUsage?: boolean;
  /** Tokens of output; by default from 8 to 149, as the request's text has it. */
  readonly outputTokens?: number;
  /** Tokens that are thought before anything is shown. */
  readonly reasoningTokens?: number;
  /** How many tokens of the input are read from a cache. */
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly cacheWrite1hTokens?: number;
  /** Answers this in place of the usual words. */
  readonly text?: string;
  /** Calls the first tool of the request, once; or the one of that name, again and again. */
  readonly tool?: boolean | string;
  /** Never tells usage, though it bills. */
  readonly withoutUsage?: boolean;
  /** Tells usage that is none: texts, negative numbers, nothing. */
  readonly malformedUsage?: boolean;
  /** Tells usage twice in a stream. */
  readonly duplicateUsage?: boolean;
  /** Tells usage up to then on every chunk of a chat stream, asked for or not. */
  readonly usageOnEveryChunk?: boolean;
  /** Takes down the connection after so many events of a stream that have output. */
  readonly cutAfter?: number;
  /** Sends an error after so many events of a stream that have output, and ends it. */
  readonly errorAfter?: number;
  /** Does the work, bills it, and takes down the connection before the first byte. */
  readonly loseAnswer?: boolean;
  /** Never answers, and bills when the caller has gone: the work was done. */
  readonly hang?: boolean;
  /** How long nothing is sent, in milliseconds: before the answer, and between two events. */
  readonly latencyMs?: number;
  readonly delayMs?: number;
  /** Tells that it served the request this way. */
  readonly serviceTier?: string;
  /** How often a response in the background is still under way when it is asked for; once. */
  readonly polls?: number;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Packs all of the answer, a stream too. */
  readonly gzip?: boolean;
}

/** What a request asks for, by its path. */
export type Route =
  | "chat"
  | "responses"
  | "embeddings"
  | "messages"
  | "gemini"
  | "countTokens"
  | "models"
  | "hello"
  | "unknown";

/** A request as a behavior is chosen for it. */
export interface ReceivedRequest {
  /** The how manieth it is, from 0. */
  readonly index: number;
  readonly method: string;
  readonly route: Route;
  /** Empty where the request names none. */
  readonly model: string;
  /** How often it was tried before, as the SDKs of OpenAI and Anthropic tell it; 0 of others. */
  readonly attempt: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** What was sent, read as JSON; undefined when it is none. */
  readonly body: unknown;
}
