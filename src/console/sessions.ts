// The sessions of a console: a secret is exchanged once for a cookie that no script can read, and
// that no other site can have sent. They are kept in the memory of this process, and expire.

import type { Access } from "../api/access.ts";

/** A signed-in user, and whether the session is still valid. */
export interface SignedIn extends Access {
  /**
   * Whether the secret is still valid; called for every request.
   *
   * @default always, until the session ends
   */
  readonly isCurrent?: (() => Promise<boolean>) | undefined;
}

/** Finds the user of a secret; undefined rejects it. */
export type SignIn = (secret: string) => Promise<SignedIn | undefined>;

/** The result of checking a secret. */
export interface Begun {
  readonly cookie?: string;
  /** Whether there were too many wrong ones: it was not checked. */
  readonly isTooOften?: boolean;
}

interface Session {
  readonly access: SignedIn;
  readonly endsAt: number;
  usedAt: number;
}

const HOUR_MS = 3_600_000;
/** The maximum age of a session, and its maximum idle time. */
const SESSION_MS = 12 * HOUR_MS;
const IDLE_MS = 2 * HOUR_MS;
const SESSIONS_MAX = 1000;
const SECRET_BYTES = 32;
const SECRET_MAX = 4096;
const MINUTE_MS = 60_000;
const FAILURES_A_MINUTE = 20;

/** A secret of 256 random bits. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * The SHA-256 of a text: secrets are stored and looked up by it, so that timing reveals nothing.
 */
async function digestOfSecret(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return String.fromCodePoint(...new Uint8Array(digest));
}

/** The sessions of one console. */
export class ConsoleSessions {
  readonly #signIn: SignIn;
  readonly #now: () => number;
  /** By the digest of the cookie's token. */
  readonly #sessions = new Map<string, Session>();
  #failures: number[] = [];

  constructor(signIn: SignIn, now: () => number = Date.now) {
    this.#signIn = signIn;
    this.#now = now;
  }

  /** Exchanges a secret for a cookie; undefined if it is rejected. */
  async begin(secret: string, request: Request): Promise<Begun> {
    const now = this.#now();
    this.#failures = this.#failures.filter((at) => at > now - MINUTE_MS);
    if (this.#failures.length >= FAILURES_A_MINUTE) return { isTooOften: true };
    const access = secret.length > SECRET_MAX ? undefined : await this.#signIn(secret);
    if (access === undefined) {
      this.#failures.push(now);
      return {};
    }
    const value = newSecret();
    const session = { access, endsAt: now + SESSION_MS, usedAt: now };
    this.#sessions.set(await digestOfSecret(value), session);
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size > SESSIONS_MAX && oldest !== undefined) this.#sessions.delete(oldest);
    return { cookie: cookieText(request, value, SESSION_MS) };
  }

  /** Returns the sender of a request; undefined without a valid session. */
  async accessOf(request: Request): Promise<Access | undefined> {
    const key = await this.#keyOf(request);
    const session = key === undefined ? undefined : this.#sessions.get(key);
    if (key === undefined || session === undefined) return undefined;
    const now = this.#now();
    const { access, endsAt, usedAt } = session;
    const isOver = now >= endsAt || now >= usedAt + IDLE_MS;
    if (isOver || (await access.isCurrent?.()) === false) {
      this.#sessions.delete(key);
      return undefined;
    }
    session.usedAt = now;
    const { actor, role, subtree } = access;
    return { actor, role, subtree };
  }

  /** Ends the session of a request, and returns the cookie that deletes the other. */
  async end(request: Request): Promise<string> {
    const key = await this.#keyOf(request);
    if (key !== undefined) this.#sessions.delete(key);
    return cookieText(request, "", 0);
  }

  async #keyOf(request: Request): Promise<string | undefined> {
    const name = cookieName(request);
    const value = (request.headers.get("cookie") ?? "")
      .split(";")
      .map((part) => part.trim().split("="))
      .find(([key]) => key === name)?.[1];
    return value === undefined ? undefined : await digestOfSecret(value);
  }
}

/**
 * Cookies do not distinguish ports: two consoles of one machine need cookies of different names.
 */
function cookieName(request: Request): string {
  const { port } = new URL(request.url);
  return `token_budget_console${port === "" ? "" : `_${port}`}`;
}

function cookieText(request: Request, value: string, lastsMs: number): string {
  const secure = new URL(request.url).protocol === "https:" ? "; Secure" : "";
  const seconds = Math.floor(lastsMs / 1000);
  return `${cookieName(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
