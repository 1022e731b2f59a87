import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The files of the repository whose path ends so: those that git tracks, and new ones that it does
 * not ignore.
 */
export function filesEndingIn(ending: string): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\n").filter((path) => path.endsWith(ending) && fileExists(path));
}

/** The text of a file, by its path in the repository. */
export function textOf(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8");
}

/** Whether there is a file or folder of that path in the repository. */
export function fileExists(path: string): boolean {
  return existsSync(`${root}/${path}`);
}
