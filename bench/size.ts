// What the doors add to a bundle, minified by esbuild and gzipped: what is loaded at once, and all
// that may be loaded later, such as the formats of other providers.

import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { PAGE_FILES } from "../dist/console/page-files.js";
import { printLine } from "./print.ts";

interface Door {
  readonly imported: string;
  readonly from: string;
  /** What the project wants to be loaded at once, in gzipped bytes. */
  readonly wanted: number;
  /** What it has come to; it may shrink, not grow. See docs/internals/benchmarks.md. */
  readonly most: number;
  /** A file that is left out of the bundle. */
  readonly without?: RegExp;
}

const DOORS: readonly Door[] = [
  { imported: "BudgetPool", from: "../dist/index.js", wanted: 6000, most: 12_850 },
  {
    imported: "meteredFetch",
    from: "../dist/meter/index.js",
    wanted: 25_000,
    most: 36_800,
    without: /prices\/index\.js$/,
  },
  {
    imported: "anthropicMiddleware",
    from: "../dist/anthropic/index.js",
    wanted: 25_000,
    most: 36_600,
    without: /prices\/index\.js$/,
  },
];

/** What the page of the console may come to. */
const PAGE_BYTES_MOST = 60_000;

/** Prints the sizes, and answers whether all are within their limits. */
export async function printSize(): Promise<boolean> {
  const within = await Promise.all(DOORS.map((door) => printDoor(door)));
  const isPageWithin = printPage();
  return within.every(Boolean) && isPageWithin;
}

/** The page of the console, all of it. */
function printPage(): boolean {
  const bytes = PAGE_FILES.reduce((sum, { text }) => sum + gzipSync(text, { level: 9 }).length, 0);
  const within = bytes > 0 && bytes <= PAGE_BYTES_MOST;
  printLine(
    `the page of the console: ${bytes} bytes gzipped, at most ${PAGE_BYTES_MOST}: ${within ? "ok" : "over"}`,
  );
  return within;
}

async function printDoor({ imported, from, wanted, most, without }: Door): Promise<boolean> {
  const contents = `import { ${imported} } from "${from}"; globalThis.it = ${imported};`;
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    splitting: true,
    metafile: true,
    outdir: "size",
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [
      {
        name: "without",
        setup(builder) {
          if (without !== undefined)
            builder.onResolve({ filter: without }, ({ path }) => ({ path, external: true }));
        },
      },
    ],
  });
  const { outputs } = metafile;
  const sizeOf = (files: readonly string[]): number =>
    outputFiles
      .filter(({ path }) => files.some((file) => path.endsWith(basename(file))))
      .reduce((sum, { contents: bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0);
  const atOnce = sizeOf(loadedAtOnce(outputs));
  const within = atOnce <= most;
  const apart = without === undefined ? "" : ", prices apart";
  printLine(
    `import { ${imported} }${apart}: ${atOnce} bytes gzipped at once, ${sizeOf(Object.keys(outputs))} in all; wanted ${wanted}, at most ${most}: ${within ? "ok" : "over"}`,
  );
  return within;
}

/** The files that the entry imports without being asked to, and those that these import. */
function loadedAtOnce(outputs: Metafile["outputs"]): readonly string[] {
  const found = Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === "<stdin>");
  for (const file of found) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      const isNew = kind === "import-statement" && path in outputs && !found.includes(path);
      if (isNew) found.push(path);
    }
  }
  return found;
}

if (import.meta.main && !(await printSize())) process.exitCode = 1;
