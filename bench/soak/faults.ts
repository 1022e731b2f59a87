// The calls of a soak: most go well, the others fail in a way of their own.

/** How a call goes. */
export type Course =
  | "whole"
  | "stream"
  | "gzip"
  /** Answered, and the connection is closed when it is used again. */
  | "closing"
  | "error"
  | "rate limit"
  | "no answer"
  | "cut"
  | "garbage"
  | "another protocol"
  | "no status"
  | "caller leaves"
  | "caller leaves early"
  | "half a request"
  | "refused";

/** Twenty calls, of which nine go well. */
const COURSES: readonly Course[] = [
  "whole",
  "stream",
  "error",
  "gzip",
  "closing",
  "rate limit",
  "whole",
  "no answer",
  "stream",
  "cut",
  "whole",
  "garbage",
  "another protocol",
  "stream",
  "no status",
  "whole",
  "caller leaves",
  "caller leaves early",
  "half a request",
  "refused",
];

/** How a call goes, by its number. */
export function courseOf(call: number): Course {
  return COURSES[call % COURSES.length] ?? "whole";
}

/** Whether its bill is known to both sides. */
export function goesWell(course: Course): boolean {
  return ["whole", "stream", "gzip", "closing"].includes(course);
}

/** Calls that go well ask for one model, the others for another: their books are told apart. */
export const WELL = "gpt-4o-mini";
export const ILL = "gpt-4o";
/** Nano-dollars for a token of the first. https://openai.com/api/pricing */
const INPUT_NANO_USD = 150;
const OUTPUT_NANO_USD = 600;

/** What a call uses. */
export function usageOf(call: number): { readonly input: number; readonly output: number } {
  return { input: 5 + (call % 37), output: 1 + (call % 53) };
}

/** What a call of the first model costs, in nano-dollars. */
export function costOf(call: number): number {
  const { input, output } = usageOf(call);
  return input * INPUT_NANO_USD + output * OUTPUT_NANO_USD;
}
