// Access to a console of this machine: the link that it prints, which works once.

import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";

import type { SignedIn, SignIn } from "../../console/index.ts";
import { isSameSecret } from "../../proxy/same-secret.ts";

const TOKEN_BYTES = 32;

/** The links of a console. */
export class LocalAccess {
  readonly #onUsed: (next: string) => void;
  #token = newToken();

  /** `onUsed` receives the token of the next link once a link was used. */
  constructor(onUsed: (next: string) => void) {
    this.#onUsed = onUsed;
  }

  /** The token of the current link. */
  get token(): string {
    return this.#token;
  }

  /** Admits the holder of the token, once. */
  readonly signIn: SignIn = async (secret) => {
    if (!isSameSecret(secret, this.#token)) return undefined;
    this.#token = newToken();
    this.#onUsed(this.#token);
    return owner();
  };
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

function owner(): SignedIn {
  return { actor: userName(), role: "admin", subtree: "" };
}

function userName(): string {
  try {
    return userInfo().username || "console";
  } catch {
    // A user without a name, as in containers.
    return "console";
  }
}
