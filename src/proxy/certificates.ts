// Which certificates of upstreams are trusted: those that Node.js trusts, NODE_EXTRA_CA_CERTS among
// them, and those of SSL_CERT_FILE, which OpenSSL, Python and Go read and Node.js does not.

import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import type { SecureContext } from "node:tls";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns what to trust; nothing where that is what Node.js trusts, or the file cannot be read. */
export function trusted(env: Environment): { readonly secureContext?: SecureContext } {
  const file = read(env["SSL_CERT_FILE"]);
  return file === ""
    ? {}
    : { secureContext: tls.createSecureContext({ ca: [...known(env), file] }) };
}

function known(env: Environment): readonly string[] {
  // Node.js has it from 22.15 on.
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
