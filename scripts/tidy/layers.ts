// One direction of imports (see the picture in CONTRIBUTING.md).

import { posix } from "node:path";

import type { Repository } from "./files.ts";

/** For each layer, the layers that it may import from besides itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  pool: ["core"],
  threads: ["pool", "core"],
  stores: ["pool", "core"],
  sqlite: ["stores", "pool", "core"],
  "durable-objects": ["sqlite", "stores", "pool", "core"],
  redis: ["stores", "pool", "core"],
  postgres: ["stores", "pool", "core"],
  prices: ["core"],
  wire: ["core"],
  meter: ["wire", "prices", "pool", "core"],
  scope: ["meter", "core"],
  "ai-sdk": ["meter", "wire", "prices", "pool", "core"],
  anthropic: ["meter", "wire", "core"],
  bedrock: ["meter", "wire", "core"],
  otel: ["meter", "wire", "core"],
  proxy: ["meter", "wire", "core"],
  api: ["stores", "pool", "core"],
  console: ["api", "stores", "core"],
  gateway: ["console", "api", "proxy", "meter", "wire", "stores", "prices", "pool", "core"],
  cli: [
    "gateway",
    "console",
    "api",
    "proxy",
    "meter",
    "wire",
    "sqlite",
    "redis",
    "postgres",
    "stores",
    "prices",
    "pool",
    "core",
  ],
  testing: ["stores", "pool", "core"],
  // Its bill must owe nothing to the code that it is compared with.
  "testing/provider": ["core"],
  index: ["pool", "core"],
};
/** Layers that run outside Node.js too, and so import nothing of `node:`. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  "core",
  "pool",
  "threads",
  "durable-objects",
  "prices",
  "wire",
  "meter",
  "ai-sdk",
  "anthropic",
  "bedrock",
  "otel",
  "api",
  "console",
  "index",
]);
const IMPORT =
  /^(?:import|export)\s[^;'"]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

/** What imports against the direction of the layers, and what imports from outside the package. */
export function checkLayers(repository: Repository): string[] {
  const problems: string[] = [];
  for (const path of repository.filesEndingIn(".ts").filter((each) => each.startsWith("src/"))) {
    const layer = layerOf(path);
    const allowed = LAYERS[layer];
    if (allowed === undefined) {
      problems.push(`${path}: the layer "${layer}" is not in scripts/tidy/layers.ts`);
      continue;
    }
    for (const specifier of importsOf(repository.textOf(path))) {
      if (specifier.startsWith(".")) {
        const target = layerOf(posix.join(posix.dirname(path), specifier));
        if (target !== layer && !allowed.includes(target)) {
          problems.push(`${path}: ${layer} may not import from ${target} (${specifier})`);
        }
      } else if (!specifier.startsWith("node:") || EVERYWHERE.has(layer)) {
        problems.push(`${path}: ${layer} may not import ${specifier}`);
      }
    }
  }
  return problems;
}

/** The folder in `src`, or the folder in that if it is a layer of its own. */
function layerOf(path: string): string {
  const [, folder = "", inner = ""] = path.split("/");
  const room = `${folder}/${inner}`;
  return room in LAYERS ? room : folder.replace(/\.ts$/, "");
}

function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
