/// <reference lib="esnext.disposable" preserve="true" />

/** `Symbol.asyncDispose`, under the name that polyfills give it where the runtime has none. */
export const ASYNC_DISPOSE: symbol =
  (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for("Symbol.asyncDispose");
