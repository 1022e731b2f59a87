// Which format a request is written in, by the provider and the end of its path. What clients put
// before that differs: a version, a deployment, nothing.

import type { Provider } from "./provider.ts";
import type { WireName } from "./wire-name.ts";

/** What a request is: read by a format, free of charge, or nothing that is known. */
export type Route =
  | { readonly kind: "billable"; readonly wire: WireName }
  | { readonly kind: "free" }
  | { readonly kind: "unknown" };

const READ_ONLY: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);
const FREE: Route = { kind: "free" };
const UNKNOWN_ROUTE: Route = { kind: "unknown" };

/** Returns where a request goes. Whatever is not known to be free or readable is unknown. */
export function routeOf(method: string, path: string, provider: Provider): Route {
  if (READ_ONLY.has(method.toUpperCase())) return FREE;
  const known = knownRoutes.get(provider) ?? new Map<string, Route>();
  const found = known.get(path);
  if (found !== undefined) return found;
  const route = postedTo(path, provider);
  if (known.size < ROUTES_MAX && path.length <= PATH_LENGTH_MAX) known.set(path, route);
  knownRoutes.set(provider, known);
  return route;
}

/** Cached: calls go to the same few routes. */
const ROUTES_MAX = 100;
const PATH_LENGTH_MAX = 200;
const knownRoutes = new WeakMap<Provider, Map<string, Route>>();

function postedTo(path: string, provider: Provider): Route {
  const plain = path.replace(/\/+$/, "").replace(/^\/{2,}/, "/");
  if (provider.free.some((pattern) => pattern.test(plain))) return FREE;
  const found = provider.routes.find(([pattern]) => pattern.test(plain));
  return found === undefined ? UNKNOWN_ROUTE : { kind: "billable", wire: found[1] };
}
