// How an invalid value is shown in an error message: short, on one line, with its type visible.

const TEXT_LENGTH_MAX = 60;

/**
 * Returns a value as text for an error message: strings quoted and shortened, objects by their
 * kind, never by their content.
 */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    const shown = value.length > TEXT_LENGTH_MAX ? `${value.slice(0, TEXT_LENGTH_MAX)}…` : value;
    return JSON.stringify(shown);
  }
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}
