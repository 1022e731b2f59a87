// What the doors add to a bundle: minified by esbuild, gzipped.

import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { printLine } from "./print.ts";

interface Door {
  readonly imported: string;
  readonly from: string;
  /** What the project wants, in gzipped bytes. */
  readonly wanted: number;
  /** What it has come to; it may shrink, not grow. See docs/internals/benchmarks.md. */
  readonly most: number;
  /** A file that is left out of the bundle. */
  readonly without?: RegExp;
}

const DOORS: readonly Door[] = [
  { imported: "BudgetPool", from: "../dist/index.js", wanted: 6000, most: 10_350 },
  {
    imported: "meteredFetch",
    from: "../dist/meter/index.js",
    wanted: 25_000,
    most: 56_500,
    without: /prices\/index\.js$/,
  },
  {
    imported: "anthropicMiddleware",
    from: "../dist/anthropic/index.js",
    wanted: 25_000,
    most: 56_500,
    without: /prices\/index\.js$/,
  },
];

/** Prints the sizes, and answers whether all are within their limits. */
export async function printSize(): Promise<boolean> {
  const within = await Promise.all(DOORS.map((door) => printDoor(door)));
  return within.every(Boolean);
}

async function printDoor({ imported, from, wanted, most, without }: Door): Promise<boolean> {
  const contents = `import { ${imported} } from "${from}"; globalThis.it = ${imported};`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
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
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  const within = gzipped <= most;
  const apart = without === undefined ? "" : ", prices apart";
  printLine(
    `import { ${imported} }${apart}: ${bytes.length} bytes minified, ${gzipped} gzipped; wanted ${wanted}, at most ${most}: ${within ? "ok" : "over"}`,
  );
  return within;
}

if (import.meta.main && !(await printSize())) process.exitCode = 1;
