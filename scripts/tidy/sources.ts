// How source files look where the linter has no rule for it.

import type { Repository } from "./files.ts";

/** Words that the vocabulary of docs/reference/glossary.md has another word for. */
const SYNONYMS: Readonly<Record<string, string>> = {
  quota: "cap",
  rollback: "release",
  utils: "a name of what it does",
};

/** Words of SQL are not ours to choose. */
const IN_CAPITALS = /\b[A-Z]{2,}\b/g;
const COMMENT = /^\s*(?:\/\/|\/?\*)/;

/** Core files without a header, comments over 100 columns, and words that are not ours. */
export function checkSources(repository: Repository): string[] {
  return repository
    .filesEndingIn(".ts")
    .filter((path) => path.startsWith("src/"))
    .flatMap((path) => {
      const text = repository.textOf(path);
      const problems: string[] = [];
      if (path.startsWith("src/core/") && !text.startsWith("// ")) {
        problems.push(`${path}: begins without a comment that says what it is responsible for`);
      }
      for (const [index, line] of text.split("\n").entries()) {
        if (line.length > 100 && COMMENT.test(line)) {
          problems.push(`${path}:${index + 1}: a comment of more than 100 columns`);
        }
        for (const [word, ours] of Object.entries(SYNONYMS)) {
          if (new RegExp(`\\b${word}\\b`, "i").test(line.replaceAll(IN_CAPITALS, ""))) {
            problems.push(`${path}:${index + 1}: "${word}"; our word is ${ours}`);
          }
        }
      }
      return problems;
    });
}
