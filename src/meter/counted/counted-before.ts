// Counts of earlier requests, as a source of tighter bounds for the meter (M6).

import type { CountDocuments } from "../metered-pool.ts";
import type { BoundRequest, BoundSource, TighterBound } from "../tighter-bounds.ts";
import { CountedRequest } from "./counted-request.ts";
import { CountedRequests } from "./counted-requests.ts";
import type { CountedOptions } from "./counted-requests.ts";

/** The name of this source in reports. */
export const COUNTED_BEFORE = "counted before";

/**
 * Returns a source with the counts of earlier requests that a request continues. Use one per meter:
 * all of its calls share the memory.
 */
export function countedBefore(options: CountedOptions): BoundSource {
  const counts = new CountedRequests(options);
  // For requests of which only the bound was needed; collecting such entries has a cost.
  const known = new WeakMap<BoundRequest, CountedRequest>();
  return {
    name: COUNTED_BEFORE,
    isRemote: false,
    tighten(request) {
      const counted = new CountedRequest(counts, request);
      known.set(request, counted);
      const { documents } = request;
      if (documents === undefined) return guarded(() => counted.bound());
      return amongProcesses(counts, counted, documents);
    },
    learn(request, reported, _bound, { isNeeded, thinkingTokens }) {
      const asked = known.get(request);
      // Computed lazily, because it walks through the request.
      if (asked === undefined && !isNeeded && reported.id === undefined) return;
      const counted = asked ?? new CountedRequest(counts, request);
      const isWhole = asked !== undefined || isNeeded;
      const answered = (): void => {
        guarded(() =>
          isWhole ? counted.answered(reported, thinkingTokens) : counted.answeredById(reported),
        );
      };
      const { documents } = request;
      if (documents === undefined) answered();
      else void counts.shareIn(documents).then(answered, answered);
    },
  };
}

async function amongProcesses(
  counts: CountedRequests,
  counted: CountedRequest,
  documents: CountDocuments,
): Promise<TighterBound | undefined> {
  try {
    const isShared = await counts.shareIn(documents);
    return isShared ? await counted.boundAmongProcesses() : counted.bound();
  } catch {
    return undefined;
  }
}

/** A value nested too deeply to be written as JSON is bounded only by its bytes (M8). */
function guarded<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
