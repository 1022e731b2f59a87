// How the simulated provider answers, which a test chooses, and what it received.

/** The behavior of the provider for one request. An omitted field keeps the usual behavior. */
export interface Behavior {
  /**
   * Answers with this HTTP status and an error as the API shapes it, and bills nothing.
   *
   * @default 200
   */
  readonly status?: number;
  /**
   * With `status`: the error reports usage, which is billed.
   *
   * @default false
   */
  readonly errorWithUsage?: boolean;
  /**
   * Tokens of output, unless the request's limit is lower.
   *
   * @default a number from 8 to 149 that follows from the request's text and the seed
   */
  readonly outputTokens?: number;
  /**
   * Tokens of reasoning that precede the visible output; billed as output.
   *
   * @default 0
   */
  readonly reasoningTokens?: number;
  /**
   * Tokens of the input that are read from a cache, at the cache's price.
   *
   * @default 0
   */
  readonly cachedTokens?: number;
  /**
   * Tokens of the input that are written to a cache for five minutes.
   *
   * @default 0
   */
  readonly cacheWriteTokens?: number;
  /**
   * Tokens of the input that are written to a cache for an hour.
   *
   * @default 0
   */
  readonly cacheWrite1hTokens?: number;
  /**
   * The text of the answer, cut at the request's limit; four characters are a token.
   *
   * @default words that mean nothing
   */
  readonly text?: string;
  /**
   * `true` calls the first tool of the request once; a name calls that tool every time.
   *
   * @default false
   */
  readonly tool?: boolean | string;
  /**
   * Leaves the usage out of the answer, and bills it.
   *
   * @default false
   */
  readonly withoutUsage?: boolean;
  /**
   * Reports usage of texts, negative numbers and nulls.
   *
   * @default false
   */
  readonly malformedUsage?: boolean;
  /**
   * Reports the usage of a stream twice.
   *
   * @default false
   */
  readonly duplicateUsage?: boolean;
  /**
   * Reports the usage so far in every chunk of a chat stream, whether requested or not.
   *
   * @default false
   */
  readonly usageOnEveryChunk?: boolean;
  /**
   * Destroys the connection after this many stream events with output. The bill has what was sent.
   *
   * @default never
   */
  readonly cutAfter?: number;
  /**
   * Sends an error after this many stream events with output, and ends the stream.
   *
   * @default never
   */
  readonly errorAfter?: number;
  /**
   * Does the work, bills it, and destroys the connection before the first byte of the answer.
   *
   * @default false
   */
  readonly loseAnswer?: boolean;
  /**
   * Never answers, and bills the work once the caller has closed the connection.
   *
   * @default false
   */
  readonly hang?: boolean;
  /**
   * Milliseconds before the answer.
   *
   * @default 0
   */
  readonly latencyMs?: number;
  /**
   * Milliseconds between two events of a stream.
   *
   * @default 0
   */
  readonly delayMs?: number;
  /**
   * The service tier that the answer names.
   *
   * @default none
   */
  readonly serviceTier?: string;
  /**
   * How often a batch, or a response in the background, is still in progress when it is polled.
   *
   * @default 1
   */
  readonly polls?: number;
  /**
   * More headers of the answer.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Compresses the answer with gzip, streams included.
   *
   * @default false
   */
  readonly gzip?: boolean;
}

/** Chooses how a request is answered; called once for each request, in the order of arrival. */
export type Behave = (request: ReceivedRequest) => Behavior;

/** The kind of a request, by its method and path. */
export type ProviderRoute =
  | "chat"
  | "responses"
  | "embeddings"
  | "messages"
  | "gemini"
  | "images"
  | "speech"
  | "transcriptions"
  | "videos"
  | "countTokens"
  | "models"
  | "hello"
  | "unknown";

/** A request that the provider received. */
export interface ReceivedRequest {
  /** Its position among all requests, from 0. */
  readonly index: number;
  /** The HTTP method, or `SOCKET` for a message on a web socket. */
  readonly method: string;
  readonly route: ProviderRoute;
  /** The model that the request names; empty if it names none. */
  readonly model: string;
  /** How many attempts came before, by the SDKs of OpenAI and Anthropic; 0 for other callers. */
  readonly attempt: number;
  /** The path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it was sent. */
  readonly text: string;
  /**
   * The body, parsed as JSON; the fields of a form, its files as bytes; undefined if it is neither.
   */
  readonly body: unknown;
}
