// The schemas that several routes reference.

import type { JsonSchema, NamedSchemas } from "./json-schema.ts";

const NUMBER: JsonSchema = { type: "number" };
const COUNT: JsonSchema = { type: "integer", minimum: 0 };
const TIME: JsonSchema = { type: "integer", description: "Milliseconds since 1970" };
const WORD: JsonSchema = { type: "string", minLength: 1, maxLength: 128 };
export const POOL_PATH: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 1024,
  description: "The path of a pool, such as acme/search",
  examples: ["acme/search"],
};

const AMOUNT: JsonSchema = {
  type: "object",
  description: "An amount on each axis; usd is dollars",
  properties: {
    tokens: NUMBER,
    inputTokens: NUMBER,
    outputTokens: NUMBER,
    usd: NUMBER,
    calls: NUMBER,
  },
  additionalProperties: false,
};
const EVERY_AXIS = ["tokens", "inputTokens", "outputTokens", "usd", "calls"];
const WHOLE_AMOUNT: JsonSchema = { ...AMOUNT, required: EVERY_AXIS };
const CHANGE_OF_CAPS: JsonSchema = {
  type: "object",
  description: "Caps by axis; null takes a cap away",
  properties: Object.fromEntries(
    EVERY_AXIS.map((axis) => [axis, { type: ["number", "null"], minimum: 0 } as const]),
  ),
  additionalProperties: false,
};

/** What happens to a commit above its reservation. */
export const OVERAGE: JsonSchema = { type: "string", enum: ["throw", "allow", "reject"] };
export const TIME_ZONE: JsonSchema = {
  type: "string",
  maxLength: 64,
  description: "Of a calendar window, such as Europe/Berlin. Default: UTC",
};
const WINDOW: JsonSchema = {
  description: "The period after which used starts at zero, or for which it counts",
  anyOf: [
    { type: "string", enum: ["minute", "hour", "day", "week", "month"] },
    {
      type: "object",
      properties: {
        every: { type: "string", enum: ["day", "week", "month"] },
        on: { type: "integer", minimum: 1, maximum: 31 },
        at: { type: "string", maxLength: 5 },
        everyMs: { type: "integer", minimum: 1 },
        anchor: TIME,
        sliding: { type: ["string", "integer"] },
      },
      additionalProperties: false,
    },
  ],
};

const POOL: JsonSchema = {
  type: "object",
  properties: {
    path: POOL_PATH,
    caps: { $ref: "#/components/schemas/Amount" },
    used: { $ref: "#/components/schemas/WholeAmount" },
    reserved: { $ref: "#/components/schemas/WholeAmount" },
    unknown: { $ref: "#/components/schemas/WholeAmount" },
    remaining: { $ref: "#/components/schemas/Amount" },
    inSlices: { $ref: "#/components/schemas/WholeAmount" },
    openReservations: COUNT,
    generation: COUNT,
    frozen: { type: "boolean" },
    window: { type: "object" },
    carried: { $ref: "#/components/schemas/WholeAmount" },
    timeZone: { type: "string" },
    carryOver: {
      description:
        "What a period adds to the caps of the next one: all that it leaves, or up to caps",
      anyOf: [
        { type: "boolean" },
        { type: "object", properties: { upTo: AMOUNT }, required: ["upTo"] },
      ],
    },
    raises: {
      type: "array",
      items: {
        type: "object",
        properties: { until: TIME, by: { $ref: "#/components/schemas/Amount" } },
        required: ["until", "by"],
      },
    },
    binding: { $ref: "#/components/schemas/Binding" },
  },
  required: ["path", "caps", "used", "reserved", "remaining", "openReservations", "generation"],
};

const BINDING: JsonSchema = {
  type: "object",
  description: "The level that is the first to refuse: this pool, or one above it",
  properties: {
    path: {
      type: "string",
      description: "The pool, which may be above those that you may see",
    },
    axis: { type: "string", enum: EVERY_AXIS },
    remaining: { type: "number", description: "Omitted if you may not see it" },
    frozen: { type: "boolean" },
  },
  required: ["path", "axis", "frozen"],
};

const ENTRY: JsonSchema = {
  type: "object",
  properties: {
    seq: COUNT,
    id: { type: "string" },
    kind: {
      type: "string",
      enum: ["record", "commit", "release", "amend", "reset", "configure", "delete"],
    },
    pool: POOL_PATH,
    at: TIME,
    amount: { $ref: "#/components/schemas/WholeAmount" },
    unknown: { type: "boolean" },
    of: { type: "string" },
    bookedAt: TIME,
    model: WORD,
    label: WORD,
    provider: WORD,
    usage: { type: "object", additionalProperties: COUNT },
    held: { $ref: "#/components/schemas/WholeAmount" },
    durationMs: COUNT,
    actor: WORD,
    reason: WORD,
    change: { type: "object" },
  },
  required: ["seq", "id", "kind", "pool", "at", "amount", "unknown"],
};

const HOLD: JsonSchema = {
  type: "object",
  properties: {
    id: { type: "string" },
    pool: POOL_PATH,
    amount: { $ref: "#/components/schemas/WholeAmount" },
    expiresAt: { ...TIME, description: "When its lease ends, unless it is renewed" },
    isSlice: { type: "boolean", description: "Whether it is the slice of a process" },
  },
  required: ["id", "pool", "amount", "expiresAt", "isSlice"],
};

const SUM: JsonSchema = {
  type: "object",
  properties: {
    name: { type: ["string", "null"], description: "The model, label, pool or day" },
    amount: { $ref: "#/components/schemas/WholeAmount" },
    entries: COUNT,
  },
  required: ["name", "amount", "entries"],
};

const PROBLEM: JsonSchema = {
  type: "object",
  description: "Problem details (RFC 9457)",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "Stays the same in later versions" },
    detail: { type: "string" },
  },
  required: ["type", "title", "status", "code", "detail"],
};

const ACCESS: JsonSchema = {
  type: "object",
  properties: {
    actor: { type: "string" },
    role: { type: "string", enum: ["self", "lead", "admin"] },
    subtree: { type: "string" },
    features: {
      type: "array",
      description: "The additional groups of routes of this server, such as keys",
      items: { type: "string" },
    },
  },
  required: ["actor", "role", "subtree", "features"],
};

/** Schemas by name. */
export const SCHEMAS: NamedSchemas = {
  Amount: AMOUNT,
  WholeAmount: WHOLE_AMOUNT,
  ChangeOfCaps: CHANGE_OF_CAPS,
  Window: WINDOW,
  Pool: POOL,
  Binding: BINDING,
  Entry: ENTRY,
  Hold: HOLD,
  Sum: SUM,
  Problem: PROBLEM,
  Access: ACCESS,
};

/** Returns a reference to a schema above. */
export function schemaNamed(name: keyof typeof SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Returns the schema of a page: items, and where the next page begins. */
export function pageOf(name: string, items: JsonSchema): JsonSchema {
  return {
    type: "object",
    properties: {
      [name]: { type: "array", items },
      next: { type: ["string", "null"], description: "`after` of the next page; null at the end" },
    },
    required: [name, "next"],
    additionalProperties: false,
  };
}

/** Returns a text in a query; undefined if it is missing. */
export function queryText(
  query: Readonly<Record<string, string | number | boolean | undefined>>,
  name: string,
): string | undefined {
  const value = query[name];
  return value === undefined ? undefined : String(value);
}
