// JSON Web Tokens: their issuer, audience, and the pool that their claims lead to. The package jose
// verifies them; the allowed algorithms are listed here, and "none" is not among them.

import { checkKeys } from "../core/check-keys.ts";
import { describe } from "../core/describe.ts";
import { wordOf } from "../core/word.ts";
import { isCallCap } from "../stores/contract/call-caps.ts";
import { readPath } from "../stores/contract/path.ts";
import type { Caller } from "./caller.ts";
import { hashOf } from "./key-text.ts";

/** The part of the package jose that is used. */
export interface JoseLibrary {
  createRemoteJWKSet(url: URL): unknown;
  createLocalJWKSet(keys: never): unknown;
  jwtVerify(
    token: string,
    keys: never,
    options: object,
  ): Promise<{ readonly payload: Readonly<Record<string, unknown>> }>;
}

/** Which tokens are accepted, and what their claims mean. */
export interface TokenOptions {
  /** The exports of the package jose. */
  readonly jose: JoseLibrary;
  /** The `iss` that tokens must have. */
  readonly issuer: string;
  /** The `aud` that tokens must have. */
  readonly audience: string;
  /** The public keys: an https address, or the keys themselves (`{ keys: […] }`). */
  readonly jwks: string | URL | object;
  /** The pool, with claims in braces: `acme/{team}/{sub}`, `acme/{groups[0]}/{sub}`. */
  readonly path: string;
  /**
   * The claim with the role `"admin"` or `"lead"`. A lead may see and change the pools next to its
   * own: those below its parent.
   *
   * @default every token has the role "self"
   */
  readonly roleClaim?: string | undefined;
}

const KEYS: readonly string[] = ["jose", "issuer", "audience", "jwks", "path", "roleClaim"];
const ALGORITHMS = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");
/** Errors of jose about tokens, not about keys that it could not fetch. */
const OF_THE_TOKEN =
  /^ERR_(?:JW[ST]_|JOSE_(?:ALG_NOT_ALLOWED|NOT_SUPPORTED)|JWKS_(?:NO|MULTIPLE)_MATCHING)/;
const CLAIM = /\{([^{}]+)\}/g;
const CLOCK_SKEW_S = 5;
/** How long a verified token is accepted without being verified again. */
const BELIEVED_MS = 60_000;
const KNOWN_MAX = 10_000;
const NOT_IN_NAMES = /[/\p{Control}\p{Surrogate}]/u;
const NAME_LENGTH_MAX = 128;

/** Thrown for a rejected token, with the reason. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}

/** Verifies tokens. */
export class SignedTokens {
  readonly #options: TokenOptions;
  readonly #keys: unknown;
  readonly #known = new Map<string, { readonly identity: Caller; readonly until: number }>();

  /** @throws {TypeError | RangeError} if an option is unknown or invalid. */
  constructor(options: TokenOptions) {
    checkKeys(options, KEYS, "tokens");
    this.#options = options;
    const { jose, jwks, path } = options;
    readPath(path);
    for (const name of ["issuer", "audience"] as const)
      if (typeof options[name] !== "string" || options[name] === "")
        throw new RangeError(`Expected \`${name}\` to be a text, got ${describe(options[name])}`);
    if (typeof jwks === "string" || jwks instanceof URL) {
      const url = new URL(jwks);
      const isNear = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
      if (url.protocol !== "https:" && !isNear)
        throw new RangeError(
          `Expected \`jwks\` to be an https address, got ${describe(String(jwks))}`,
        );
      this.#keys = jose.createRemoteJWKSet(url);
    } else {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- jose reads it
      this.#keys = jose.createLocalJWKSet(jwks as never);
    }
  }

  /**
   * Returns the sender of a token: at once if it was verified recently.
   *
   * @throws {TokenRefused} if it is invalid, or its claims lead to no pool.
   */
  find(token: string): Caller | Promise<Caller> {
    const hashed = hashOf(token);
    const known = this.#known.get(hashed);
    if (known !== undefined && known.until > Date.now()) return known.identity;
    return this.#verified(token, hashed);
  }

  async #verified(token: string, hashed: string): Promise<Caller> {
    const { jose, issuer, audience } = this.#options;
    const wanted = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ["exp"],
      clockTolerance: CLOCK_SKEW_S,
    };
    const claims = await this.#claimsOf(() =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by jose itself
      jose.jwtVerify(token, this.#keys as never, wanted),
    );
    const identity = this.#identityOf(claims, hashed);
    const until = Math.min(Number(claims["exp"]) * 1000, Date.now() + BELIEVED_MS);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(hashed, { identity, until });
    return identity;
  }

  async #claimsOf(
    verify: () => ReturnType<JoseLibrary["jwtVerify"]>,
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return (await verify()).payload;
    } catch (error) {
      const code: unknown = Reflect.get(Object(error), "code");
      if (typeof code === "string" && OF_THE_TOKEN.test(code))
        throw new TokenRefused(error instanceof Error ? error.message : code);
      throw error;
    }
  }

  #identityOf(claims: Readonly<Record<string, unknown>>, hashed: string): Caller {
    const { path, roleClaim } = this.#options;
    const pool = path.replace(CLAIM, (_all, claim: string) => nameOf(claims, claim));
    const told = roleClaim === undefined ? undefined : claimOf(claims, roleClaim);
    const role = told === "admin" || told === "lead" ? told : "self";
    const above = pool.slice(0, Math.max(0, pool.lastIndexOf("/")));
    const subtree = { admin: "", lead: above === "" ? pool : above, self: pool }[role];
    const subject = claimOf(claims, "sub");
    const name = wordOf(typeof subject === "string" && subject !== "" ? subject : pool);
    return { id: `jwt_${hashed.slice(0, 16)}`, name, pool: readPath(pool), role, subtree };
  }
}

/** Returns a claim as the name of a pool. A value that could lead to another pool is rejected. */
function nameOf(claims: Readonly<Record<string, unknown>>, claim: string): string {
  const value = claimOf(claims, claim);
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text === "")
    throw new TokenRefused(`the token has no claim "${claim}", which names a pool`);
  const isNone = text === "*" || isCallCap(text);
  if (isNone || NOT_IN_NAMES.test(text) || text.length > NAME_LENGTH_MAX)
    throw new TokenRefused(`the claim "${claim}" of the token cannot name a pool`);
  return text;
}

/** Returns a claim by its name, such as `team`, `groups[0]` or `realm.name`. */
function claimOf(claims: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  let value: unknown = claims;
  for (const part of claim.split(/[.[\]]+/).filter((each) => each !== "")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
