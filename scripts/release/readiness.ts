// What has to be there before a version is published, and only the owner knows. Nothing stands in
// for it: `npm run release:check -- v1.2.3` fails until it is filled in.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files that a release is judged by. */
export interface ReleaseFiles {
  readonly manifest: string;
  readonly changelog: string;
  readonly security: string;
  /** The files in `changes/`, without its README. */
  readonly changes: readonly string[];
}

const ADDRESS = /^(?:git\+)?https:\/\/\S+$/;
/** A line such as "Contact: security@example.org", with an address that can be written to. */
const CONTACT = /^Contact: (?:\S+@\S+\.\S+|https:\/\/\S+)$/m;

/** Returns what is missing for a release of `tag`; empty when it can be published. */
export function missingFor(tag: string, files: ReleaseFiles): string[] {
  const { manifest, changelog, security, changes } = files;
  const found: object = Object(JSON.parse(manifest));
  const address = (name: string, key?: string): boolean => {
    const value: unknown = Reflect.get(found, name);
    const text: unknown =
      typeof value === "object" && value !== null && key ? Reflect.get(value, key) : value;
    return typeof text === "string" && ADDRESS.test(text);
  };
  const version = String(Reflect.get(found, "version"));
  const section = changelog.split("\n").find((line) => line.startsWith(`## ${version}`));
  return [
    !address("repository", "url") &&
      'package.json: "repository" with the https address of the sources',
    !address("homepage") && 'package.json: "homepage" with an https address',
    !address("bugs", "url") && 'package.json: "bugs" with the https address of the issues',
    !CONTACT.test(security) && 'SECURITY.md: a line "Contact: …" with an address or a form',
    tag !== `v${version}` && `the tag v${version} of package.json's version, got ${tag}`,
    !/ — \d{4}-\d{2}-\d{2}$/.test(section ?? "") &&
      `CHANGELOG.md: a section "## ${version} — DATE"`,
    changes.length > 0 &&
      `CHANGELOG.md: what is in changes/ (npm run changelog): ${changes.join(", ")}`,
  ].filter((each) => each !== false);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const missing = missingFor(process.argv[2] ?? "(no tag)", {
    manifest: read("package.json"),
    changelog: read("CHANGELOG.md"),
    security: read("SECURITY.md"),
    changes: readdirSync(join(root, "changes")).filter((name) => name !== "README.md"),
  });
  for (const each of missing) process.stdout.write(`missing: ${each}\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}
