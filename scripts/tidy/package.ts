// What the package promises of itself: doors that are folders, nothing at runtime, a lockfile that
// works anywhere.

import type { Repository } from "./files.ts";

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: unknown;
}

/** For each door with a pool, the test that runs the conformance suite on it. */
const CONFORMANCE_TESTS: Readonly<Record<string, string>> = {
  ".": "test/pool/conformance.test.ts",
  "./threads": "test/threads/conformance.test.ts",
  "./stores": "test/stores/conformance.test.ts",
  "./sqlite": "test/sqlite/conformance.test.ts",
  "./durable-objects": "test/durable-objects/suite-worker.ts",
  "./redis": "test/redis/conformance.test.ts",
  "./postgres": "test/postgres/conformance.test.ts",
};
/** Doors that hold no pool. */
const WITHOUT_POOL: ReadonlySet<string> = new Set([
  "./testing",
  "./testing/provider",
  "./prices",
  "./meter",
  "./scope",
  "./ai-sdk",
  "./anthropic",
  "./bedrock",
  "./otel",
  "./proxy",
  "./console",
  "./gateway",
]);
const INSTALL_SCRIPTS: readonly string[] = ["preinstall", "install", "postinstall", "prepare"];

/** Where package.json, the doors and the lockfiles are not as promised. */
export function checkPackage(repository: Repository): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm reads this file too
  const manifest = JSON.parse(repository.textOf("package.json")) as Manifest;
  return [
    ...checkDoors(
      repository,
      Object.keys(manifest.exports).filter((door) => door !== "./package.json"),
    ),
    ...checkManifest(repository, manifest),
    ...checkLockfiles(repository),
  ];
}

function checkDoors(repository: Repository, doors: readonly string[]): string[] {
  const problems: string[] = [];
  const entries = repository.filesEndingIn("/index.ts").filter((path) => path.startsWith("src/"));
  for (const door of doors) {
    const entry = door === "." ? "src/index.ts" : `src/${door.slice(2)}/index.ts`;
    if (!entries.includes(entry)) problems.push(`package.json: the door ${door} has no ${entry}`);
    const test = CONFORMANCE_TESTS[door];
    if (test === undefined) {
      if (!WITHOUT_POOL.has(door)) problems.push(`${door}: no test runs the conformance suite`);
    } else if (
      !repository.fileExists(test) ||
      !repository.textOf(test).includes("conformanceSuite({")
    ) {
      problems.push(`${test}: does not run the conformance suite on ${door}`);
    }
  }
  for (const entry of entries) {
    const door = entry === "src/index.ts" ? "." : `./${entry.slice(4, -9)}`;
    if (!doors.includes(door)) problems.push(`${entry}: package.json has no door ${door}`);
  }
  return problems;
}

function checkManifest(repository: Repository, manifest: Manifest): string[] {
  const problems: string[] = [];
  if (manifest.dependencies !== undefined || manifest.optionalDependencies !== undefined) {
    problems.push("package.json: there must be no runtime dependencies");
  }
  for (const name of INSTALL_SCRIPTS) {
    if (manifest.scripts[name] !== undefined) problems.push(`package.json: no ${name} script`);
  }
  if (!repository.textOf("CHANGELOG.md").includes(`## ${manifest.version}`)) {
    problems.push(`CHANGELOG.md: nothing about ${manifest.version}`);
  }
  return problems;
}

function checkLockfiles(repository: Repository): string[] {
  const problems: string[] = [];
  for (const path of repository.filesEndingIn("package-lock.json")) {
    const text = repository.textOf(path);
    for (const name of missingFrom(text)) {
      problems.push(`${path}: lacks ${name}; run node scripts/complete-lockfile.ts`);
    }
    if (text.includes('"resolved": "http')) {
      problems.push(`${path}: holds registry addresses; regenerate it under .npmrc`);
    }
  }
  return problems;
}

/** Optional packages that a locked package names and the lockfile does not hold. */
function missingFrom(lockfile: string): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm's own format
  const { packages } = JSON.parse(lockfile) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const names = Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, ""));
  const held = new Set(names);
  return Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => !held.has(name));
}
