// Writes the pages of the reference that the code knows best: `npm run reference`, after a build.
// With `--check` it writes nothing, and fails when a page is not what the code says.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { apiPages } from "./api.ts";
import { cliPage } from "./cli.ts";
import { configPage } from "./config.ts";
import { llmsPage } from "./llms.ts";
import { missingDocs } from "./missing.ts";
import { openApiPage } from "./openapi.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const API = "docs/reference/api";

/** The names of the doors after the slash; "" is the main one. */
function doorsOfPackage(): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return Object.keys(Object(Reflect.get(Object(manifest), "exports")))
    .filter((door) => door !== "./package.json")
    .map((door) => door.replace(/^\.\/?/, ""));
}

/** The pages as they are to be, by path, formatted as the repository formats them. */
async function pagesOf(): Promise<Map<string, string>> {
  const pages = [...apiPages(doorsOfPackage()), await cliPage(), await configPage()];
  const all = [...pages, llmsPage(pages), openApiPage()];
  return formatted(new Map(all.map(({ path, text }) => [path, text])));
}

function formatted(pages: ReadonlyMap<string, string>): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-reference-"));
  try {
    for (const [path, text] of pages) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const oxfmt = join(ROOT, "node_modules/.bin/oxfmt");
    const config = join(ROOT, ".oxfmtrc.json");
    execFileSync(oxfmt, ["-c", config, "docs"], { cwd: folder, stdio: "pipe" });
    return new Map(
      [...pages.keys()].map((path) => [path, readFileSync(join(folder, path), "utf8")]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pages of doors that are no longer there. */
function staleIn(pages: ReadonlyMap<string, string>): string[] {
  if (!existsSync(join(ROOT, API))) return [];
  return readdirSync(join(ROOT, API))
    .map((file) => `${API}/${file}`)
    .filter((path) => !pages.has(path));
}

const pages = await pagesOf();
const stale = staleIn(pages);
if (process.argv.includes("--check")) {
  const differing = [...pages].filter(([path, text]) => {
    const file = join(ROOT, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  const missing = missingDocs(doorsOfPackage());
  for (const each of missing) process.stdout.write(`${each}\n`);
  const paths = [...differing.map(([path]) => path), ...stale];
  for (const path of paths) process.stdout.write(`${path} is not what the code says\n`);
  if (paths.length > 0) process.stdout.write("Run: npm run build && npm run reference\n");
  process.exitCode = paths.length + missing.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  for (const path of stale) rmSync(join(ROOT, path));
}
