// Makes few files of the many that the program consists of, because it is to be there at once: looking
// for files, and importing parts of Node.js, took most of the time that a status line has. The library
// stays as it is, file by file (docs/decisions/0006, 0066).

import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Plugin } from "esbuild";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const made = `${dist}program`;

/**
 * Takes parts of Node.js without what importing them brings along: an import evaluates all that a
 * part exports, such as the client for web sockets of node:http and the streams of node:fs.
 */
const builtins: Plugin = {
  name: "builtins",
  setup(building) {
    building.onLoad({ filter: /\.js$/ }, async ({ path }) => ({
      contents: TABLE.test(path)
        ? await asJson(path)
        : readFileSync(path, "utf8").replaceAll(IMPORT, withoutImport),
    }));
  },
};

/** A table of prices. Data that is read as JSON is there in half the time of data that is compiled. */
const TABLE = /prices[\\/]tables[\\/](?!tables\.)/;

async function asJson(path: string): Promise<string> {
  const tables: object = await import(pathToFileURL(path).href);
  const lines = Object.entries(tables).map(
    ([name, table]) =>
      `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(table))});`,
  );
  return lines.join("\n");
}

/** `import … from "node:…";` as the compiler writes it. */
const IMPORT = /^import (?:\{([^}]+)\}|(?:\* as )?(\w+)) from "(node:[\w/]+)";$/gm;

function withoutImport(
  _all: string,
  names: string | undefined,
  whole: string,
  part: string,
): string {
  // Node.js that is too old has no getBuiltinModule, and is to be told what is needed.
  const taken =
    part === "node:process"
      ? "globalThis.process"
      : `globalThis.process.getBuiltinModule("${part}")`;
  return `const ${names === undefined ? whole : `{${names.replaceAll(" as ", ": ")}}`} = ${taken};`;
}

mkdirSync(made, { recursive: true });
await build({
  entryPoints: [`${dist}cli/main.js`, `${dist}cli/port-keeper.js`],
  outdir: made,
  bundle: true,
  // What a command does not need stays in a file of its own.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  plugins: [builtins],
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
rmSync(`${dist}cli`, { recursive: true });
renameSync(made, `${dist}cli`);
