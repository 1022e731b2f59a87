// Numbers that test titles and comments refer to: rules (R, M), failures (F) and invariants (I). Each
// that is used is defined, and each failure and invariant that is defined has a test.

import type { Repository } from "./files.ts";

const RULES = "docs/internals/state-machine.md";
const FAILURES = "docs/internals/failures.md";
const DEFINED = /^(?:\*\*|\| )([RMFI]\d+)\b/gm;
/** A title that begins with numbers, such as "R10 F23 …" or "F22 I1–I5 …". */
const TITLE =
  /(?:\b(?:it|test|describe)(?:\.\w+)*(?:\((?:[^()]|\([^()]*\))*\))?\(|\btitle:)\s*["'`]((?:[RMFI]\d+(?:–[RMFI]\d+)?(?:,| and|:)? )+)/g;
const NUMBER = /([RMFI])(\d+)(?:–\1(\d+))?/g;

/** Returns numbers that are not defined, and failures and invariants that no test is about. */
export function checkNumbers(repository: Repository): string[] {
  const defined = new Set(
    [RULES, FAILURES]
      .filter((path) => repository.fileExists(path))
      .flatMap((path) =>
        [...repository.textOf(path).matchAll(DEFINED)].map(([, name = ""]) => name),
      ),
  );
  const tested = new Set<string>();
  const problems: string[] = [];
  for (const path of repository.filesEndingIn(".ts").filter(hasTests)) {
    for (const [, numbers = ""] of repository.textOf(path).matchAll(TITLE)) {
      for (const number of numbersIn(numbers)) {
        tested.add(number);
        if (!defined.has(number)) problems.push(`${path}: ${number} is defined nowhere`);
      }
    }
  }
  for (const number of defined)
    if (/^[FI]/.test(number) && !tested.has(number))
      problems.push(`${FAILURES}: no test is about ${number}`);
  return problems;
}

function hasTests(path: string): boolean {
  return (
    (path.startsWith("test/") && !path.startsWith("test/tidy/")) ||
    path.startsWith("src/testing/conformance/")
  );
}

/** The numbers in a text, those of a range one by one. */
function numbersIn(text: string): string[] {
  return [...text.matchAll(NUMBER)].flatMap(([, kind = "", first = "", last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => {
      const number = String(Number(first) + index);
      return kind + number.padStart(first.length, "0");
    }),
  );
}
