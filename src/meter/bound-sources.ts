// The sources of tighter bounds of a meter, in the order in which they are asked (M6).

import { parsedOf } from "../wire/json/untrusted.ts";
import { observedOf } from "./bound-request.ts";
import { countedOptionsOf } from "./counted/options.ts";
import type { ReadCountedOptions } from "./counted/options.ts";
import { onceLoaded } from "./once-loaded.ts";
import { isPublic, tokenizerBound } from "./public-tokenizer.ts";
import type { PublicTokenizer } from "./public-tokenizer.ts";
import type { MeterSettings } from "./settings.ts";
import type { BoundSource } from "./tighter-bounds.ts";

/** The options of a meter that select its sources. */
export interface BoundSourceOptions extends ReadCountedOptions, Pick<MeterSettings, "models"> {
  readonly countTokens: boolean;
  readonly tokenizer: MeterSettings["tokenizer"] | PublicTokenizer;
}

/** Returns the sources that the options select. */
export function boundSourcesFor(options: BoundSourceOptions): readonly BoundSource[] {
  const { countTokens, tokenizer } = options;
  const counted = countedOptionsOf(options, options.models);
  return [
    ...(counted.bytesMax === 0
      ? []
      : [
          onceLoaded("counted before", false, async () =>
            (await import("./counted/counted-before.ts")).countedBefore(counted),
          ),
        ]),
    ...(isPublic(tokenizer) ? [tokenizerBound(tokenizer)] : []),
    ...(countTokens
      ? [
          onceLoaded("the provider's count", true, async () => {
            const { ProviderCount } = await import("./provider-count.ts");
            return new ProviderCount({ parsedOf, observedOf });
          }),
        ]
      : []),
  ];
}
