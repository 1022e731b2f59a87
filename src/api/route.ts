// What a route of the admin API is: data, from which requests are checked, answered and described.

import type { BudgetStore } from "../stores/client/budget-store.ts";
import type { Access, Role } from "./access.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A request that was let in, as its route reads it. */
export interface ApiCall {
  readonly store: BudgetStore;
  readonly access: Access;
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The query, as its schemas have it: numbers are numbers. */
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** The body, which fits its schema; undefined without one. */
  readonly body: unknown;
  /**
   * The same in every retry of the same change; undefined of a request without an
   * `Idempotency-Key`.
   */
  readonly id: string | undefined;
  readonly request: Request;
  /** Whether the caller may still ask: answers that last look at it now and then. */
  readonly isAllowed: () => Promise<boolean>;
  /** The additional groups of routes, such as `keys`. */
  readonly features: readonly string[];
}

/** A route of the API. */
export interface ApiRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, such as `/pools/{path}/freeze`: a part in braces is any one segment. */
  readonly path: string;
  /** What it does, in a few words: "Freezes a pool". */
  readonly summary: string;
  /** The name of the operation for clients: `freezePool`. */
  readonly operation: string;
  /** The least role that may ask for it. */
  readonly role: Role;
  readonly params?: Readonly<Record<string, JsonSchema>>;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Which of the query cannot be left out. */
  readonly required?: readonly string[];
  /** Of a request with a body, which is JSON. */
  readonly body?: JsonSchema;
  /** Of the answer. */
  readonly answer: JsonSchema;
  /** @default 200 */
  readonly status?: number;
  /**
   * Whether its answer holds a secret, so that it is not kept for requests that repeat it.
   *
   * @default false
   */
  readonly answersOnce?: boolean;
  /** The types of an answer other than JSON, such as `text/csv`. */
  readonly types?: readonly string[];
  /** Answers with JSON data that fits `answer`, or with a response of its own. */
  readonly handle: (call: ApiCall) => Promise<unknown>;
}
