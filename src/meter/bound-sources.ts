// Which sources of tighter bounds a meter has, in the order in which they are asked (M6).

import { countedBefore } from "./counted/counted-before.ts";
import type { CountedOptions } from "./counted/counted-requests.ts";
import type { BoundSource } from "./tighter-bounds.ts";

/** The sources that the options ask for. */
export function boundSourcesFor(counted: CountedOptions): readonly BoundSource[] {
  return counted.bytesMax === 0 ? [] : [countedBefore(counted)];
}
