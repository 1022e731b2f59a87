// Headers of a request that are read as they are, without a copy.

/** Headers in one of the two forms that most clients use. */
export type PlainHeaders = Headers | Readonly<Record<string, string>> | undefined;

/** A name and a value that `Headers` takes (RFC 9110 §5.6.2, the Fetch standard). */
const NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;
const AROUND = /^[\t ]+|[\t ]+$/g;
/** A header with which servers override the method. */
const OVERRIDE = "x-http-method-override";

/** Whether headers are in such a form, valid, and leave the method as it is. */
export function isPlain(headers: RequestInit["headers"]): headers is PlainHeaders {
  if (headers === undefined) return true;
  if (headers instanceof Headers) return !headers.has(OVERRIDE);
  if (typeof headers !== "object" || Array.isArray(headers)) return false;
  if (Object.getPrototypeOf(headers) !== Object.prototype) return false;
  for (const name of Reflect.ownKeys(headers)) {
    if (typeof name !== "string" || !NAME.test(name)) return false;
    const value: unknown = Reflect.get(headers, name);
    if (typeof value !== "string" || !VALUE.test(value)) return false;
    if (name.length === OVERRIDE.length && name.toLowerCase() === OVERRIDE) return false;
  }
  return true;
}

/** Returns a header; undefined if it is missing. */
export function plainHeader(headers: PlainHeaders, name: string): string | undefined {
  if (headers === undefined) return undefined;
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  let found: string | undefined;
  for (const each in headers) {
    if (each.length !== name.length || each.toLowerCase() !== name) continue;
    const value = (headers[each] ?? "").replaceAll(AROUND, "");
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

/** Returns the headers as they are now. */
export function copyOf(headers: PlainHeaders): PlainHeaders {
  return headers instanceof Headers ? new Headers(headers) : { ...headers };
}
