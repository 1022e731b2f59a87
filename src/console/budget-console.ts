import { adminApi, API_PREFIX } from "../api/admin-api.ts";
import type { RequestHandler } from "../api/admin-api.ts";
import type { AccessOf } from "../api/access.ts";
import type { ApiRoute } from "../api/route.ts";
import type { BudgetStore } from "../stores/client/budget-store.ts";
import {
  fileAnswer,
  guarded,
  leadingOn,
  pageDocument,
  signInDocument,
  textAnswer,
} from "./documents.ts";
import { hostOf, isFromElsewhere, mayChange } from "./same-origin.ts";
import { ConsoleSessions } from "./sessions.ts";
import type { SignIn } from "./sessions.ts";

/** Options of `budgetConsole`: `accessOf`, `signIn` or both. */
export interface ConsoleOptions {
  /**
   * Identifies the sender of a request, for example from a session of your own application.
   *
   * @default the sessions of `signIn`
   */
  readonly accessOf?: AccessOf | undefined;
  /**
   * Finds the user of the secret that was typed into the console's form; the console then keeps the
   * session in a cookie.
   *
   * @default no form: `accessOf` decides
   */
  readonly signIn?: SignIn | undefined;
  /**
   * The path under which the console is mounted, such as `"/console"`. Needed if the framework
   * removes it from the address before the console sees it.
   *
   * @default the path in the address of the request
   */
  readonly base?: string | undefined;
  /**
   * The host names, with port, under which it answers, such as `"127.0.0.1:4142"`.
   *
   * @default any
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Additional routes of the API.
   *
   * @default none
   */
  readonly routes?: readonly ApiRoute[] | undefined;
}

const FORM_MAX = 8192;

/**
 * Returns the console over a store: the page, its files, and the admin API below `api/v1`, in one
 * handler of web requests. It loads nothing from other hosts.
 *
 * @throws {TypeError} without `accessOf` and `signIn`: anyone who reaches it could change budgets.
 *
 * @example
 * const store = new BudgetStore(new MemoryStore());
 * const handle = budgetConsole(store, {
 *   accessOf: async () => ({ actor: "ada", role: "admin", subtree: "" }),
 * });
 * const response = await handle(new Request("http://localhost/api/v1/pools"));
 * console.log(response.status); // 200
 */
export function budgetConsole(store: BudgetStore, options: ConsoleOptions): RequestHandler {
  const { accessOf, signIn } = options;
  if (accessOf === undefined && signIn === undefined)
    throw new TypeError(
      "Expected `accessOf` or `signIn`: without either, everyone who reaches the console could change budgets",
    );
  const console = new Console(store, options);
  return async (request) => guarded(await console.answer(request));
}

class Console {
  readonly #options: ConsoleOptions;
  readonly #sessions: ConsoleSessions | undefined;
  readonly #api: RequestHandler;
  readonly #base: string | undefined;
  readonly #hosts: ReadonlySet<string> | undefined;

  constructor(store: BudgetStore, options: ConsoleOptions) {
    const { signIn, base, hosts, routes } = options;
    this.#options = options;
    this.#sessions = signIn && new ConsoleSessions(signIn);
    this.#base = base === undefined ? undefined : `${base.replace(/\/+$/, "")}/`;
    this.#hosts = hosts && new Set(hosts.map((host) => host.toLowerCase()));
    this.#api = adminApi(store, { routes, accessOf: (request) => this.#accessOf(request) });
  }

  async answer(request: Request): Promise<Response> {
    if (this.#hosts !== undefined && !this.#hosts.has(hostOf(request)))
      return textAnswer(421, "This console answers under its own address only");
    const { pathname, searchParams } = new URL(request.url);
    const isReading = request.method === "GET" || request.method === "HEAD";
    if (pathname.includes(`${API_PREFIX}/`)) {
      if (isReading ? isFromElsewhere(request) : !mayChange(request))
        return textAnswer(403, "Pages of other sites may not use this console");
      return await this.#api(request);
    }
    if (!isReading) return await this.#changeSession(request, pathname);
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    if (pathname.endsWith(`/assets/${name}`))
      return fileAnswer(name) ?? textAnswer(404, "There is no such file");
    const token = searchParams.get("token");
    if (token !== null && this.#sessions !== undefined) return await this.#begin(token, request);
    if (name !== "" && this.#base === undefined) return redirection(308, `./${name}/`);
    return await this.#page(request);
  }

  async #page(request: Request): Promise<Response> {
    if ((await this.#accessOf(request)) === undefined) {
      return this.#sessions === undefined
        ? textAnswer(401, "Sign in to see the console")
        : signInDocument(this.#base, 401, "");
    }
    const hasSession = this.#sessions !== undefined;
    return pageDocument({ base: this.#base, api: "api/v1", hasSession });
  }

  async #accessOf(request: Request): ReturnType<AccessOf> {
    return (await this.#sessions?.accessOf(request)) ?? (await this.#options.accessOf?.(request));
  }

  async #changeSession(request: Request, pathname: string): Promise<Response> {
    const sessions = this.#sessions;
    if (sessions === undefined || request.method !== "POST")
      return textAnswer(405, "This address takes GET");
    if (isFromElsewhere(request))
      return textAnswer(403, "Pages of other sites may not use this console");
    if (pathname.endsWith("/session/end")) {
      const response = redirection(303, "../");
      response.headers.set("set-cookie", await sessions.end(request));
      return response;
    }
    if (!pathname.endsWith("/session")) return textAnswer(404, "There is nothing here");
    if (Number(request.headers.get("content-length") ?? Infinity) > FORM_MAX)
      return textAnswer(413, "That is too long for a key");
    const key = new URLSearchParams(await request.text()).get("key") ?? "";
    return await this.#begin(key.trim(), request);
  }

  async #begin(secret: string, request: Request): Promise<Response> {
    const { cookie, isTooOften } = (await this.#sessions?.begin(secret, request)) ?? {};
    if (isTooOften === true) {
      const message = "Too many keys were wrong; wait a minute and try again";
      return signInDocument(this.#base, 429, message);
    }
    if (cookie === undefined) {
      const message = "This key or link is not valid, or the link was used before";
      return signInDocument(this.#base, 401, message);
    }
    return leadingOn(this.#base, cookie);
  }
}

function redirection(status: number, location: string): Response {
  return new Response(null, { status, headers: { location, "cache-control": "no-store" } });
}
