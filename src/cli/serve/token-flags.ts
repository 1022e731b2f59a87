// The JSON Web Tokens that a gateway accepts, by its flags. The package jose is loaded from next to
// this one, and never from the working folder.

import { pathToFileURL } from "node:url";

import type { JoseLibrary, TokenOptions } from "../../gateway/index.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments } from "../command-line.ts";
import { installedPath } from "../store/installed.ts";

/** The flags about tokens. */
export const TOKEN_FLAGS: Readonly<Record<string, Flag>> = {
  "jwt-issuer": {
    value: "URL",
    help: "accept JSON Web Tokens from this issuer, in addition to keys",
  },
  "jwt-audience": { value: "TEXT", help: "the audience that tokens must have" },
  "jwt-keys": { value: "URL", help: "address of the issuer's public keys (JWKS)" },
  "jwt-pool": {
    value: "PATH",
    help: "the pool of a token, by its claims, such as acme/{team}/{sub}",
  },
  "jwt-role": { value: "CLAIM", help: "the claim that contains the role, admin or lead" },
};

/**
 * Returns the token options; undefined for none.
 * @throws {UsageError} if flags are missing.
 */
export async function tokensFor(given: ParsedArguments): Promise<TokenOptions | undefined> {
  const [issuer, audience] = [given.text("jwt-issuer"), given.text("jwt-audience")];
  const [jwks, path] = [given.text("jwt-keys"), given.text("jwt-pool")];
  const roleClaim = given.text("jwt-role");
  if ([issuer, audience, jwks, path, roleClaim].every((each) => each === undefined))
    return undefined;
  if (issuer === undefined || audience === undefined || jwks === undefined || path === undefined)
    throw new UsageError(
      "Tokens need --jwt-issuer, --jwt-audience, --jwt-keys and --jwt-pool, all of them",
    );
  if (!URL.canParse(jwks))
    throw new UsageError(`Expected --jwt-keys to be an address, got "${jwks}"`);
  return { jose: await jose(), issuer, audience, jwks, path, roleClaim };
}

async function jose(): Promise<JoseLibrary> {
  const path = installedPath("jose");
  if (path === undefined)
    throw new UsageError(
      "Tokens need the package jose beside token-budget: run npm install jose where token-budget is installed, or npx -p token-budget -p jose token-budget …",
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by the name of the package
  return (await import(pathToFileURL(path).href)) as JoseLibrary;
}
