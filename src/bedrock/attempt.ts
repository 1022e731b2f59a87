// One attempt of a call: the meter sees its answer before the SDK's own reader does.

import { hasNoBody, toWebStream } from "../meter/fetch-parts.ts";

/** The SDK's request: the part that is read. */
export interface AwsRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The SDK's answer. Its body is replaced by a watched one. */
export interface AwsResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body?: unknown;
}

const OK = 200;

/** A signal between two steps. */
interface Waiting<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function nothing(): void {}

function waiting<T>(): Waiting<T> {
  let resolve: (value: T) => void = nothing;
  let reject: (error: unknown) => void = nothing;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  promise.catch(nothing);
  return { promise, resolve, reject };
}

/** One attempt, from the hold to the SDK's reading of the answer. */
export class Attempt<Output> {
  readonly #send: (request: AwsRequest) => Promise<Output>;
  #output: Promise<Output> | undefined;
  /** The answer as it arrived. */
  #raw: Waiting<Response> | undefined;
  /** The answer for the SDK to read. */
  #watched: Waiting<Response> = waiting();

  /** `send` continues with the request: it is signed and sent. */
  constructor(send: (request: AwsRequest) => Promise<Output>) {
    this.#send = send;
  }

  /** Sends a free request. */
  pass(request: AwsRequest): Promise<Response> {
    this.#output = this.#send(request);
    this.#output.catch(nothing);
    return Promise.resolve(new Response(null, { status: OK }));
  }

  /** Sends a request with this body, or unchanged without one; resolves with its answer. */
  forward(request: AwsRequest, body: string | undefined): Promise<Response> {
    // A rejection that the caller must not see: the SDK's reading of it ends here.
    this.#watched.reject(new Error("The request is sent once more"));
    this.#watched = waiting();
    const raw = waiting<Response>();
    this.#raw = raw;
    this.#output = this.#send(body === undefined ? request : withBody(request, body));
    this.#output.catch((error: unknown) => raw.reject(error));
    return raw.promise;
  }

  /** The answer arrived; resolves when its body may be read. */
  async answered(response: AwsResponse): Promise<void> {
    const raw = this.#raw;
    if (raw === undefined) return;
    const { statusCode: status, body } = response;
    // HTTP/2 has a pseudo-header for the status.
    const plain = Object.entries(response.headers).filter(([name]) => !name.startsWith(":"));
    const headers = Object.fromEntries(plain);
    const isEmpty = hasNoBody(status) || body === undefined || body === null;
    raw.resolve(new Response(isEmpty ? null : toWebStream(body), { status, headers }));
    const watched = await this.#watched.promise;
    if (!isEmpty) response.body = watched.body ?? new ReadableStream();
  }

  /** Lets the SDK read the answer, and returns the result. */
  async finish(answer: Response): Promise<Output> {
    this.#watched.resolve(answer);
    if (this.#output === undefined) throw new Error("The request was not sent");
    return this.#output;
  }
}

/** The SDK's request is a class: a copy keeps its methods. */
function withBody(request: AwsRequest, body: string): AwsRequest {
  const length = String(new TextEncoder().encode(body).length);
  const headers = { ...request.headers, "content-length": length };
  const copy: AwsRequest = Object.create(
    Object.getPrototypeOf(request),
    Object.getOwnPropertyDescriptors(request),
  );
  return Object.assign(copy, { body, headers });
}
