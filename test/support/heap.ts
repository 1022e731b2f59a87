import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects all garbage, and lets what waits for it run. */
export async function collectGarbage(): Promise<void> {
  collect();
  await setTimeout(1);
}

/** How many bytes of the heap are in use after a full collection of garbage. */
export function heapInUse(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
