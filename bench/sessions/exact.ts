// The same sessions with every call held for exactly the input that it turns out to have, at the dearest rate that it can be
// billed at: what a bound of the input can come to at the best. No meter is in it.

import type { Call, Session } from "./recording.ts";
import { costOf, inputOf } from "./recording.ts";

/** What is held besides the input, and which reads from a cache are counted on. */
export interface ExactOptions {
  /** The least output of a call, in tokens. */
  readonly outputTokensMin: number;
  /** For how long a cache is trusted, in milliseconds; 0: never. */
  readonly trustMs: number;
}

interface UnderWay {
  readonly endMs: number;
  readonly heldUsd: number;
  readonly usd: number;
}

/** Returns what is spent, in dollars, when the first call does not fit any more. */
export function exactlyHeld(session: Session, capUsd: number, options: ExactOptions): number {
  let used = 0;
  let underWay: readonly UnderWay[] = [];
  for (const call of session.calls.toSorted((one, other) => one.atMs - other.atMs)) {
    used += sum(underWay.filter(({ endMs }) => endMs <= call.atMs));
    underWay = underWay.filter(({ endMs }) => endMs > call.atMs);
    const heldUsd = heldFor(call, session, options);
    const held = underWay.reduce((total, each) => total + each.heldUsd, 0);
    if (used + held + heldUsd > capUsd) {
      // It waits for what the others do not use.
      used += sum(underWay);
      underWay = [];
      if (used + heldUsd > capUsd) return used;
    }
    const usd = costOf(call);
    underWay = [
      ...underWay,
      { endMs: call.atMs + call.tookMs, heldUsd: Math.max(heldUsd, usd), usd },
    ];
  }
  return used + sum(underWay);
}

function sum(calls: readonly UnderWay[]): number {
  return calls.reduce((total, { usd }) => total + usd, 0);
}

function heldFor(call: Call, session: Session, options: ExactOptions): number {
  const input = inputOf(call);
  const read = Math.min(input, trustedOf(call, session, options));
  const rest = input - read;
  return call.price.cost({
    ...(session.agent !== "claude-code"
      ? { inputTokens: rest }
      : isForAnHour(call, session)
        ? { cacheWrite1hTokens: rest }
        : { cacheWriteTokens: rest }),
    cacheReadTokens: read,
    outputTokens: options.outputTokensMin,
  });
}

function trustedOf(call: Call, { agent, calls }: Session, { trustMs }: ExactOptions): number {
  const base = call.base === undefined ? undefined : calls[call.base];
  if (base === undefined || agent !== "claude-code" || base.model !== call.model) return 0;
  const age = call.atMs - (base.atMs + base.tookMs);
  return trustMs === 0 || age > trustMs ? 0 : base.read + base.written5m + base.written1h;
}

function isForAnHour({ conversation }: Call, { calls }: Session): boolean {
  return calls.some((each) => each.conversation === conversation && each.written1h > 0);
}
