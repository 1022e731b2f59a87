// Words that read as if translated, and the plain ones that replace them (docs/internals/writing.md).
// They are looked for in the docs, and in the comments and texts of the source.

import type { Repository } from "./files.ts";

/** What is refused, and what to write. */
const WORDS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\btold\b(?! apart)/i, "reported, notified, or the subject first"],
  [/\bwho(?:m|se)?ever\b/i, "the caller, the first to …, everyone who …"],
  [/\b(?:some|any|no)body\b/i, "a name: the caller, another process, no one"],
  [/\blets? go of\b/i, "release, remove, disconnect"],
  [/\bthat (?:is|are) none\b/i, "invalid, not a …"],
  [/\bin between of\b/i, "between"],
  [/\bgoes about\b/i, "options of, how it works"],
  [/\bany more\b/i, "any longer, or the sentence without it"],
  [/\bnot to be had\b/i, "not available"],
  [/\bin the line\b/i, "in the queue"],
  [/\bof want of\b|\bfor want of\b/i, "without, because … is missing"],
  [/\bcomes? to some\b/i, "makes a few"],
];
const SOURCE_TEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
/** The page that lists them, pages made from the source, and tables of prices. */
const EXEMPT =
  /^(?:docs\/internals\/writing\.md|docs\/reference\/(?:api\/|routes|cli)|src\/prices\/tables\/)/;

/** Returns the worst words that stand in the docs and in the comments and texts of the source. */
export function checkWords(repository: Repository): string[] {
  const pages = repository.filesEndingIn(".md").map((path) => [path, repository.textOf(path)]);
  const sources = repository
    .filesEndingIn(".ts")
    .filter((path) => path.startsWith("src/"))
    .map((path) => [path, textIn(repository.textOf(path))]);
  return [...pages, ...sources]
    .filter(([path = ""]) => !EXEMPT.test(path))
    .flatMap(([path = "", text = ""]) => problemsIn(path, text));
}

function problemsIn(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    WORDS.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${path}:${index + 1}: "${found}"; write ${instead}`];
    }),
  );
}

/** The comments and texts of a source file, on the lines on which they stand. */
function textIn(source: string): string {
  let text = "";
  let end = 0;
  for (const match of source.matchAll(SOURCE_TEXT)) {
    text += source.slice(end, match.index).replaceAll(/[^\n]/g, " ") + match[0];
    end = match.index + match[0].length;
  }
  return text;
}
