// The files of a repository, as the checks read them: this one, or a fixture of a test.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A folder that git knows, whose files the checks read. */
export interface Repository {
  /** The files whose path ends so: those that git tracks, and new ones that it does not ignore. */
  filesEndingIn(ending: string): string[];
  /** The text of a file, by its path in the repository. */
  textOf(path: string): string;
  /** Whether there is a file or folder of that path in the repository. */
  fileExists(path: string): boolean;
}

/** The repository that this file belongs to. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the repository in a folder. */
export function repositoryAt(root: string): Repository {
  const fileExists = (path: string): boolean => existsSync(`${root}/${path}`);
  let listed: readonly string[] | undefined;
  return {
    filesEndingIn(ending) {
      listed ??= execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
        cwd: root,
        encoding: "utf8",
      })
        .split("\n")
        .filter((path) => path !== "" && fileExists(path));
      return listed.filter((path) => path.endsWith(ending));
    },
    textOf: (path) => readFileSync(`${root}/${path}`, "utf8"),
    fileExists,
  };
}
