// How far the output that is billed may pass its limit.

/**
 * How much more output than its limit an answer may be billed for: so many times as much and so
 * many tokens more, or whatever the model can write.
 */
export type Overshoot = { readonly times: number; readonly plus: number } | "model maximum";
