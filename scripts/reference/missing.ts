// What the docstrings of the public interface lack: a `@default` on each option that can be left
// out, and an `@example` on each function, or a `@see` where one would be a program.

import { doorOf } from "./declarations.ts";
import type { Declaration } from "./declarations.ts";

/** An optional member of an interface, with the docstring before it. */
const OPTIONAL = /(\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?^ {2}(?:readonly )?(\w+)\?:/gm;

/** Interfaces whose optional members can be left out by a caller. */
const OPTIONS = /Options$|Change$|^Behavior$/;
/** Options of other libraries, as far as they are used. */
const NOT_OURS: ReadonlySet<string> = new Set(["CallOptions"]);

/** Lists what is missing, by the names of the doors. */
export function missingDocs(doors: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const door of doors) {
    const path = door === "" ? "dist/index.d.ts" : `dist/${door}/index.d.ts`;
    for (const declaration of doorOf(path).declarations)
      for (const missing of missingIn(declaration)) found.add(missing);
  }
  return [...found].toSorted();
}

function missingIn({ name, kind, docs, code }: Declaration): readonly string[] {
  if (kind === "function") return /@example|@see/.test(docs) ? [] : [`${name}: no @example`];
  if (kind !== "interface" || NOT_OURS.has(name) || !OPTIONS.test(name)) return [];
  return [...code.matchAll(OPTIONAL)]
    .filter(([, before = ""]) => !/@default|@internal/.test(before))
    .map(([, , member = ""]) => `${name}.${member}: no @default`);
}
