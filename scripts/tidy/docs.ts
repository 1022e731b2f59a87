// Documentation that points at what exists: links, paths in the ten-second table, one title a page.

import { posix } from "node:path";

import type { Repository } from "./files.ts";

const LINK = /\]\(([^)\s]+)\)/g;
const CODE_BLOCK = /^```[\s\S]*?^```/gm;
const TABLE_PATH = /`((?:src|test|docs|scripts|bench|examples)\/[^`]*)`/g;

const TESTING = "docs/internals/testing.md";

/** Links that lead nowhere, paths that do not exist, pages without exactly one title, and folders of tests without a row. */
export function checkDocs(repository: Repository): string[] {
  const problems = repository.filesEndingIn(".md").flatMap((path) => {
    const text = repository.textOf(path).replaceAll(CODE_BLOCK, "");
    return checkTitle(path, text).concat(
      checkLinks(repository, path, text),
      checkPaths(repository, path, text),
    );
  });
  return problems.concat(checkTestFolders(repository));
}

/** Each folder of tests is described on the page about testing. */
function checkTestFolders(repository: Repository): string[] {
  if (!repository.fileExists(TESTING)) return [];
  const page = repository.textOf(TESTING);
  const folders = repository
    .filesEndingIn(".ts")
    .map((path) => /^test\/[^/]+(?=\/)/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)]
    .filter((folder) => !page.includes(folder))
    .map((folder) => `${TESTING}: says nothing of ${folder}`);
}

function checkTitle(path: string, text: string): string[] {
  const titles = text.split("\n").filter((line) => line.startsWith("# ")).length;
  return titles === 1 ? [] : [`${path}: has ${titles} titles, needs one`];
}

function checkLinks(repository: Repository, path: string, text: string): string[] {
  const problems: string[] = [];
  for (const [, link = ""] of text.matchAll(LINK)) {
    if (/^[a-z]+:/.test(link)) continue;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (!repository.fileExists(target)) problems.push(`${path}: the link ${link} leads nowhere`);
    else if (anchor !== undefined && !anchorsOf(repository.textOf(target)).includes(anchor)) {
      problems.push(`${path}: ${target} has no heading #${anchor}`);
    }
  }
  return problems;
}

function checkPaths(repository: Repository, path: string, text: string): string[] {
  if (path === "CHANGELOG.md") return [];
  return [...text.matchAll(TABLE_PATH)]
    .map(([, named = ""]) => named)
    .filter((named) => !/[*<>{}…]/.test(named) && !repository.fileExists(named))
    .map((named) => `${path}: ${named} does not exist`);
}

function anchorsOf(text: string): string[] {
  return text
    .replaceAll(CODE_BLOCK, "")
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    )
    .map((anchor, index, all) => {
      const before = all.slice(0, index).filter((each) => each === anchor).length;
      return before === 0 ? anchor : `${anchor}-${before}`;
    });
}
