// The context window of Claude where a beta feature makes it longer.
// https://platform.claude.com/docs/en/build-with-claude/context-windows

import type { WindowFacts } from "../provider.ts";

/** The feature with which models of 200,000 tokens take a million. */
const LONG_FEATURE = "context-1m-";
const LONG_CONTEXT = 1_000_000;
/** Of the models before Claude 4.6 these take it; later ones take a million anyway. */
const LONG_ON_REQUEST = /claude-(?:4(?:[.-]5)?-sonnet|sonnet-4(?:[.-][05])?(?:[-@:]|$))/;

/**
 * Returns a million where the call asks for it, or may; undefined where the listed window counts.
 */
export function anthropicContext({ model, betas }: WindowFacts): number | undefined {
  const asks = betas === undefined || betas.includes(LONG_FEATURE);
  return asks && LONG_ON_REQUEST.test(model) ? LONG_CONTEXT : undefined;
}
