// Builds and packs a copy of the repository, and installs the tarball into an empty folder, before
// any test runs. A copy, so that what lies in dist/ from other builds is not packed, and nobody
// else's build is disturbed.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { TestProject } from "vitest/node";

import { REPOSITORY, run, runTool } from "./command.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder in which the tarball is installed, and nothing else. */
    consumer: string;
    /** The paths in the tarball. */
    packedFiles: string[];
  }
}

const NOT_COPIED = new Set([".git", "node_modules", "dist", "coverage", "reports", ".stryker-tmp"]);

export default async function packAndInstall(project: TestProject): Promise<() => void> {
  const workshop = mkdtempSync(join(tmpdir(), "token-budget-package-"));
  const copy = join(workshop, "copy");
  const consumer = join(workshop, "consumer");
  cpSync(REPOSITORY, copy, {
    recursive: true,
    filter: (path) => !NOT_COPIED.has(basename(path)) && !path.endsWith(".tgz"),
  });
  symlinkSync(join(REPOSITORY, "node_modules"), join(copy, "node_modules"), "junction");
  await runTool("tsc", ["-p", "tsconfig.build.json"], copy);
  const packed = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", workshop],
    copy,
  );
  const { filename, files } = readPackReport(packed);
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "private": true }\n');
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", ["install", join(workshop, filename), ...flags], consumer);
  cpSync(join(REPOSITORY, "test/package/consumer"), consumer, { recursive: true });
  project.provide("consumer", consumer);
  project.provide("packedFiles", files);
  return () => rmSync(workshop, { recursive: true, force: true });
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm 11 and older answer a list of reports, later ones an object of them by package name. */
function readPackReport(json: string): { filename: string; files: string[] } {
  const reports: Record<string, PackReport> = JSON.parse(json);
  const [report] = Object.values(reports);
  if (report === undefined) throw new Error(`npm pack reported nothing: ${json}`);
  return { filename: report.filename, files: report.files.map((file) => file.path).toSorted() };
}
