// The admin API of a gateway: who may use it, from where, and how a browser signs in.

import type { IncomingMessage, ServerResponse } from "node:http";

import { adminApi } from "../../api/admin-api.ts";
import type { Access } from "../../api/access.ts";
import type { ApiRoute } from "../../api/route.ts";
import { budgetConsole } from "../../console/budget-console.ts";
import { deny, send } from "../../proxy/answers.ts";
import type { BudgetStore } from "../../stores/index.ts";
import { credentialOf } from "../caller-headers.ts";
import type { Caller, Unidentified } from "../caller.ts";
import type { Callers } from "../callers.ts";
import type { KeyRecord } from "../key-record.ts";
import type { KeyStore } from "../key-store.ts";
import { answerConsoleSession, isConsoleSession } from "./console-session.ts";
import { sessionCookie, BrowserSessions } from "../browser-sessions.ts";
import { bodyOf, sendWebResponse, webRequestOf } from "../web-request.ts";
import type { WebHandler } from "../web-request.ts";
import { answerSpendLimits, isSpendLimitPath } from "./spend-limits.ts";
import { INCREASE_ROUTES } from "./increase-routes.ts";
import { KEY_ROUTES } from "./key-routes.ts";

/** Where a browser signs in and out. */
const SESSION_PATH = "/api/v1/session";
const MISDIRECTED = 421;
const FORBIDDEN = 403;
const UNAUTHORIZED = 401;
const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** The routes of a gateway in addition to those over a store. */
export const GATEWAY_ROUTES: readonly ApiRoute[] = [...KEY_ROUTES, ...INCREASE_ROUTES];

/** The arguments of the admin door. */
interface AdminSettings {
  readonly store: BudgetStore;
  readonly keys: KeyStore;
  readonly identities: Callers;
  readonly routes: readonly ApiRoute[];
  /** Hosts under which browsers may reach it, with their ports; lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly isSecure: boolean;
}

interface Sender {
  readonly request: IncomingMessage;
  readonly address: string;
}

/** Answers requests under `/api` and, for browsers, `/console`. */
export class AdminDoor {
  readonly #settings: AdminSettings;
  readonly #sessions: BrowserSessions;
  readonly #api: WebHandler;
  readonly #console: WebHandler;
  readonly #senders = new WeakMap<Request, Sender>();

