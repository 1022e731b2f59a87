// What a budget is counted in: the five axes, in the order in which refusals report them.

/** The axes of a budget, in the order in which they are judged and reported. */
export const AXES = ["tokens", "inputTokens", "outputTokens", "usd", "calls"] as const;

/** One thing that a budget counts: tokens (in all, of input, of output), US dollars, or calls. */
export type Axis = (typeof AXES)[number];
