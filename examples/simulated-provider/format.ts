import type { Behavior, ReceivedRequest } from "./behavior.ts";
import type { Answer, Ask } from "./work.ts";

/** A piece of a stream. */
export interface StreamEvent {
  readonly text: string;
  /** How many tokens of output it shows, of all choices. */
  readonly tokens: number;
}

/** How requests are read and answers are written: one for each API. */
export interface Format {
  readonly contentType: string;
  ask(request: ReceivedRequest): Ask;
  whole(answer: Answer, behavior: Behavior): object;
  events(answer: Answer, behavior: Behavior, request: ReceivedRequest): readonly StreamEvent[];
  error(status: number, message: string): object;
  /** An error in the middle of a stream. */
  errorEvent(): string;
}

/** A field of what may be an object. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined,
    value,
  );
}

/** A number in a request. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = field(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** A text in a request. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = field(value, ...path);
  return typeof found === "string" ? found : "";
}

/** A list in a request. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Server-sent data. */
export function sse(data: unknown, event?: string): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** Usage as a server that has lost its mind tells it. */
export const MALFORMED = { prompt_tokens: "12", completion_tokens: -3, total_tokens: null };
