// Which sources of tighter bounds a meter has, in the order in which they are asked (M6).

import { readCountedOptions } from "./counted/options.ts";
import { onceLoaded } from "./once-loaded.ts";
import type { MeterOptions } from "./options.ts";
import { ProviderCount } from "./provider-count.ts";
import { isPublic, tokenizerBound } from "./public-tokenizer.ts";
import type { BoundSource } from "./tighter-bounds.ts";

/** The sources that the options ask for. @throws {TypeError | RangeError} on what is wrong. */
export function boundSourcesFor(options: MeterOptions): readonly BoundSource[] {
  const { countTokens = true, tokenizer } = options;
  const counted = readCountedOptions(options);
  return [
    ...(counted.bytesMax === 0
      ? []
      : [
          onceLoaded("counted before", async () =>
            (await import("./counted/counted-before.ts")).countedBefore(counted),
          ),
        ]),
    ...(isPublic(tokenizer) ? [tokenizerBound(tokenizer)] : []),
    ...(countTokens ? [new ProviderCount()] : []),
  ];
}
