/// <reference lib="esnext.disposable" preserve="true" />

/**
 * `Symbol.asyncDispose`. Where the runtime lacks it, compilers that lower `await using` look for
 * this registered symbol instead.
 */
export const ASYNC_DISPOSE: symbol =
  (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for("Symbol.asyncDispose");
