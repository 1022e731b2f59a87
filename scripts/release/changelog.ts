// Moves the files of `changes/` into the section of the changelog that is not released yet:
// `npm run changelog`, and with a date, `npm run changelog -- 2026-12-01`, dates that section too.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The headings of a section, in their order. */
const HEADINGS = ["Correctness", "Features", "Breaking", "Internals"] as const;
const SECTION = /^## [^\n]* — unreleased\n[\s\S]*?(?=^## |(?![\s\S]))/m;

/** A file of `changes/`. */
export interface Change {
  readonly path: string;
  readonly text: string;
}

/**
 * Returns the changelog with these changes in the section that is not released yet.
 *
 * @throws {Error} if there is no such section, or a change has another heading.
 */
export function withChanges(changelog: string, changes: readonly Change[], date?: string): string {
  const [section] = SECTION.exec(changelog) ?? [];
  if (section === undefined) throw new Error("CHANGELOG.md has no section that is unreleased");
  let filled = section;
  for (const { path, text } of changes) {
    const [, heading = "", entries = ""] = /^# (\w+)\n+([\s\S]*)$/.exec(text) ?? [];
    if (!HEADINGS.some((each) => each === heading) || !entries.startsWith("- "))
      throw new Error(`Expected ${path} to be "# ${HEADINGS.join("|")}", and a list below it`);
    filled = withEntries(filled, heading, entries.trimEnd());
  }
  if (date !== undefined) filled = filled.replace("unreleased", date);
  return changelog.replace(section, () => filled);
}

function withEntries(section: string, heading: string, entries: string): string {
  const title = `### ${heading}\n`;
  if (section.includes(title))
    return section
      .replace(title, () => `${title}\n${entries}`)
      .replace(`${entries}\n\n- `, () => `${entries}\n- `);
  const later = HEADINGS.slice(HEADINGS.findIndex((each) => each === heading) + 1);
  const next = later.map((each) => section.indexOf(`### ${each}\n`)).find((at) => at !== -1);
  const at = next ?? section.length;
  return `${section.slice(0, at).trimEnd()}\n\n${title}\n${entries}\n\n${section.slice(at)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const [date] = process.argv.slice(2);
  if (date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new Error(`Expected a date such as 2026-12-01, got ${date}`);
  const changes = readdirSync(join(root, "changes"))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => join(root, "changes", name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
  const file = join(root, "CHANGELOG.md");
  writeFileSync(file, withChanges(readFileSync(file, "utf8"), changes, date));
  for (const { path } of changes) rmSync(path);
}
