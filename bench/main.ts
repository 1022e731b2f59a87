// Every figure of docs/internals/benchmarks.md in one run. Exits with 1 when an answer is wrong or the bundle is too
// large; a ratio over its target is shown as such and fails nothing, because it depends on the machine.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { printContention } from "./contention.ts";
import { printDelegation } from "./delegation.ts";
import { printExactness } from "./exactness.ts";
import { printHeading, printLine } from "./print.ts";
import { printMemory } from "./memory.ts";
import { printMeter } from "./meter.ts";
import { printPostgres } from "./postgres.ts";
import { printProxy } from "./proxy.ts";
import { printRedis } from "./redis.ts";
import { printRedisScale } from "./redis-scale.ts";
import { printSize } from "./size.ts";
import { printSlices } from "./slices.ts";
import { printSpeed } from "./speed.ts";
import { printStores } from "./stores.ts";
import { printThreads } from "./threads.ts";

installPeers();
printLine(`Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? "unknown CPU"}`);
printHeading("Speed");
await printSpeed({ rounds: 25, roundMs: 4 });
printHeading("Peers");
const { printPeers } = await import("./peers.ts");
await printPeers({ rounds: 15, roundMs: 4 });
printHeading("Exactness");
if (printExactness() > 0) process.exitCode = 1;
printHeading("Size");
if (!(await printSize())) process.exitCode = 1;
printHeading("Memory");
await printMemory();
printHeading("Delegation");
if ((await printDelegation()) > 0) process.exitCode = 1;
printHeading("Metering");
await printMeter({ rounds: 15, roundMs: 250 });
await printProxy();
printHeading("Threads");
if ((await printThreads({ rounds: 15, roundMs: 80 })) > 0) process.exitCode = 1;
printHeading("Stores");
await printStores({ rounds: 9, roundMs: 60 });
await printContention();
await printRedis({ rounds: 9, roundMs: 60 });
await printRedisScale({ rounds: 9, roundMs: 60 });
await printPostgres({ rounds: 9, roundMs: 60 });
printHeading("Slices");
await printSlices({ rounds: 15, roundMs: 8 });

/** The peers are no dependencies of the package: they are installed when they are first needed. */
function installPeers(): void {
  if (existsSync(join(import.meta.dirname, "node_modules"))) return;
  printLine("Installing the peers: npm ci --prefix bench");
  const { status } = spawnSync("npm", ["ci", "--prefix", import.meta.dirname], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci --prefix bench failed");
}
