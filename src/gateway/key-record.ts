// What a gateway stores of a key: its owner, its rights, and the pool it draws from.

import { describe } from "../core/describe.ts";
import { checkKeys } from "../core/check-keys.ts";
import { readWord } from "../core/word.ts";

/** The role of a key: what its holder may see and change. */
export type KeyRole = "admin" | "lead" | "self";

/** A key as it is listed; only its holder knows the key itself. */
export interface KeyRecord {
  /** Its public name, such as `key_0123456789abcdef`. */
  readonly id: string;
  /** Its first letters, such as `tb_abcde`. */
  readonly prefix: string;
  /** The path of the pool that calls with it draw from. */
  readonly pool: string;
  /** The user or program of the key; the label of its ledger entries. */
  readonly name: string;
  readonly role: KeyRole;
  /** The pools that it may see and change: a path, or "" for all. */
  readonly subtree: string;
  /** When it was created; milliseconds since 1970. */
  readonly createdAt: number;
  /** Who created it. */
  readonly createdBy: string;
  /** When it expires; milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  readonly revokedBy?: string | undefined;
  /** When it was last used, to the minute; omitted if it never was. */
  readonly lastUsedAt?: number | undefined;
}

/** The settings of a new key. */
export interface NewKey {
  readonly pool: string;
  readonly name?: string | undefined;
  /** @default "self" */
  readonly role?: KeyRole | undefined;
  /** @default the pool; "" for an admin */
  readonly subtree?: string | undefined;
  readonly expiresAt?: number | undefined;
}

const ROLES: ReadonlySet<string> = new Set(["admin", "lead", "self"]);

/**
 * Reads the settings of a new key, with their defaults.
 * @throws {TypeError | RangeError} if one is invalid.
 */
export function readNewKey(
  given: NewKey,
): Omit<KeyRecord, "id" | "prefix" | "createdAt" | "createdBy"> {
  checkKeys(given, ["pool", "name", "role", "subtree", "expiresAt"], "key");
  const { pool, name = pool, role = "self", expiresAt } = given;
  if (!ROLES.has(role))
    throw new RangeError(`Expected \`role\` to be admin, lead or self, got ${describe(role)}`);
  if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt > Date.now()))
    throw new RangeError(
      `Expected \`expiresAt\` to be in the future, in milliseconds since 1970, got ${describe(expiresAt)}`,
    );
  const subtree = given.subtree ?? (role === "admin" ? "" : pool);
  return {
    pool,
    name: readWord("name", name),
    role,
    subtree,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Parses a stored record; undefined if it is invalid. */
export function recordOf(text: string): KeyRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by key-store.ts
    return typeof record === "object" && record !== null ? (record as KeyRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether a key is valid at a time. */
export function isValid({ revokedAt, expiresAt }: KeyRecord, nowMs: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || nowMs < expiresAt);
}
