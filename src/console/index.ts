/**
 * A console in the browser over any store: live pools, spend, refusals, and actions that help. It
 * is a handler of web requests, so it mounts in Hono, Next.js or Express.
 *
 * @module
 */

export { adminApi } from "../api/admin-api.ts";
export type { AdminApiOptions, RequestHandler } from "../api/admin-api.ts";
export type { Access, AccessOf, Role } from "../api/access.ts";
export type { ApiCall, ApiRoute } from "../api/route.ts";
export type { JsonSchema } from "../api/json-schema.ts";
export { budgetConsole } from "./budget-console.ts";
export type { ConsoleOptions } from "./budget-console.ts";
export type { SignedIn, SignIn } from "./sessions.ts";
