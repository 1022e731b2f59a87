// Builds the page of the console: scripts and styles in one file each, named after their content,
// as text in dist/console/page-files.js. Nothing of it is a dependency at run time.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import type { PageFile } from "../src/console/page-files.ts";

const SOURCE = fileURLToPath(new URL("../src/console/page/", import.meta.url));
const MADE = fileURLToPath(new URL("../dist/console/page-files.js", import.meta.url));
const HASH_LENGTH = 10;
const MODULE = "text/javascript; charset=utf-8";

const { outputFiles } = await build({
  entryPoints: { page: `${SOURCE}main.tsx`, style: `${SOURCE}style.css` },
  outdir: "page",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  write: false,
  logLevel: "warning",
});
const files = outputFiles.map(({ path, text }) =>
  path.endsWith(".css")
    ? fileOf("style", "css", "text/css; charset=utf-8", text)
    : fileOf("page", "js", MODULE, text),
);
const icon = readFileSync(`${SOURCE}icon.svg`, "utf8").trim();
files.push(fileOf("icon", "svg", "image/svg+xml", icon));
writeFileSync(MADE, `export const PAGE_FILES = ${JSON.stringify(files)};\n`);

function fileOf(start: string, ending: string, type: string, text: string): PageFile {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
  return { name: `${start}-${hash}.${ending}`, type, text };
}
