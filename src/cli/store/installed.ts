// Packages that may be installed next to token-budget: drivers and clients. They are resolved from
// where token-budget is installed, and never from the working folder, whose code the user did not
// ask to run.

import { createRequire } from "node:module";

/** Returns the path of a package that is installed beside token-budget; undefined without one. */
export function installedPath(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * Returns the version of a package that is installed beside token-budget; undefined without one.
 */
export function installedVersion(name: string): string | undefined {
  if (installedPath(name) === undefined) return undefined;
  const { version }: { version?: unknown } = Object(loadInstalled(`${name}/package.json`));
  return typeof version === "string" ? version : "0";
}

/** Loads a CommonJS package that is installed beside token-budget; undefined without one. */
export function loadInstalled(name: string): unknown {
  const path = installedPath(name);
  return path === undefined ? undefined : createRequire(import.meta.url)(path);
}
