// What is loaded from the API for a view: until it is there, when it is, and when it cannot be.

import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

/** Something that is loaded. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly isLoading: boolean;
  /** Loads it again. */
  readonly again: () => void;
  /** Puts a value in its place. */
  readonly put: (value: T) => void;
}

/**
 * Loads something whenever what it depends on has changed; what came before stays meanwhile. Its
 * signal is aborted when it is not looked at any longer.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  depends: readonly unknown[],
): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: string; isLoading: boolean }>({
    isLoading: true,
  });
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    const left = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(left.signal).then(
      (value) => isCurrent && setState({ value, isLoading: false }),
      (error: unknown) => isCurrent && setState({ error: messageOf(error), isLoading: false }),
    );
    return () => {
      isCurrent = false;
      left.abort();
    };
  }, [...depends, times]);
  return {
    value: state.value,
    error: state.error,
    isLoading: state.isLoading,
    again: () => setTimes((before) => before + 1),
    put: (value) => setState({ value, isLoading: false }),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Shows what was loaded. */
export function Shown<T>({
  of: { value, error, isLoading },
  children,
}: {
  readonly of: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  if (error !== undefined)
    return (
      <p class="trouble" role="alert">
        {error}
      </p>
    );
  if (value === undefined) return <p class="quiet">{isLoading ? "Loading…" : ""}</p>;
  return <div aria-busy={isLoading}>{children(value)}</div>;
}
