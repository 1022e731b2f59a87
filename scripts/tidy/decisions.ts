// Decisions: each has its line in the index, and a number of its own.

import type { Repository } from "./files.ts";

const FOLDER = "docs/decisions";
const INDEX = `${FOLDER}/README.md`;

/** Returns decisions that the index does not list, and numbers that are used twice. */
export function checkDecisions(repository: Repository): string[] {
  if (!repository.fileExists(INDEX)) return [];
  const index = repository.textOf(INDEX);
  const names = repository
    .filesEndingIn(".md")
    .filter((path) => path.startsWith(`${FOLDER}/`) && path !== INDEX)
    .map((path) => path.slice(FOLDER.length + 1));
  const numbers = names.map((name) => name.slice(0, 4));
  return [
    ...names
      .filter((name) => !index.includes(`](${name})`))
      .map((name) => `${INDEX}: does not list ${name}`),
    ...numbers
      .filter((number, position) => numbers.indexOf(number) !== position)
      .map((number) => `${FOLDER}: two decisions have the number ${number}`),
  ];
}
