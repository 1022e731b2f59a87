// The trusted certificates of upstreams: those of Node.js, including NODE_EXTRA_CA_CERTS, and those
// of SSL_CERT_FILE, which OpenSSL, Python and Go read and Node.js does not.

import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import type { SecureContext } from "node:tls";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the certificates to trust; undefined for those of Node.js, or if the file cannot be read.
 */
export function trusted(env: Environment): { readonly secureContext?: SecureContext } {
  const file = read(env["SSL_CERT_FILE"]);
  return file === ""
    ? {}
    : { secureContext: tls.createSecureContext({ ca: [...known(env), file] }) };
}

function known(env: Environment): readonly string[] {
  // Available in Node.js from 22.15 on.
  if ("getCACertificates" in tls) return tls.getCACertificates("default");
  const extra = read(env["NODE_EXTRA_CA_CERTS"]);
  return [...rootCertificates(), ...(extra === "" ? [] : [extra])];
}

function rootCertificates(): readonly string[] {
  const roots: unknown = Reflect.get(tls, "rootCertificates");
  return Array.isArray(roots) ? roots.map(String) : [];
}

function read(path: string | undefined): string {
  if (path === undefined || path === "") return "";
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
