// The callers of the admin API, and the pools that they may see and change.

import { isBelow } from "../stores/contract/path.ts";
import { ApiError } from "./api-error.ts";

/** The roles, each with all rights of the one before it. */
const ROLES = ["self", "lead", "admin"] as const;

/** The role of a caller: it may see its own pools, change a subtree of pools, or everything. */
export type Role = (typeof ROLES)[number];

/** The caller, and the pools that it may see or change. */
export interface Access {
  /** The name of the caller: 1 to 128 characters. The ledger records its changes under it. */
  readonly actor: string;
  /**
   * `"admin"` may do everything, `"lead"` may change the pools of its subtree, `"self"` may only
   * see them.
   */
  readonly role: Role;
  /** The pools that may be seen and changed: a path, or `""` for all. */
  readonly subtree: string;
}

/** Identifies the sender of a request; undefined refuses the request. */
export type AccessOf = (request: Request) => Promise<Access | undefined>;

/** Returns whether a role includes another one. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Returns whether a pool is within a subtree. */
export function isWithin(path: string, subtree: string): boolean {
  return subtree === "" || isBelow(path, subtree);
}

/**
 * Returns the requested pool, or the whole subtree if none is named.
 *
 * @throws {ApiError} 404 for a pool outside the subtree: whether it exists is not revealed.
 */
export function withinAccess(access: Access, path: string | undefined): string | undefined {
  if (path === undefined || path === "") return access.subtree === "" ? undefined : access.subtree;
  if (isWithin(path, access.subtree)) return path;
  throw poolNotFound(path);
}

/** Returns the error for a pool that does not exist, or may not be seen. */
export function poolNotFound(path: string): ApiError {
  return new ApiError(404, "NOT_FOUND", `There is no pool "${path}" that you may see`);
}
