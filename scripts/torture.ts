// Kills processes in the middle of their spending, hundreds of them, and compares the books with what
// they wrote down outside: `npm run torture -- --store sqlite --kills 500`. The tests kill a dozen.

import { spawnSync } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";

const STORES = ["sqlite", "redis", "postgres"];

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "sqlite" },
    kills: { type: "string", default: "500" },
  },
});
const { store, kills } = values;
if (!STORES.includes(store))
  throw new RangeError(`Expected --store to be one of ${STORES.join(", ")}`);
if (!/^[1-9]\d*$/.test(kills)) throw new RangeError("Expected --kills to be a whole number from 1");

const words = ["vitest", "run", `test/${store}/crash.test.ts`, "-t", "kill -9"];
const { status } = spawnSync("npx", words, {
  stdio: "inherit",
  env: { ...process.env, KILLS: kills },
});
process.exitCode = status ?? 1;
