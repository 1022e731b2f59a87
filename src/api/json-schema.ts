// The part of JSON Schema (2020-12, as in OpenAPI 3.1) that the routes use, and its validation.
// Schemas are plain data.

/** A schema. */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** `false`: properties that are not listed are refused. A schema: applies to each of them. */
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: string | number | boolean;
  readonly examples?: readonly unknown[];
  /** A schema by its name: `#/components/schemas/Pool`. */
  readonly $ref?: string;
  readonly anyOf?: readonly JsonSchema[];
}

type JsonType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** Schemas that others reference. */
export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

const REF = "#/components/schemas/";

/** Returns why a value does not match a schema, with its position; undefined if it matches. */
export function misfit(
  value: unknown,
  schema: JsonSchema,
  named: NamedSchemas,
  at = "body",
): string | undefined {
  if (schema.$ref !== undefined) {
    const target = named[schema.$ref.slice(REF.length)];
    return target === undefined
      ? `${at}: no schema ${schema.$ref}`
      : misfit(value, target, named, at);
  }
  if (schema.anyOf !== undefined) {
    const why = schema.anyOf.map((each) => misfit(value, each, named, at));
    return why.includes(undefined) ? undefined : why[0];
  }
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types !== undefined && !types.some((type) => isOfType(value, type)))
    return `Expected ${at} to be ${types.join(" or ")}, got ${typeName(value)}`;
  if (schema.enum !== undefined && !schema.enum.some((each) => each === value))
    return `Expected ${at} to be one of ${schema.enum.map(String).join(", ")}`;
  if (typeof value === "number") return numberMisfit(value, schema, at);
  if (typeof value === "string") return textMisfit(value, schema, at);
  if (Array.isArray(value)) return arrayMisfit(value, schema, named, at);
  if (typeof value === "object" && value !== null) return objectMisfit(value, schema, named, at);
  return undefined;
}

function numberMisfit(value: number, schema: JsonSchema, at: string): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  return value >= minimum && value <= maximum
    ? undefined
    : `Expected ${at} to be from ${minimum} to ${maximum}, got ${value}`;
}

function textMisfit(value: string, schema: JsonSchema, at: string): string | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (value.length < minLength || value.length > maxLength)
    return `Expected ${at} to have ${minLength} to ${maxLength} characters, got ${value.length}`;
  return pattern === undefined || new RegExp(pattern, "u").test(value)
    ? undefined
    : `Expected ${at} to match ${pattern}`;
}

function arrayMisfit(
  value: readonly unknown[],
  { items, maxItems = Infinity }: JsonSchema,
  named: NamedSchemas,
  at: string,
): string | undefined {
  if (value.length > maxItems) return `Expected ${at} to have at most ${maxItems} items`;
  if (items === undefined) return undefined;
  for (const [index, each] of value.entries()) {
    const why = misfit(each, items, named, `${at}[${index}]`);
    if (why !== undefined) return why;
  }
  return undefined;
}

function objectMisfit(
  value: object,
  schema: JsonSchema,
  named: NamedSchemas,
  at: string,
): string | undefined {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  for (const name of required)
    if (!Object.hasOwn(value, name)) return `Expected ${at} to have "${name}"`;
  for (const [name, each] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined && additionalProperties === false)
      return `Expected ${at} to have no "${name}"; known: ${Object.keys(properties).join(", ")}`;
    const wanted =
      known ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
    const why = wanted && misfit(each, wanted, named, `${at}.${name}`);
    if (why !== undefined) return why;
  }
  return undefined;
}

function isOfType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
