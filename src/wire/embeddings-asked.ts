// What every request for embeddings asks for: only input, because no priced output is generated.

import { PLAIN_REQUEST } from "./plain-request.ts";
import type { InputBound } from "./input-bound.ts";
import type { Asked } from "./wire.ts";

/** Returns what a request for embeddings asks for, from its models and input. */
export function embeddingsAsked(
  model: string | undefined,
  input: InputBound,
  otherModels: readonly string[] = [],
): Asked {
  return {
    ...PLAIN_REQUEST,
    model,
    otherModels,
    streams: false,
    input,
    outputLimit: 0,
    outputLimitMin: 0,
    isOutputHidden: false,
  };
}
