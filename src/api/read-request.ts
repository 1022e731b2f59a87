// Reads a request according to the schemas of its route.

import { ApiError } from "./api-error.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { misfit } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { SCHEMAS } from "./schemas.ts";

const BODY_MAX = 65_536;

/**
 * Reads a query.
 * @throws {ApiError} 400 if a name is unknown or missing, or a value is invalid.
 */
export function readQuery(
  given: URLSearchParams,
  { query = {}, required = [] }: ApiRoute,
): ApiCall["query"] {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, text] of given) {
    const schema = Object.hasOwn(query, name) ? query[name] : undefined;
    if (schema === undefined) {
      const known = Object.keys(query).join(", ") || "none";
      throw new ApiError(400, "INVALID", `Unknown parameter "${name}"; known: ${known}`);
    }
    const value = valueOf(text, schema);
    const why = misfit(value, schema, SCHEMAS, name);
    if (why !== undefined) throw new ApiError(400, "INVALID", why);
    values[name] = value;
  }
  for (const name of required)
    if (values[name] === undefined)
      throw new ApiError(400, "INVALID", `Expected the parameter "${name}"`);
  return values;
}

function valueOf(text: string, { type }: JsonSchema): string | number | boolean {
  if ((type === "integer" || type === "number") && /^-?\d+(?:\.\d+)?$/.test(text))
    return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/**
 * Reads a body.
 *
 * @throws {ApiError} 415 if it is not JSON, 413 if it is too long, 400 if it does not match.
 */
export async function readJsonBody(request: Request, { body: schema }: ApiRoute): Promise<unknown> {
  if (schema === undefined) return undefined;
  // A form on another site can send any other type without a preflight.
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw new ApiError(415, "NOT_JSON", "Expected the content type application/json");
  const body = parsed(await textOf(request));
  const why = misfit(body, schema, SCHEMAS);
  if (why !== undefined) throw new ApiError(400, "INVALID", why);
  return body;
}

async function textOf(request: Request): Promise<string> {
  const tooLarge = new ApiError(413, "TOO_LARGE", `Expected at most ${BODY_MAX} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > BODY_MAX) throw tooLarge;
  if (request.body === null) return "";
  const reader = request.body.getReader();
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- pieces come one after the other
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > BODY_MAX) {
      reader.cancel().catch(() => undefined);
      throw tooLarge;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "INVALID", "Expected the body to be JSON");
  }
}
