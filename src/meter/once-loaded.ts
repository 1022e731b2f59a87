// A source of bounds in a module of its own, which is loaded when the source is first needed.

import type { BoundSource } from "./tighter-bounds.ts";

/**
 * Returns a source that loads itself on first use. One that asks a provider learns only what
 * follows from its own answers.
 */
export function onceLoaded(
  name: string,
  isRemote: boolean,
  load: () => Promise<BoundSource>,
): BoundSource {
  let source: BoundSource | undefined;
  let loading: Promise<BoundSource> | undefined;
  const loaded = async (): Promise<BoundSource> => {
    loading ??= load();
    source = await loading;
    return source;
  };
  return {
    name,
    isRemote,
    tighten: (request) =>
      source === undefined ? loaded().then((its) => its.tighten(request)) : source.tighten(request),
    learn(...learned) {
      if (source !== undefined || isRemote) source?.learn?.(...learned);
      // A source that cannot be loaded learns nothing; the call has its answer.
      else
        loaded().then(
          (its) => its.learn?.(...learned),
          () => undefined,
        );
    },
  };
}
