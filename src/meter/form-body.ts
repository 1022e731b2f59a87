// Requests that are forms: they are read as an object of texts and files, and forwarded unchanged.

import { inputBytesOf } from "../wire/input-bound.ts";
import { CannotMeter } from "./refusals.ts";

/** A form after reading. */
export interface ReadForm {
  /** Texts and the bytes of files by their names; a list if a name occurs several times. */
  readonly body: object;
  /** Of the texts alone: files are bounded separately. */
  readonly bytes: number;
}

/**
 * Reads a form.
 * @throws {CannotMeter} if reading would consume it.
 */
export async function formOf(read: (() => Promise<FormData>) | undefined): Promise<ReadForm> {
  let form: FormData;
  try {
    if (read === undefined) throw new Error("There is no way to read it");
    form = await read();
  } catch {
    throw new CannotMeter(
      "request_unreadable",
      "the form of the request can be read only once; send it as FormData or as bytes",
    );
  }
  const body: Record<string, unknown> = {};
  let bytes = 0;
  for (const name of new Set(form.keys())) {
    // oxlint-disable-next-line no-await-in-loop -- a few files
    const values = await Promise.all(form.getAll(name).map(valueOf));
    for (const value of values) if (typeof value === "string") bytes += inputBytesOf(value);
    bytes += inputBytesOf(name);
    body[name] = values.length === 1 ? values[0] : values;
  }
  return { body, bytes };
}

async function valueOf(value: string | Blob): Promise<string | Uint8Array> {
  return typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer());
}

/** Returns the form that `fetch` was called with; the request stays readable. */
export async function formIn(
  request: Request | undefined,
  init: RequestInit | undefined,
): Promise<FormData> {
  const body = init?.body;
  if (isForm(body)) return body;
  if (body === undefined || body === null) {
    if (request === undefined) throw new TypeError("There is no body");
    return request.clone().formData();
  }
  const isWhole = typeof body === "string" || body instanceof Blob || ArrayBuffer.isView(body);
  if (!isWhole && !(body instanceof ArrayBuffer)) throw new TypeError("The body is a stream");
  const type = new Headers(init?.headers ?? request?.headers).get("content-type") ?? "";
  return new Response(body, { headers: { "content-type": type } }).formData();
}

function isForm(body: unknown): body is FormData {
  return typeof body === "object" && body !== null && "getAll" in body;
}
