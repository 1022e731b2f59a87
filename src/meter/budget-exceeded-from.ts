import { AXES } from "../core/axis.ts";
import { BudgetExceeded } from "../core/errors.ts";
import type { Refusal } from "../core/refusal.ts";
import { withoutFigures } from "./hidden-refusal.ts";

/** Where clients keep the server's answer, or the error they caught. */
const PLACES: readonly string[] = [
  "budget",
  "error",
  "cause",
  "lastError",
  "errors",
  "details",
  "data",
  "responseBody",
  "body",
  "message",
];
const DEPTH_MAX = 16;

/**
 * Returns the refusal of a metered call, in whatever a client made of it: an error of the OpenAI,
 * Anthropic, Google, AI SDK or LangChain packages, one that wraps it, or the `BudgetExceeded`
 * itself. Undefined when the error is about something else. Figures are `NaN` where a gateway hides
 * those of the pool that refused.
 *
 * @example
 * const pool = new BudgetPool({ caps: { usd: 0.000001 } });
 * const client = new OpenAI({ fetch: meteredFetch(pool) });
 * const error = await client.embeddings
 *   .create({ model: "text-embedding-3-small", input: "a text of some length ".repeat(100) })
 *   .catch((thrown: unknown) => thrown);
 * budgetExceededFrom(error)?.reason; // => "never"
 */
export function budgetExceededFrom(error: unknown): BudgetExceeded | undefined {
  return found(error, DEPTH_MAX, new Set());
}

function found(value: unknown, depth: number, seen: Set<unknown>): BudgetExceeded | undefined {
  if (BudgetExceeded.is(value)) return value;
  if (typeof value === "string") {
    const parsed = value.includes("budget_exceeded") ? jsonIn(value) : undefined;
    return parsed === undefined ? undefined : found(parsed, depth - 1, seen);
  }
  if (typeof value !== "object" || value === null || depth === 0 || seen.has(value))
    return undefined;
  seen.add(value);
  const refusal = refusalIn(value);
  if (refusal !== undefined) return refusal;
  const inner = Array.isArray(value)
    ? value
    : PLACES.map((name): unknown => Reflect.get(value, name));
  for (const each of inner) {
    const it = found(each, depth - 1, seen);
    if (it !== undefined) return it;
  }
  return undefined;
}

/** The JSON in a text such as `402 {"error":…}`. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}

const NUMBERS = ["attempted", "cap", "used", "reserved", "remaining"] as const;
const REASONS: ReadonlySet<unknown> = new Set(["never", "spent", "busy", "frozen"]);

/** A refusal, when that is what an object is. */
function refusalIn(value: object): BudgetExceeded | undefined {
  const field = (name: string): unknown => Reflect.get(value, name);
  const isRefusal =
    typeof field("pool") === "string" &&
    AXES.some((axis) => axis === field("axis")) &&
    REASONS.has(field("reason"));
  if (!isRefusal) return undefined;
  const given = field("waitedMs");
  const waitedMs = typeof given === "number" ? given : undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field is looked at
  const refusal = value as Refusal;
  if (NUMBERS.every((name) => typeof field(name) === "number"))
    return new BudgetExceeded(refusal, waitedMs === undefined ? {} : { waitedMs });
  // A gateway leaves out the figures of a pool that its caller may not see.
  const isHidden = NUMBERS.every((name) => field(name) === undefined);
  return isHidden ? withoutFigures({ ...refusal, waitedMs }) : undefined;
}
