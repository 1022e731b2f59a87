// Changes that are asked for again under the same `Idempotency-Key`: done once. This process
// remembers what it answered; a store does a command with the same id once, whichever process asks.

import { ApiError } from "./api-error.ts";
import type { ApiCall, ApiRoute } from "./route.ts";

const KEPT_MAX = 1000;
const KEPT_MS = 24 * 60 * 60_000;
const KEY = /^[\u0021-\u007E]{1,128}$/;

interface Kept {
  readonly content: string;
  readonly at: number;
  readonly answer: Promise<Answered>;
}

interface Answered {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string;
}

/** The answers to changes with a key of their own. */
export class Repeats {
  readonly #kept = new Map<string, Kept>();

  /**
   * Makes a change once for each key of an actor.
   *
   * @throws {ApiError} 400 on a key that cannot be one, 422 on a key that was used for something
   * else.
   */
  async once(
    { access, body, request }: Omit<ApiCall, "id">,
    { method }: ApiRoute,
    run: (id: string | undefined) => Promise<Response>,
  ): Promise<Response> {
    const key = request.headers.get("idempotency-key");
    if (key === null) return await run(undefined);
    if (!KEY.test(key))
      throw new ApiError(
        400,
        "INVALID",
        "Expected Idempotency-Key to be 1 to 128 ASCII characters",
      );
    const whose = JSON.stringify([access.actor, key]);
    const { pathname } = new URL(request.url);
    const content = await digestOf(JSON.stringify([whose, method, pathname, body]));
    const before = this.#kept.get(whose);
    if (before !== undefined && before.at + KEPT_MS > Date.now()) {
      if (before.content === content) return responseOf(await before.answer);
      throw new ApiError(422, "KEY_TAKEN", "This Idempotency-Key was used for another change");
    }
    const answer = run(`api-${content}`).then(answeredBy);
    this.#keep(whose, { content, at: Date.now(), answer });
    // What failed may be tried again.
    const forget = (): boolean => this.#kept.delete(whose);
    answer.then(({ status }) => status >= 500 && forget(), forget);
    return responseOf(await answer);
  }

  #keep(whose: string, kept: Kept): void {
    this.#kept.delete(whose);
    this.#kept.set(whose, kept);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}

async function answeredBy(response: Response): Promise<Answered> {
  const { status, headers } = response;
  return { status, headers: [...headers.entries()], body: await response.text() };
}

function responseOf({ status, headers, body }: Answered): Response {
  return new Response(body, { status, headers });
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
