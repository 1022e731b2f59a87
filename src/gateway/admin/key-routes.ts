// Routes of the admin API about keys, and the people and programs that use them.

import { isWithin } from "../../api/access.ts";
import type { Access } from "../../api/access.ts";
import { ApiError } from "../../api/api-error.ts";
import type { JsonSchema } from "../../api/json-schema.ts";
import type { ApiCall, ApiRoute } from "../../api/route.ts";
import { KeyStore } from "../key-store.ts";
import type { KeyRecord, KeyRole } from "../key-record.ts";

const DAY_MS = 86_400_000;
const WORD: JsonSchema = { type: "string", minLength: 1, maxLength: 128 };
const PATH: JsonSchema = { type: "string", minLength: 1, maxLength: 800 };
const TIME: JsonSchema = { type: "integer", description: "Milliseconds since 1970" };
const ROLE: JsonSchema = { type: "string", enum: ["admin", "lead", "self"] };
const ID: JsonSchema = { type: "string", pattern: "^key_[0-9a-f]{16}$" };

const KEY: JsonSchema = {
  type: "object",
  properties: {
    id: ID,
    prefix: { type: "string", description: "Its first letters" },
    pool: PATH,
    name: WORD,
    role: ROLE,
    subtree: { type: "string", maxLength: 800, description: 'What it may see; "" is all' },
    createdAt: TIME,
    createdBy: { type: "string" },
    expiresAt: TIME,
    revokedAt: TIME,
    revokedBy: { type: "string" },
    lastUsedAt: TIME,
  },
  required: ["id", "prefix", "pool", "name", "role", "subtree", "createdAt", "createdBy"],
  additionalProperties: false,
};

interface WantedKey {
  readonly pool: string;
  readonly name?: string;
  readonly role?: KeyRole;
  readonly subtree?: string;
  readonly days?: number;
}

/** Routes about keys. */
export const KEY_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/me",
    summary: "Shows the caller and its rights",
    operation: "whoAmI",
    role: "self",
    answer: {
      type: "object",
      properties: { actor: WORD, role: ROLE, subtree: { type: "string" } },
      required: ["actor", "role", "subtree"],
      additionalProperties: false,
    },
    handle: async ({ access: { actor, role, subtree } }) => ({ actor, role, subtree }),
  },
  {
    method: "GET",
    path: "/keys",
    summary: "Lists keys, the oldest first",
    operation: "listKeys",
    role: "lead",
    answer: {
      type: "object",
      properties: { keys: { type: "array", items: KEY } },
      required: ["keys"],
      additionalProperties: false,
    },
    handle: async ({ store, access }) => ({
      keys: await new KeyStore(store).list(access.subtree),
    }),
  },
  {
    method: "POST",
    path: "/keys",
    summary: "Creates a key, which is shown only once",
    operation: "createKey",
    answersOnce: true,
    role: "lead",
    status: 201,
    body: {
      type: "object",
      properties: {
        pool: PATH,
        name: WORD,
        role: ROLE,
        subtree: { type: "string", maxLength: 800 },
        days: { type: "integer", minimum: 1, maximum: 3650, description: "How long it is valid" },
      },
      required: ["pool"],
      additionalProperties: false,
    },
    answer: {
      type: "object",
      properties: { key: { type: "string", description: "The key itself" }, record: KEY },
      required: ["key", "record"],
      additionalProperties: false,
    },
    handle: createKey,
  },
  {
    method: "DELETE",
    path: "/keys/{id}",
    summary: "Revokes a key; every gateway refuses it within two seconds",
    operation: "revokeKey",
    role: "lead",
    params: { id: ID },
    answer: KEY,
    handle: revokeKey,
  },
  {
    method: "GET",
    path: "/people",
    summary: "Lists who uses keys, by name",
    operation: "listPeople",
    role: "lead",
    answer: {
      type: "object",
      properties: {
        people: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: WORD,
              pools: { type: "array", items: PATH },
              keys: { type: "integer", minimum: 0, description: "Keys that are valid" },
              lastUsedAt: TIME,
            },
            required: ["name", "pools", "keys"],
            additionalProperties: false,
          },
        },
      },
      required: ["people"],
      additionalProperties: false,
    },
    handle: async ({ store, access }) => ({
      people: peopleOf(await new KeyStore(store).list(access.subtree)),
    }),
  },
];

async function createKey({ store, access, body }: ApiCall): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const { days, ...wanted } = body as WantedKey;
  const { pool, role = "self" } = wanted;
  const subtree = wanted.subtree ?? (role === "admin" ? "" : pool);
  // No caller can create a key with more rights than its own.
  if (role === "admin" && access.role !== "admin")
    throw new ApiError(403, "NOT_ALLOWED", "Only an admin can create the key of an admin");
  if (!isWithin(pool, access.subtree) || !isWithin(subtree, access.subtree))
    throw new ApiError(
      403,
      "NOT_ALLOWED",
      "You cannot create a key for a pool that you may not change",
    );
  const expiresAt = days === undefined ? undefined : Date.now() + days * DAY_MS;
  return await new KeyStore(store).create({ ...wanted, subtree, expiresAt }, access.actor);
}

async function revokeKey({ store, access, params }: ApiCall): Promise<unknown> {
  const keys = new KeyStore(store);
  const id = params["id"] ?? "";
  const found = await keys.find(id);
  if (found === undefined || !mayRevoke(found, access))
    throw new ApiError(404, "NOT_FOUND", `There is no key ${id} that you may revoke`);
  return await keys.revoke(id, access.actor);
}

function mayRevoke({ pool, role, subtree }: KeyRecord, access: Access): boolean {
  if (access.role === "admin") return true;
  return role !== "admin" && isWithin(pool, access.subtree) && isWithin(subtree, access.subtree);
}

function peopleOf(keys: readonly KeyRecord[]): readonly object[] {
  const people = new Map<string, KeyRecord[]>();
  for (const key of keys) people.set(key.name, [...(people.get(key.name) ?? []), key]);
  return Array.from(people, ([name, own]) => {
    const uses = own.flatMap(({ lastUsedAt }) => (lastUsedAt === undefined ? [] : [lastUsedAt]));
    return {
      name,
      pools: [...new Set(own.map(({ pool }) => pool))],
      keys: own.filter(
        ({ revokedAt, expiresAt = Infinity }) => revokedAt === undefined && expiresAt > Date.now(),
      ).length,
      ...(uses.length > 0 && { lastUsedAt: Math.max(...uses) }),
    };
  });
}
