// The admin API over a store: finds the route of a request, checks it, and answers.

import type { BudgetStore } from "../stores/client/budget-store.ts";
import { mayDo } from "./access.ts";
import type { Access, AccessOf } from "./access.ts";
import { ApiError, problemOf } from "./api-error.ts";
import { readJsonBody, readQuery } from "./read-request.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { Repeats } from "./repeats.ts";

/** Options of the admin API. */
export interface AdminApiOptions {
  /** Identifies the sender of a request; undefined refuses it with 401. */
  readonly accessOf: AccessOf;
  /**
   * Routes in addition to those over a store.
   *
   * @default none
   */
  readonly routes?: readonly ApiRoute[] | undefined;
}

/** A function that answers requests, as a route of Hono or Next.js takes it. */
export type RequestHandler = (request: Request) => Promise<Response>;

/** The prefix of the routes, wherever the API is mounted. */
export const API_PREFIX = "/api/v1";
const CHANGE_METHODS: ReadonlySet<string> = new Set(["POST", "PUT", "DELETE"]);

interface Found {
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Returns the handler of the admin API over a store. It never throws.
 *
 * @example
 * const store = new BudgetStore(new MemoryStore());
 * const answer = adminApi(store, {
 *   accessOf: async () => ({ actor: "ada", role: "admin", subtree: "" }),
 * });
 * (await answer(new Request("https://budget.example/api/v1/pools"))).status; // => 200
 */
export function adminApi(store: BudgetStore, options: AdminApiOptions): RequestHandler {
  const { accessOf, routes: more = [] } = options;
  const routes = [...ROUTES, ...more];
  const repeats = new Repeats(store);
  const features = [...new Set(more.map(({ path }) => path.split("/")[1] ?? ""))];
  const isStill = async (access: Access, request: Request): Promise<boolean> => {
    const now = await accessOf(request).catch(() => undefined);
    return now?.role === access.role && now.subtree === access.subtree;
  };
  return async (request) => {
    try {
      const access = await accessOf(request);
      if (access === undefined) {
        const how = { "www-authenticate": "Bearer" };
        throw new ApiError(401, "NOT_SIGNED_IN", "Sign in, or send a key of an admin or lead", how);
      }
      const url = new URL(request.url);
      const found = findRoute(routes, request.method, pathBelowPrefix(url.pathname));
      return await answerTo({
        found,
        url,
        repeats,
        call: { store, access, request, features, isAllowed: () => isStill(access, request) },
      });
    } catch (error) {
      return problemOf(error);
    }
  };
}

async function answerTo({
  found: { route, params },
  url,
  repeats,
  call: from,
}: {
  readonly found: Found;
  readonly url: URL;
  readonly repeats: Repeats;
  readonly call: Omit<ApiCall, "params" | "query" | "body" | "id">;
}): Promise<Response> {
  if (!mayDo(from.access.role, route.role))
    throw new ApiError(403, "NOT_ALLOWED", `This needs the role "${route.role}"`);
  const query = readQuery(url.searchParams, route);
  const body = await readJsonBody(from.request, route);
  const call = { ...from, params, query, body };
  if (!CHANGE_METHODS.has(route.method)) return await handled(route, { ...call, id: undefined });
  return await repeats.once(call, route, (id) => handled(route, { ...call, id }));
}

async function handled(route: ApiRoute, call: ApiCall): Promise<Response> {
  const answer = await route.handle(call);
  if (answer instanceof Response) return answer;
  return new Response(JSON.stringify(answer), {
    status: route.status ?? 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

/** The host decides where the API is mounted. */
function pathBelowPrefix(pathname: string): string {
  const at = pathname.indexOf(`${API_PREFIX}/`);
  return at === -1 ? pathname : pathname.slice(at + API_PREFIX.length);
}

/** @throws {ApiError} 404 for an unknown path, 405 for another method. */
function findRoute(routes: readonly ApiRoute[], method: string, path: string): Found {
  const segments = path.split("/");
  const methods: string[] = [];
  for (const route of routes) {
    const params = paramsOf(route.path.split("/"), segments);
    if (params === undefined) continue;
    if (route.method === method || (route.method === "GET" && method === "HEAD"))
      return { route, params };
    methods.push(route.method);
  }
  if (methods.length === 0)
    throw new ApiError(404, "NO_ROUTE", `There is no route ${API_PREFIX}${path}`);
  const allow = [...new Set(methods)].join(", ");
  throw new ApiError(405, "METHOD_NOT_ALLOWED", `This route takes ${allow}`, { allow });
}

function paramsOf(
  wanted: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (wanted.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] ?? "";
    if (!part.startsWith("{")) {
      if (part !== segment) return undefined;
      continue;
    }
    const text = decoded(segment);
    if (text === undefined || text === "") return undefined;
    params[part.slice(1, -1)] = text;
  }
  return params;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
