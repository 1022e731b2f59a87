// Adds to package-lock.json the packages for other platforms that npm leaves out when the registry
// it was made from does not carry them. Without their entries `npm ci` refuses the lockfile
// everywhere. And takes engines of development tools out. Run it after a change of dependencies:
// `node scripts/complete-lockfile.ts`

import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  packages: Record<string, LockedPackage | object>;
}

const path = new URL("../package-lock.json", import.meta.url);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm's own format
const lockfile = JSON.parse(readFileSync(path, "utf8")) as Lockfile;

for (const locked of Object.values(lockfile.packages)) {
  if (!("optionalDependencies" in locked)) continue;
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (Object.keys(lockfile.packages).some((each) => each.endsWith(key))) continue;
    lockfile.packages[key] = { version, ...platformOf(name), dev: true, optional: true };
  }
}

// npm warns of each development tool that does not run on an older Node. None of them does here:
// scripts run on the Node 24 that is installed with them. What `npm install` on Node 24 warns of
// is seen before this, and engines of what users install stay.
for (const locked of Object.values(lockfile.packages))
  if (Reflect.get(locked, "dev") === true || Reflect.get(locked, "devOptional") === true)
    Reflect.deleteProperty(locked, "engines");

const sorted = Object.entries(lockfile.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
lockfile.packages = Object.fromEntries(sorted);
writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);

/** What `@oxlint/binding-linux-x64-musl` and the like say of the platform that they are for. */
function platformOf(name: string): object {
  const parts = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(\w+))?$/.exec(
    name,
  );
  if (parts === null) throw new Error(`${name} is not in the lockfile, and names no platform`);
  const [, os, cpu, library = ""] = parts;
  const libc = library.startsWith("musl")
    ? "musl"
    : library.startsWith("gnu")
      ? "glibc"
      : undefined;
  return { cpu: [cpu], ...(libc !== undefined && { libc: [libc] }), os: [os] };
}
