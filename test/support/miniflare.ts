// Workers in workerd, the runtime of Cloudflare, through miniflare.

import { build } from "esbuild";

/** What is used of a Miniflare. */
export interface Workerd {
  dispatchFetch(url: string, request?: RequestInit): Promise<Response>;
  dispose(): Promise<void>;
}

interface MiniflareModule {
  readonly Miniflare: new (options: object) => Workerd;
}

/** The module, or a path to it; a test says loudly when there is none. */
const MODULE: string = process.env["MINIFLARE"] ?? "miniflare";

/** Miniflare, or undefined where it is not installed. */
export async function miniflare(): Promise<MiniflareModule | undefined> {
  try {
    const found: MiniflareModule = await import(MODULE);
    return found;
  } catch {
    process.stderr.write(`SKIPPED: nothing is tested in workerd: no "${MODULE}" is installed\n`);
    return undefined;
  }
}

/** Starts a Worker from its source; `bindings` are options of Miniflare. */
export async function startWorker(
  { Miniflare }: MiniflareModule,
  entry: string,
  options: object = {},
): Promise<Workerd> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["node:*", "cloudflare:*"],
    // What a bundler for Workers finds in place of the built package.
    alias: { "token-budget": new URL("../../src", import.meta.url).pathname },
    write: false,
  });
  return new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? "",
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    ...options,
  });
}
