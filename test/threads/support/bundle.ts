import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { buildSync } from "esbuild";

/** A worker in one file of JavaScript. */
export interface Bundle {
  readonly url: URL;
  remove(): void;
}

/**
 * Makes one file of a worker and all that it imports: a thread starts three times as fast as when
 * it has to strip the types of forty.
 */
export function bundle(source: URL): Bundle {
  const directory = mkdtempSync(join(tmpdir(), "token-budget-"));
  const file = join(directory, "worker.mjs");
  buildSync({
    entryPoints: [fileURLToPath(source)],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    sourcemap: "inline",
    logLevel: "error",
  });
  return {
    url: pathToFileURL(file),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
