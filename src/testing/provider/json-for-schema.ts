// JSON that fits a schema, for structured answers and for the arguments of tools.

/**
 * Returns the least JSON that fits a JSON schema of an object; undefined when there is no schema.
 */
export function jsonForSchema(schema: unknown): string | undefined {
  return isRecord(schema) ? JSON.stringify(objectFor(schema["properties"])) : undefined;
}

function valueFor(schema: unknown): unknown {
  if (!isRecord(schema)) return "some text";
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  const choices = [schema["anyOf"], schema["oneOf"]].find((each) => Array.isArray(each));
  if (choices !== undefined) return valueFor(choices[0]);
  // Google writes types in capitals, and several types come as a list.
  const [type] = [schema["type"]].flat();
  switch (String(type).toLowerCase()) {
    case "number":
    case "integer":
      return 7;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return [];
    case "object":
      return objectFor(schema["properties"]);
    default:
      return "some text";
  }
}

function objectFor(properties: unknown): object {
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueFor(property)]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
