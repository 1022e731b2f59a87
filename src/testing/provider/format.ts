// What every format of an API does, and how their requests are read field by field.

import type { Behavior, ReceivedRequest } from "./behavior.ts";
import type { Ask, CallableTool, ModelAnswer } from "./work.ts";

/** A piece of a stream. */
export interface StreamEvent {
  readonly text: string;
  /** How many tokens of output it shows, of all choices. */
  readonly tokens: number;
  /** Whether it reports the usage of the whole answer, as it is. */
  readonly reports?: boolean;
}

/** How requests are read and answers are written: one for each API. */
export interface Format {
  readonly contentType: string;
  ask(request: ReceivedRequest): Ask;
  whole(answer: ModelAnswer, behavior: Behavior, request: ReceivedRequest): object;
  events(answer: ModelAnswer, behavior: Behavior, request: ReceivedRequest): readonly StreamEvent[];
  error(status: number, message: string): object;
  /** An error in the middle of a stream, after so many events. */
  errorEvent(request: ReceivedRequest, events: number): string;
}

/** Returns a field of what may be an object. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined,
    value,
  );
}

/** Returns a number in a request. */
export function numberIn(value: unknown, ...path: readonly string[]): number | undefined {
  const found = field(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** Returns a text in a request. */
export function stringIn(value: unknown, ...path: readonly string[]): string {
  const found = field(value, ...path);
  return typeof found === "string" ? found : "";
}

/** Returns a list in a request. */
export function listIn(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Returns server-sent data. */
export function sse(data: unknown, event?: string): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** Returns whether the caller is reported usage that is right. */
export function reportsUsage({ withoutUsage, malformedUsage }: Behavior): boolean {
  return withoutUsage !== true && malformedUsage !== true;
}

/**
 * Returns the member of an answer that reports usage: what was used, something malformed, or none.
 */
export function usageMember(
  { withoutUsage, malformedUsage }: Behavior,
  usage: object,
  malformed: object,
): { usage?: object } {
  if (withoutUsage === true) return {};
  return { usage: malformedUsage === true ? malformed : usage };
}

/** Where a tool has its name and the schema of its input. */
export interface ToolPaths {
  readonly name: readonly string[];
  readonly schema: readonly (readonly string[])[];
}

/** Returns the tools that may be called, the one that is named first. */
export function toolsAt(
  tools: readonly unknown[],
  paths: ToolPaths,
  named: string,
): readonly CallableTool[] {
  const callable = tools.map((tool) => ({
    name: stringIn(tool, ...paths.name),
    schema: paths.schema.map((path) => field(tool, ...path)).find((schema) => schema !== undefined),
  }));
  return callable
    .filter(({ name }) => name !== "")
    .toSorted((one, other) => Number(other.name === named) - Number(one.name === named));
}
