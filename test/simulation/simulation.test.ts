// The simulation is deterministic, and what it must find holds for a small fleet.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);

async function table(seed: string): Promise<readonly string[]> {
  const args = ["test/simulation/main.ts", "--hosts", "4", "--calls", "40", "--seed", seed];
  const { stdout } = await run(process.execPath, args);
  return stdout.split("\n");
}

it("R15 a simulated fleet passes no cap, and the same seed gives the same table", async () => {
  const [one, again] = await Promise.all([table("7"), table("7")]);
  expect(again).toEqual(one);
  const rows = one.filter((row) => row.startsWith("| 4 (40)"));
  const most = rows.map((row) => Number(row.split("|")[9]?.split(",")[1]));
  expect(most).toHaveLength(2);
  expect(Math.max(...most)).toBeLessThanOrEqual(1);
  const trips = rows.map((row) => Number(row.split("|")[3]));
  expect(trips[1]).toBeLessThan((trips[0] ?? 0) / 2);
});
