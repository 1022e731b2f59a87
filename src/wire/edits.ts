import { withMember } from "./edit-json.ts";

/** A member to be set, by its path. */
export type Edit = readonly [path: readonly [string, ...string[]], value: number | boolean];

/** A JSON text with some members set. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((changed, [path, value]) => withMember(changed, path, value), text);
}
