// Which sources of tighter bounds a meter has, in the order in which they are asked (M6).

import type { MeterOptions } from "./options.ts";
import { ProviderCount } from "./provider-count.ts";
import type { BoundSource } from "./tighter-bounds.ts";

/** The sources that the options ask for. */
export function boundSourcesFor({ countTokens = true }: MeterOptions): readonly BoundSource[] {
  return countTokens ? [new ProviderCount()] : [];
}
