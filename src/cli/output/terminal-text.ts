// Escapes all output. Names of models, pools and files come from outside: an escape sequence in one
// could clear the screen, change the title of a window, or forge output.

import { styleText } from "node:util";

import type { Painted } from "../command-line.ts";

/** Controls (C0, DEL, C1), line separators, and characters that change the direction of a text. */
const CONTROLS = /(?!\t)[\p{Control}\p{Bidi_Control}\u2028\u2029\uFEFF]/gu;

/**
 * Returns a text with its control characters escaped, such as `\\u001b`. In JSON, where such
 * characters only occur in strings, the meaning does not change.
 */
export function visible(text: string): string {
  return text.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Returns one line for a stream: in color on a terminal, unless NO_COLOR is set. */
export function lineFor(stream: NodeJS.WriteStream, parts: readonly (string | Painted)[]): string {
  const shown = parts.map((part) =>
    typeof part === "string"
      ? visible(part)
      : styleText(part.style, visible(part.text), { stream }),
  );
  return `${shown.join("")}\n`;
}
