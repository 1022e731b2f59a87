// Modules that a program does without until they are there: nothing waits for them.

import type * as LikeCall from "./like-call.ts";

type Known = Pick<typeof LikeCall, "openCall" | "isKnownAddress" | "openKnown" | "rememberRequest">;

/** Returns a function that returns a module once it is loaded, which its first call begins. */
export function loadedBeside<Module>(load: () => Promise<Module>): () => Module | undefined {
  let loaded: Module | undefined;
  let loading: Promise<unknown> | undefined;
  return () => {
    loading ??= load().then(
      (found) => (loaded = found),
      () => undefined,
    );
    return loaded;
  };
}

/** What opens requests that are like an earlier one. */
export const knownRequestsModule: () => Known | undefined = loadedBeside(
  () => import("./like-call.ts"),
);