  constructor(settings: AdminSettings) {
    this.#settings = settings;
    this.#sessions = new BrowserSessions(settings.store, settings.keys);
    this.#api = adminApi(settings.store, {
      accessOf: (request) => this.accessOf(request),
      routes: settings.routes,
    });
    this.#console = budgetConsole(settings.store, {
      base: "/console",
      accessOf: (request) => this.accessOf(request),
      // It shows the form, which was handled above.
      signIn: () => Promise.resolve(undefined),
      routes: settings.routes,
    });
  }

  /** Returns the sender of a request and its rights; undefined if unknown. */
  async accessOf(request: Request): Promise<Access | undefined> {
    const sender = this.#senders.get(request);
    if (sender === undefined) return undefined;
    const found = await this.#identityOf(sender);
    if ("status" in found) return undefined;
    return { actor: found.name, role: found.role, subtree: found.subtree };
  }

  /**
   * Answers a request. With a cookie, it must come from a page of this gateway under one of its own
   * names; a page elsewhere, or a name that was rebound to this address, gets nothing.
   */
  async answer(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      deny(response, refusal.status, refusal.message);
      return;
    }
    if ((request.url ?? "").split("?", 1)[0] === SESSION_PATH) {
      await this.#answerSession({ request, address }, response);
      return;
    }
    const { isSecure } = this.#settings;
    const origin = `${isSecure ? "https" : "http"}://${String(request.headers.host)}`;
    const asked = await webRequestOf(request, response, origin);
    this.#senders.set(asked, { request, address });
    // A wrong key is counted, unlike a missing one.
    if (credentialOf(request.headers).kind !== "none") {
      const found = await this.#identityOf({ request, address });
      if ("status" in found) {
        if (found.waitS !== undefined) response.setHeader("retry-after", String(found.waitS));
        deny(response, found.status, found.message);
        return;
      }
    }
    const path = new URL(asked.url).pathname;
    const isConsole = path === "/console" || path.startsWith("/console/");
    if (isSpendLimitPath(path)) await sendWebResponse(response, await this.#spendLimits(asked));
    else if (!isConsole) await sendWebResponse(response, await this.#api(asked));
    else if (isConsoleSession(request.method, path))
      await sendWebResponse(response, await this.#consoleSession(asked, address));
    else await sendWebResponse(response, await this.#console(asked));
  }

  /** Returns why a request is rejected before it is read; undefined if it is not. */
  #refusalOf({
    headers,
    method = "GET",
  }: IncomingMessage): { readonly status: number; readonly message: string } | undefined {
    const host = String(headers.host).toLowerCase();
    const isBrowser =
      headers.cookie !== undefined ||
      headers.origin !== undefined ||
      headers["sec-fetch-site"] !== undefined;
    // Programs send a key, which a foreign page does not have.
    if (credentialOf(headers).kind !== "none" && !isBrowser) return undefined;
    if (!this.#settings.hosts.has(host))
      return {
        status: MISDIRECTED,
        message:
          "this gateway has a different name; its administrator adds names with --public-host",
      };
    const { origin } = headers;
    if (origin !== undefined && hostOf(origin) !== host)
      return { status: FORBIDDEN, message: "pages of other origins cannot use this gateway" };
    const site = headers["sec-fetch-site"];
    // A link elsewhere may lead here: it brings no cookie, which is limited to this site.
    const isFollowed = READING.has(method) && headers["sec-fetch-mode"] === "navigate";
    const isOwn = site === undefined || site === "same-origin" || site === "none";
    const isElsewhere = !isOwn && !isFollowed;
    const isChange = !READING.has(method);
    if (isElsewhere || (isChange && headers.cookie !== undefined && origin === undefined))
      return { status: FORBIDDEN, message: "only pages of this gateway can make changes" };
    return undefined;
  }

  async #identityOf({ request, address }: Sender): Promise<Caller | Unidentified> {
    const { headers } = request;
    if (credentialOf(headers).kind !== "none")
      return await this.#settings.identities.of(headers, address);
    const key = await this.#sessions.keyOf(headers.cookie);
    if (key !== undefined) return identityOf(key);
    return { status: UNAUTHORIZED, message: "sign in with a key of this gateway" };
  }

  async #spendLimits(asked: Request): Promise<Response> {
    const access = await this.accessOf(asked);
    if (access !== undefined) return await answerSpendLimits(this.#settings.store, access, asked);
    const error = { type: "authentication_error", message: "Send the key of an admin or a lead" };
    return Response.json({ type: "error", error }, { status: UNAUTHORIZED });
  }

  async #consoleSession(asked: Request, address: string): Promise<Response> {
    const { isSecure, identities } = this.#settings;
    const isValid = async (key: string): Promise<boolean> => {
      const found = await identities.of({ "x-api-key": key }, address);
      return !("status" in found) && found.id.startsWith("key_");
    };
    const settings = { sessions: this.#sessions, isSecure, isValid };
    return (await answerConsoleSession(asked, settings)) ?? (await this.#console(asked));
  }

  /** Begins a session with a key, or ends one. */
  async #answerSession(sender: Sender, response: ServerResponse): Promise<void> {
    const { request, address } = sender;
    const { isSecure, identities } = this.#settings;
    const type = { "content-type": "application/json", "cache-control": "no-store" };
    if (request.method === "DELETE") {
      await this.#sessions.end(request.headers.cookie);
      response.setHeader("set-cookie", sessionCookie(undefined, isSecure));
      send(response, 200, "{}", type);
      return;
    }
    if (request.method !== "POST") {
      response.setHeader("allow", "POST, DELETE");
      deny(response, 405, "sign in by POST, sign out by DELETE");
      return;
    }
    // Only content types that a page cannot send without a preflight are read.
    if (request.headers["content-type"]?.startsWith("application/json") !== true) {
      deny(response, 415, "expected application/json");
      return;
    }
    const key = keyIn(String(await bodyOf(request)));
    const found = await identities.of({ "x-api-key": key }, address);
    if ("status" in found) {
      if (found.waitS !== undefined) response.setHeader("retry-after", String(found.waitS));
      deny(response, found.status, found.message);
      return;
    }
    if (!found.id.startsWith("key_")) {
      deny(response, FORBIDDEN, "a session begins with a key, tb_…");
      return;
    }
    response.setHeader("set-cookie", sessionCookie(await this.#sessions.begin(key), isSecure));
    const { name: actor, role, subtree } = found;
    send(response, 200, JSON.stringify({ actor, role, subtree }), type);
  }
}

function identityOf({ id, name, pool, role, subtree }: KeyRecord): Caller {
  return { id, name, pool, role, subtree };
}

function keyIn(text: string): string {
  try {
    const key: unknown = Reflect.get(Object(JSON.parse(text)), "key");
    return typeof key === "string" ? key : "";
  } catch {
    return "";
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
