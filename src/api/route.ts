// A route of the admin API as data, from which requests are checked, answered and documented.

import type { BudgetStore } from "../stores/client/budget-store.ts";
import type { Access, Role } from "./access.ts";
import type { JsonSchema } from "./json-schema.ts";

/** An authorized request, as its route reads it. */
export interface ApiCall {
  readonly store: BudgetStore;
  readonly access: Access;
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The query, converted by its schemas: numbers are numbers. */
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** The body, which matches its schema; undefined without one. */
  readonly body: unknown;
  /**
   * The same in every retry of the same change; undefined for a request without an
   * `Idempotency-Key`.
   */
  readonly id: string | undefined;
  readonly request: Request;
  /** Whether the caller is still authorized: long-lived answers check it from time to time. */
  readonly isAllowed: () => Promise<boolean>;
  /** The additional groups of routes, such as `keys`. */
  readonly features: readonly string[];
}

/** A route of the API. */
export interface ApiRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, such as `/pools/{path}/freeze`: a part in braces matches any one segment. */
  readonly path: string;
  /** A short description: "Freezes a pool". */
  readonly summary: string;
  /** The name of the operation for clients: `freezePool`. */
  readonly operation: string;
  /** The least role that may use it. */
  readonly role: Role;
  readonly params?: Readonly<Record<string, JsonSchema>>;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** The required parameters of the query. */
  readonly required?: readonly string[];
  /** The schema of a JSON body. */
  readonly body?: JsonSchema;
  /** The schema of the answer. */
  readonly answer: JsonSchema;
  /** @default 200 */
  readonly status?: number;
  /**
   * Whether its answer contains a secret, so that it is not stored for repeated requests.
   *
   * @default false
   */
  readonly answersOnce?: boolean;
  /** The types of an answer other than JSON, such as `text/csv`. */
  readonly types?: readonly string[];
  /** Answers with JSON data that matches `answer`, or with a response of its own. */
  readonly handle: (call: ApiCall) => Promise<unknown>;
}
