// The address of a gateway that commands use instead of a store, and its key.

import { lstatSync, readFileSync } from "node:fs";
import process from "node:process";

import { describe } from "../../core/describe.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";

/** The flags that name it. */
export const SERVER_FLAGS: Readonly<Record<string, Flag>> = {
  server: {
    value: "URL",
    help: "a gateway in place of a store, such as https://budget.example (default: TOKEN_BUDGET_SERVER)",
  },
  "key-file": {
    value: "FILE",
    help: "a file of mode 0600 with your key for it (default: the key in TOKEN_BUDGET_KEY)",
  },
  key: { value: "KEY", help: "the key itself; others may read it in your shell's history" },
};

/** A gateway, and a key for it. */
export interface ServerAddress {
  /** Ends with a slash. */
  readonly url: URL;
  readonly key: string;
}

const OTHERS = 0o077;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const KEY = /^[\u0021-\u007E]+$/;

/**
 * Returns the named server; undefined if it is a store.
 *
 * @throws {UsageError} if the address is invalid or not safe for a key, or if there is no key.
 * @throws {Failure} if others may read the file of the key.
 */
export function serverFor(given: ParsedArguments, { env }: CliContext): ServerAddress | undefined {
  const typed = given.text("server");
  if (typed !== undefined && given.text("store") !== undefined)
    throw new UsageError("--server and --store exclude each other: the books are in one place");
  const named = typed ?? (given.text("store") === undefined ? env["TOKEN_BUDGET_SERVER"] : "");
  if (named === undefined || named === "") {
    for (const flag of ["key", "key-file"])
      if (given.text(flag) !== undefined) throw new UsageError(`--${flag} goes with --server URL`);
    return undefined;
  }
  return { url: addressOf(named), key: keyFor(given, env) };
}

function addressOf(text: string): URL {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new UsageError(
      `Expected the server to be an address such as https://budget.example, got ${describe(text)}`,
    );
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new UsageError(
      "Expected the server to be an address alone; the key goes in TOKEN_BUDGET_KEY",
    );
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    throw new UsageError(`${url.origin} would get your key unencrypted: use https://${url.host}`);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

function keyFor(given: ParsedArguments, env: CliContext["env"]): string {
  const file = given.text("key-file");
  const typed = given.text("key");
  if (file !== undefined && typed !== undefined)
    throw new UsageError("--key and --key-file exclude each other");
  // From here on, process lists show only the name of the program.
  if (typed !== undefined) process.title = "token-budget";
  const key = (file === undefined ? (typed ?? env["TOKEN_BUDGET_KEY"] ?? "") : keyIn(file)).trim();
  if (key === "")
    throw new UsageError(
      "Missing key for the server: set TOKEN_BUDGET_KEY, or pass --key-file FILE",
    );
  if (!KEY.test(key)) throw new UsageError("Expected the key to be one word without spaces");
  return key;
}

function keyIn(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`There is no file ${path}`);
  // Orchestrators mount a link into a folder that they own.
  const isOpen = !stats.isSymbolicLink() && process.platform !== "win32";
  if (isOpen && (stats.mode & OTHERS) !== 0)
    throw new Failure(`Others may read ${path}: run chmod 600 ${path}`);
  return readFileSync(path, "utf8");
}
