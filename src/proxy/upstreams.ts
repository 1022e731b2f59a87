// The destinations of requests: one address for each name, and no others.

import { describe } from "../core/describe.ts";
import { providerAt, providerNamed, PROVIDERS } from "../wire/providers.ts";

/** A provider that requests are forwarded to. */
export interface Upstream {
  readonly name: string;
  /** Its address, including a base path, and without a slash at the end. */
  readonly base: URL;
  /** The version prefix of its API's paths, which only some clients write. */
  readonly version: string;
}

const KNOWN: Readonly<Record<string, { readonly base: string; readonly version: string }>> =
  Object.fromEntries(
    PROVIDERS.flatMap(({ id, upstream }) => (upstream === undefined ? [] : [[id, upstream]])),
  );
const NAME = /^[a-z0-9][a-z0-9-]{0,30}$/;
const VERSIONED = /^\/(?:v\d|api\/)/;

/**
 * Returns the known upstreams, and the user's, which take precedence.
 *
 * @throws {TypeError | RangeError} if a name or an address is invalid.
 */
export function readUpstreams(
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, Upstream> {
  const upstreams = new Map<string, Upstream>();
  for (const [name, { base, version }] of Object.entries(KNOWN))
    upstreams.set(name, { name, base: new URL(base), version });
  for (const [name, address] of Object.entries(given)) {
    if (!NAME.test(name)) {
      throw new RangeError(
        `Expected the name of an upstream to be lower-case letters, digits and "-", got ${describe(name)}`,
      );
    }
    const base = readAddress(name, address);
    // An address that ends in a version includes the prefix already.
    const version = /\/v\d\w*$/.test(base.pathname) ? "" : (KNOWN[name]?.version ?? "");
    upstreams.set(name, { name, base, version });
  }
  return upstreams;
}

function readAddress(name: string, address: string): URL {
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash !== "") {
    throw new RangeError(
      `Expected the upstream ${describe(name)} to be an http or https address, got ${describe(address)}`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

/**
 * Returns the address for a path, such as `/v1/messages?beta=true`; undefined for a path that would
 * lead elsewhere.
 */
export function addressAt(upstream: Upstream, path: string): URL | undefined {
  const known = addresses.get(upstream)?.get(path);
  if (known !== undefined) return known;
  const made = madeAddress(upstream, path);
  if (made === undefined || path.length > KEPT_PATH_LENGTH_MAX) return made;
  const ofUpstream = addresses.get(upstream) ?? new Map<string, URL>();
  if (ofUpstream.size >= KEPT_PATHS_MAX) ofUpstream.clear();
  addresses.set(upstream, ofUpstream.set(path, made));
  return made;
}

/** Cached: programs use the same few paths. */
const addresses = new WeakMap<Upstream, Map<string, URL>>();
const KEPT_PATHS_MAX = 100;
const KEPT_PATH_LENGTH_MAX = 200;

function madeAddress({ base, version }: Upstream, path: string): URL | undefined {
  const before = base.pathname === "/" ? "" : base.pathname;
  const rest = dropRepeated(path, before);
  if (!rest.startsWith("/") || rest.startsWith("//") || rest.includes("\\")) return undefined;
  const isVersioned = VERSIONED.test(rest) || (version !== "" && rest.startsWith(`${version}/`));
  const versioned = isVersioned ? rest : version + rest;
  const target = `${base.origin}${before}${versioned}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const isInside = url?.origin === base.origin && url.pathname.startsWith(`${before}/`);
  return isInside ? url : undefined;
}

/**
 * A repeated part counts once: the slash of a base URL that ends in one, a version that both the
 * base URL and the client write, the path of the address.
 */
function dropRepeated(path: string, before: string): string {
  const once = path
    .replace(/^\/{2,}(?=v\d|api\/)/, "/")
    .replace(/^(\/v\d\w*)(?:\/*\1)+(?=\/)/, "$1");
  const version = /\/v\d\w*$/.exec(before)?.[0];
  for (const repeated of [before, version])
    if (repeated !== undefined && repeated !== "" && once.startsWith(`${repeated}/`))
      return once.slice(repeated.length);
  return once;
}

/**
 * Returns the provider of an upstream: the one of its name, or where that is the user's own, of its
 * host.
 */
export function upstreamProvider(name: string, url: URL): string | undefined {
  return providerNamed(name)?.id ?? providerAt(url)?.id;
}
