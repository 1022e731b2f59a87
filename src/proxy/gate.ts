// Admission: programs of this machine that have the key. A web page in a browser on the same
// machine can also reach a port, even under another name (DNS rebinding), but then it sends an
// `Origin` or a foreign `Host`.

import type { IncomingMessage } from "node:http";

import { KEY_HEADER } from "./headers.ts";
import { isSameSecret } from "./same-secret.ts";

/** An admitted request. */
export interface Admitted {
  readonly upstream: string;
  /** The path behind the name of the upstream, with its query. */
  readonly path: string;
}

/** Why a request is not admitted. */
export interface Denied {
  readonly status: number;
  readonly message: string;
}

/** The placeholder in a path for a key that is in a header. */
export const KEY_IN_HEADER = "-";

/** The path of the budget's figures, in place of an upstream. */
export const STATUS_NAME = "budget";

const BASE = /^\/b\/([^/?]+)\/([^/?]+)(\/[^#]*)?$/;

/** Checks where a request goes, and who sends it. */
export function admitCaller(
  request: IncomingMessage,
  key: string,
  hosts: ReadonlySet<string>,
): Admitted | Denied {
  const { headers, url = "" } = request;
  if (!hosts.has(String(headers.host).toLowerCase()))
    return { status: 421, message: "this proxy answers under its own address only" };
  if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined)
    return { status: 403, message: "web pages may not use this proxy" };
  if (!url.startsWith("/"))
    return {
      status: 400,
      message: "this is not a general-purpose proxy: set your SDK's base URL to it instead",
    };
  const match = BASE.exec(url);
  const inPath = match?.[1] ?? "";
  const inHeader = headers[KEY_HEADER];
  const given = inPath === KEY_IN_HEADER ? String(inHeader ?? "") : inPath;
  if (match === null || !isSameSecret(given, key))
    return { status: 404, message: "not found: the path must start with the session key" };
  return { upstream: match[2] ?? "", path: match[3] ?? "/" };
}
