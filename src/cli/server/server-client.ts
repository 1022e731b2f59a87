// A client of a gateway's admin API, which explains its errors.

import { randomUUID } from "node:crypto";

import { Failure, UsageError } from "../command-line.ts";
import type { ServerAddress } from "./server-address.ts";

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 2;

/** The query of a request. */
type Query = Readonly<Record<string, string | number | undefined>>;

/** Thrown for a refusal of the server. */
export class ServerRefusal extends Failure {
  readonly status: number;
  /** The code for programs. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The admin API of a gateway. */
export class ServerClient {
  readonly #url: URL;
  readonly #key: string;

  constructor({ url, key }: ServerAddress) {
    this.#url = url;
    this.#key = key;
  }

  /**
   * Reads a resource.
   * @throws {Failure} if that fails.
   */
  async read<T>(path: string, query: Query = {}): Promise<T> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) search.set(name, String(value));
    return await this.#ask<T>("GET", search.size === 0 ? path : `${path}?${search.toString()}`);
  }

  /**
   * Makes a change once: a retry has the same key.
   * @throws {Failure} if that fails.
   */
  async change<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<T> {
    return await this.#ask<T>(method, path, body);
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        accept: "application/json",
        ...(method !== "GET" && { "idempotency-key": randomUUID() }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // The key is for this server only.
      redirect: "manual",
    };
    const answer = await this.#sent(path, init);
    const content: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw this.#refusal(answer.status, Object(content));
    if (content === undefined) throw this.#stranger(answer.status);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the schema of its route
    return content as T;
  }

  async #sent(path: string, init: RequestInit): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- until it is answered
        return await fetch(new URL(`api/v1${path}`, this.#url), {
          ...init,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
      } catch (error) {
        const why = reasonOf(error);
        // A connection that was closed while it was idle.
        if (attempt < ATTEMPTS && /ECONNRESET|UND_ERR_SOCKET/.test(why)) continue;
        throw new Failure(`Cannot reach the server ${this.#url.origin}: ${why}`);
      }
    }
  }

  #refusal(status: number, problem: object): Error {
    if (status === 401 || status === 429) return new Failure(this.#ofTheKey(status));
    const code: unknown = Reflect.get(problem, "code");
    const detail: unknown = Reflect.get(problem, "detail");
    if (typeof code !== "string" || typeof detail !== "string") return this.#stranger(status);
    if (status === 400) return new UsageError(detail);
    return new ServerRefusal(status, code, this.#inWords(status, code, detail));
  }

  #inWords(status: number, code: string, detail: string): string {
    if (status === 403) return `Not allowed with this key: ${detail}`;
    if (code === "NO_ROUTE" || code === "METHOD_NOT_ALLOWED")
      return `The gateway at ${this.#url.origin} cannot do this yet: its version is older (${detail})`;
    return detail;
  }

  #ofTheKey(status: number): string {
    return status === 401
      ? `${this.#url.origin} does not accept this key: it is unknown, revoked or expired`
      : `${this.#url.origin} refuses requests for now: too many came with wrong keys`;
  }

  #stranger(status: number): Failure {
    return new Failure(
      `${this.#url.origin} does not answer like a token-budget gateway (status ${status}): check the address`,
    );
  }
}

/** The cause of an error of `fetch`, whose own message says nothing. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} seconds`;
  const { cause } = error;
  const [first] = cause instanceof AggregateError ? cause.errors : [cause ?? error];
  if (!(first instanceof Error)) return error.message;
  const code: unknown = Reflect.get(first, "code");
  return typeof code === "string" && !first.message.includes(code)
    ? `${first.message} (${code})`
    : first.message;
}
