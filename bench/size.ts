// What `import { BudgetPool }` adds to a bundle: minified by esbuild, gzipped.

import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { printLine } from "./print.ts";

/** What the project wants. */
const GZIPPED_BYTES_WANTED = 6000;
/** What it has come to; it may shrink, not grow. See docs/internals/benchmarks.md. */
const GZIPPED_BYTES_MAX = 9856;

/** Prints the size, and answers whether it is within the limit. */
export async function printSize(): Promise<boolean> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        'import { BudgetPool } from "../dist/index.js"; globalThis.BudgetPool = BudgetPool;',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  const within = gzipped <= GZIPPED_BYTES_MAX;
  printLine(
    `import { BudgetPool }: ${bytes.length} bytes minified, ${gzipped} gzipped; wanted ${GZIPPED_BYTES_WANTED}, at most ${GZIPPED_BYTES_MAX}: ${within ? "ok" : "over"}`,
  );
  return within;
}

if (import.meta.main && !(await printSize())) process.exitCode = 1;
