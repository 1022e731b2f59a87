// The five axes of a budget, in the order in which refusals report them.

/** The axes of a budget, in the order in which they are judged and reported. */
export const AXES = ["tokens", "inputTokens", "outputTokens", "usd", "calls"] as const;

/** One axis of a budget: tokens (total, input or output), US dollars, or calls. */
export type Axis = (typeof AXES)[number];
