// One thing a name: what two files export under the same name, a reader takes for the same.

import type { Repository } from "./files.ts";

const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm;
/** Generated tables are named as their providers are. */
const GENERATED = "src/prices/tables/";

/** Exported names that stand in two files of the source. */
export function checkExportedNames(repository: Repository): string[] {
  const files = new Map<string, Set<string>>();
  for (const path of repository.filesEndingIn(".ts")) {
    if (!path.startsWith("src/") || path.startsWith(GENERATED)) continue;
    for (const [, name = ""] of repository.textOf(path).matchAll(EXPORTED))
      files.set(name, (files.get(name) ?? new Set()).add(path));
  }
  return [...files]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `"${name}" is exported by ${[...paths].join(" and ")}`);
}
