// How long a file of sound is: as long as what is in it, and where that is not certain by the
// fewest bytes that a second has.

import { audioSecondsOf } from "../media/audio-seconds.ts";

/** Opus at 6 kilobits: nothing that can be understood has fewer. */
const BYTES_A_SECOND_MIN = 750;
/** The head of the data is walked with them. */
const HEAD_SECONDS = 0.001;

/** Returns the most whole seconds of a file of a form; of its bytes where nothing says so. */
export function secondsOfFile(file: unknown): number {
  const seconds = file instanceof Uint8Array ? audioSecondsOf(file) : undefined;
  if (seconds !== undefined) return Math.ceil(seconds - HEAD_SECONDS);
  return Math.ceil(sizeOf(file) / BYTES_A_SECOND_MIN);
}

function sizeOf(file: unknown): number {
  if (file instanceof Uint8Array || typeof file === "string") return file.length;
  if (typeof file !== "object" || file === null || !("size" in file)) return 0;
  return Number(file.size);
}
