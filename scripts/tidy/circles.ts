// No circles between files: what imports itself over others cannot be read, tested or loaded alone.
// Imports of types count too: a type that two files need has a file of its own. Those that a
// function makes when it is called do not: they need nothing of the other file before.

import { posix } from "node:path";

import type { Repository } from "./files.ts";

const IMPORT = /^(?:import|export)\s[^;'"]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']/gm;

/** The circles between the files of the source, each with all files that are on it. */
export function checkCircles(repository: Repository): string[] {
  const graph = new Map<string, readonly string[]>();
  for (const path of [...repository.filesEndingIn(".ts"), ...repository.filesEndingIn(".tsx")])
    if (path.startsWith("src/")) graph.set(path, importsOf(path, repository.textOf(path)));
  // A file is on a circle if an import of its own leads back to it.
  const left = new Set(graph.keys());
  const problems: string[] = [];
  for (const path of graph.keys()) {
    if (!left.has(path)) continue;
    const reached = reachedFrom(path, graph);
    if (!reached.has(path)) continue;
    const circle = [...reached].filter((each) => reachedFrom(each, graph).has(path)).toSorted();
    for (const each of circle) left.delete(each);
    problems.push(`${circle.join(", ")}: import each other in a circle`);
  }
  return problems;
}

function reachedFrom(path: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return reached;
}

function importsOf(path: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.join(posix.dirname(path), specifier));
}
