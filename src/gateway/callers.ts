// Identifies the sender of a request, by its key or its token.

import type { IncomingHttpHeaders } from "node:http";

import type { Caller, Unidentified } from "./caller.ts";
import { credentialOf } from "./caller-headers.ts";
import type { FailedKeys } from "./failed-keys.ts";
import { hashOf } from "./key-text.ts";
import type { KnownKeys } from "./known-keys.ts";
import { TokenRefused } from "./signed-tokens.ts";
import type { SignedTokens } from "./signed-tokens.ts";

/** Identifies the senders of requests. */
export class Callers {
  readonly #keys: KnownKeys;
  readonly #tokens: SignedTokens | undefined;
  readonly #failed: FailedKeys;

  constructor(keys: KnownKeys, tokens: SignedTokens | undefined, failed: FailedKeys) {
    this.#keys = keys;
    this.#tokens = tokens;
    this.#failed = failed;
  }

  /**
   * Returns the sender of a request with these headers: at once if the credential is cached.
   *
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if it is not cached and the store does not
   * answer.
   */
  of(
    headers: IncomingHttpHeaders,
    address: string,
  ): Caller | Unidentified | Promise<Caller | Unidentified> {
    const credential = credentialOf(headers);
    if (credential.kind === "none")
      return {
        status: 401,
        message: "send the key of this gateway, tb_…, as your client sends its API key",
      };
    if (credential.kind === "unclear")
      return { status: 400, message: "the request has two different keys; send one" };
    const { kind, text } = credential;
    if (kind === "token") return this.#byToken(text, address);
    const hashed = hashOf(text);
    if (!this.#keys.isKnown(hashed)) {
      const waiting = this.#waiting(address);
      if (waiting !== undefined) return waiting;
    }
    const found = this.#keys.find(hashed);
    if (found instanceof Promise)
      return found.then((record) => record ?? this.#wrong(address, "this key is not valid"));
    return found ?? this.#wrong(address, "this key is not valid");
  }

  async #byToken(text: string, address: string): Promise<Caller | Unidentified> {
    const waiting = this.#waiting(address);
    if (waiting !== undefined) return waiting;
    if (this.#tokens === undefined)
      return this.#wrong(address, "this gateway accepts keys (tb_…), not tokens");
    try {
      return await this.#tokens.find(text);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      return this.#wrong(address, `this token is not valid: ${error.message}`);
    }
  }

  #waiting(address: string): Unidentified | undefined {
    const waitS = this.#failed.waitFor(address, Date.now());
    if (waitS === 0) return undefined;
    return { status: 429, message: "too many invalid keys were sent from this address", waitS };
  }

  #wrong(address: string, message: string): Unidentified {
    this.#failed.failed(address, Date.now());
    return { status: 401, message };
  }
}
