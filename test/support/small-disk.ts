// A disk of a few megabytes that is filled and emptied by tests: a tmpfs, which only root may mount.

import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

import { temporaryFile } from "./temporary-file.ts";

const CHUNK = Buffer.alloc(64 * 1024, "x");

/** Such a disk. */
export class SmallDisk {
  /** A folder on it, for one's data. */
  readonly folder: string;
  readonly #mounted: string;

  private constructor(mounted: string) {
    this.#mounted = mounted;
    this.folder = join(mounted, "data");
    mkdirSync(this.folder, { mode: 0o700 });
  }

  /** Mounts one; undefined where that is not allowed, after saying so. */
  static mount(megabytes: number): SmallDisk | undefined {
    const mounted = temporaryFile("disk");
    mkdirSync(mounted);
    try {
      const how = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", mounted];
      execFileSync("mount", how, { stdio: "ignore" });
    } catch {
      process.stderr.write("\n  SKIPPED: a full disk; run as root, which may mount a tmpfs\n");
      return undefined;
    }
    // A server may run as another user.
    for (const folder of [dirname(mounted), mounted]) chmodSync(folder, 0o755);
    return new SmallDisk(mounted);
  }

  /** Leaves no byte of it free. */
  fill(): void {
    const file = openSync(join(this.#mounted, "filler"), "a");
    try {
      for (let size = CHUNK.length; size > 0;) {
        try {
          if (writeSync(file, CHUNK, 0, size) < size) size = Math.floor(size / 2);
        } catch {
          size = Math.floor(size / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Makes room again. */
  empty(): void {
    rmSync(join(this.#mounted, "filler"));
  }

  /** Takes it away. */
  unmount(): void {
    execFileSync("umount", ["--lazy", this.#mounted]);
  }
}
