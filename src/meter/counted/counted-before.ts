// What was counted before, as a source of tighter bounds for the meter (M6).

import type { BoundRequest, BoundSource } from "../tighter-bounds.ts";
import type { CountedRequest } from "./counted-request.ts";
import { CountedRequests } from "./counted-requests.ts";
import type { CountedOptions } from "./counted-requests.ts";

/** What this source goes by in reports. */
const COUNTED_BEFORE = "counted before";

/**
 * The counts of earlier requests that a request goes on from. One for a meter: its memory is shared
 * by all of its calls.
 */
export function countedBefore(options: CountedOptions): BoundSource {
  const counts = new CountedRequests(options);
  const known = new WeakMap<BoundRequest, CountedRequest>();
  const about = (request: BoundRequest): CountedRequest => {
    const found = known.get(request) ?? counts.of(request);
    known.set(request, found);
    return found;
  };
  return {
    name: COUNTED_BEFORE,
    isRemote: false,
    tighten: (request) => guarded(() => about(request).bound()),
    learn(request, reported, _bound, isNeeded) {
      const counted = about(request);
      // What is not needed yet does not cost a walk through the request.
      guarded(() =>
        isNeeded || counted.isAsked ? counted.answered(reported) : counted.answeredById(reported),
      );
    },
  };
}

/** A value that is nested too deeply to be written as JSON is bounded by its bytes alone (M8). */
function guarded<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
