import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** How many bytes of the heap are in use after a full collection of garbage. */
export function heapInUse(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
