// A repository of a few files in a temporary folder, for the checks that the repository makes of itself.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { repositoryAt } from "../../scripts/tidy/files.ts";
import type { Repository } from "../../scripts/tidy/files.ts";
import { temporaryFile } from "../support/temporary-file.ts";

/** Returns a repository that has these files. */
export function repositoryOf(files: Readonly<Record<string, string>>): Repository {
  const root = dirname(temporaryFile("root"));
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return repositoryAt(root);
}
