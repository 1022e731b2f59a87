import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The path of a file that does not exist yet, in a folder of its own that goes with the process. */
export function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-"));
  folders.push(folder);
  return join(folder, name);
}
