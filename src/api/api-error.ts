// Errors of the admin API: RFC 9457 problem details.

import { BudgetError } from "../core/errors.ts";

/** Thrown to answer a request with an error. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** A stable code for programs. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The status of each error of the library. */
const STATUS: Readonly<Record<string, number>> = {
  NOT_FOUND: 404,
  POOL_GONE: 404,
  POOL_IN_USE: 409,
  ID_TAKEN: 409,
  CONFIG_INVALID: 409,
  RESERVATION_SETTLED: 409,
  BUDGET_EXCEEDED: 409,
  STORE_UNAVAILABLE: 503,
  STORE_CLOSED: 503,
  STORE_INCOMPATIBLE: 503,
};
const CONTENT_TYPE = "application/problem+json";

/** Returns the answer to a failed request. Details that may be sensitive are not shown. */
export function problemOf(error: unknown): Response {
  if (error instanceof ApiError) return problem(error.status, error.code, error.message, error);
  if (BudgetError.is(error))
    return problem(STATUS[error.code] ?? 500, error.code, messageOf(error));
  if (error instanceof RangeError || error instanceof TypeError)
    return problem(400, "INVALID", error.message);
  return problem(500, "INTERNAL", "The server could not do this; its log says why");
}

/** The message of a store's driver may contain its address: only the first part is shown. */
function messageOf(error: BudgetError): string {
  return error.code === "STORE_UNAVAILABLE"
    ? "The store does not answer; nothing can be spent until it does"
    : error.message;
}

function problem(
  status: number,
  code: string,
  detail: string,
  { headers = {} }: { readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const title = TITLES[status] ?? "Error";
  const body = JSON.stringify({ type: "about:blank", title, status, code, detail });
  return new Response(body, {
    status,
    headers: { "content-type": CONTENT_TYPE, "cache-control": "no-store", ...headers },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Unprocessable",
  429: "Too many requests",
  500: "Internal error",
  501: "Not supported",
  503: "Unavailable",
};
