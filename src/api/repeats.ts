// Changes repeated under the same `Idempotency-Key`: applied once, and answered as the first time
// by any process of the store. Answers with a secret are never stored; only the process that gave
// one can repeat it.

import type { BudgetStore } from "../stores/client/budget-store.ts";
import type { Documents } from "../stores/contract/documents.ts";
import { ApiError } from "./api-error.ts";
import type { ApiCall, ApiRoute } from "./route.ts";

const KIND = "repeats";
const KEPT_MAX = 1000;
const KEPT_MS = 24 * 60 * 60_000;
/** A change that is not finished after this long is repeated: its process has died. */
const UNDER_WAY_MS = 60_000;
/** How many stored answers are checked for age whenever a new one is stored. */
const LOOKED_AT = 10;
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

/** A change as the store keeps it. */
interface Stored {
  readonly content: string;
  readonly at: number;
  /** Undefined while it is in progress. */
  readonly answer?: Answered | "given once" | undefined;
}

type Asked = Pick<ApiCall, "access" | "body" | "request">;

/** The answers to changes with an idempotency key. */
export class Repeats {
  readonly #kept = new Map<string, Kept>();
  readonly #documents: Documents | undefined;
  readonly #now: () => number;

  constructor(store: BudgetStore, now: () => number = () => Date.now()) {
    this.#documents = documentsOf(store);
    this.#now = now;
  }

  /**
   * Applies a change once for each key of an actor.
   *
   * @throws {ApiError} 400 if the key is invalid, 422 if it was used for another change, 409 while
   * another process applies the change.
   */
  async once(
    { access, body, request }: Asked,
    route: ApiRoute,
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
    const content = await digestOf(JSON.stringify([whose, route.method, pathname, body]));
    const before = this.#kept.get(whose);
    if (before !== undefined && before.at + KEPT_MS > this.#now()) {
      if (before.content === content) return responseOf(await before.answer);
      throw keyTaken();
    }
    const make = async (): Promise<Answered> => answeredBy(await run(`api-${content}`));
    const answer = this.#onceInStore(await digestOf(whose), content, route, make);
    this.#keep(whose, { content, at: this.#now(), answer });
    // A failed change may be retried.
    const forget = (): boolean => this.#kept.delete(whose);
    answer.then(({ status }) => status >= 500 && forget(), forget);
    return responseOf(await answer);
  }

  async #onceInStore(
    key: string,
    content: string,
    { answersOnce = false }: ApiRoute,
    make: () => Promise<Answered>,
  ): Promise<Answered> {
    const documents = this.#documents;
    if (documents === undefined) return await make();
    const claim = JSON.stringify({ content, at: this.#now(), by: crypto.randomUUID() });
    const before = await this.#claimed(documents, { key, content, claim });
    if (before !== undefined) return before;
    let answer: Answered | undefined;
    try {
      answer = await make();
    } finally {
      const isDone = answer !== undefined && answer.status < 500;
      const kept: Stored = {
        content,
        at: this.#now(),
        answer: answersOnce ? "given once" : answer,
      };
      // If the answer cannot be stored, the change is repeated under the same id, which applies it
      // once.
      await documents
        .replace(KIND, key, claim, isDone ? JSON.stringify(kept) : undefined)
        .catch(() => false);
    }
    await this.#clean(documents).catch(() => undefined);
    return answer;
  }

  /** Begins a change, or returns the answer to an earlier one. */
  async #claimed(
    documents: Documents,
    {
      key,
      content,
      claim,
    }: { readonly key: string; readonly content: string; readonly claim: string },
  ): Promise<Answered | undefined> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until no other process has been faster
      const text = await documents.read(KIND, key);
      const answer = text === undefined ? undefined : this.#before(text, content);
      if (answer !== undefined) return answer;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (await documents.replace(KIND, key, text, claim)) return undefined;
    }
  }

  /** Returns an earlier answer; undefined if the change must be applied. */
  #before(text: string, content: string): Answered | undefined {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
    const stored = JSON.parse(text) as Stored;
    const age = this.#now() - stored.at;
    if (age >= KEPT_MS) return undefined;
    if (stored.content !== content) throw keyTaken();
    if (stored.answer === "given once")
      throw new ApiError(409, "ANSWERED_ONCE", "This was done, and its answer is given only once");
    if (stored.answer !== undefined || age >= UNDER_WAY_MS) return stored.answer;
    const retry = { "retry-after": "1" };
    throw new ApiError(409, "UNDER_WAY", "Another process is making this change; try again", retry);
  }

  /** Deletes old answers, of those that come after a random key. */
  async #clean(documents: Documents): Promise<void> {
    const after = crypto.randomUUID().slice(0, 8);
    for (const { key, text } of await documents.list({ kind: KIND, after, limit: LOOKED_AT })) {
      const at: unknown = Reflect.get(Object(JSON.parse(text)), "at");
      // oxlint-disable-next-line no-await-in-loop -- few, and seldom
      if (Number(at) + KEPT_MS < this.#now()) await documents.replace(KIND, key, text, undefined);
    }
  }

  #keep(whose: string, kept: Kept): void {
    this.#kept.delete(whose);
    this.#kept.set(whose, kept);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Where answers are stored; undefined if the store does not support documents. */
function documentsOf(store: BudgetStore): Documents | undefined {
  try {
    return store.documents;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function keyTaken(): ApiError {
  return new ApiError(422, "KEY_TAKEN", "This Idempotency-Key was used for another change");
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
