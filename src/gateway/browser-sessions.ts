// Sessions of browsers: the user enters a key once, and a cookie stands for it until the session
// ends or the key is revoked. Every gateway of the store knows them.

import { randomBytes } from "node:crypto";

import type { BudgetStore, Documents } from "../stores/index.ts";
import { isValid } from "./key-record.ts";
import type { KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { hashOf } from "./key-text.ts";

const SESSIONS = "sessions";
const LASTS_MS = 8 * 3_600_000;
const TOKEN = /^[\w-]{27}$/;
/** The cookie; over TLS, its name prevents every other host from setting it. */
const COOKIE = "token_budget_session";
const SECURE_COOKIE = `__Host-${COOKIE}`;

interface Session {
  /** The hash of the key. */
  readonly key: string;
  readonly until: number;
}

/** The sessions of a store. */
export class BrowserSessions {
  readonly #documents: Documents;
  readonly #keys: KeyStore;

  constructor(store: BudgetStore, keys: KeyStore) {
    this.#documents = store.documents;
    this.#keys = keys;
  }

  /** Begins a session for a valid key; returns the token of its cookie. */
  async begin(keyText: string): Promise<string> {
    const token = randomBytes(20).toString("base64url");
    const session: Session = { key: hashOf(keyText), until: Date.now() + LASTS_MS };
    await this.#documents.replace(SESSIONS, hashOf(token), undefined, JSON.stringify(session));
    return token;
  }

  /** Returns the owner of a session; undefined if it has ended. */
  async keyOf(cookies: string | undefined): Promise<KeyRecord | undefined> {
    const token = tokenIn(cookies);
    const text = token && (await this.#documents.read(SESSIONS, hashOf(token)));
    if (token === undefined || text === undefined || text === "") return undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
    const { key, until } = JSON.parse(text) as Session;
    if (Date.now() >= until) {
      await this.#documents.replace(SESSIONS, hashOf(token), text, undefined);
      return undefined;
    }
    const record = await this.#keys.byHash(key);
    return record !== undefined && isValid(record, Date.now()) ? record : undefined;
  }

  /** Ends a session. */
  async end(cookies: string | undefined): Promise<void> {
    const token = tokenIn(cookies);
    const text = token && (await this.#documents.read(SESSIONS, hashOf(token)));
    if (token !== undefined && text !== undefined)
      await this.#documents.replace(SESSIONS, hashOf(token), text, undefined);
  }
}

/** Returns the header that sets the cookie; without a token, it deletes it. */
export function sessionCookie(token: string | undefined, isSecure: boolean): string {
  const name = isSecure ? SECURE_COOKIE : COOKIE;
  const lasts = token === undefined ? 0 : LASTS_MS / 1000;
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${token ?? ""}; Path=/; Max-Age=${lasts}; HttpOnly; SameSite=Strict${secure}`;
}

function tokenIn(cookies: string | undefined): string | undefined {
  for (const part of (cookies ?? "").split(";")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if ((name === COOKIE || name === SECURE_COOKIE) && TOKEN.test(value)) return value;
  }
  return undefined;
}
