// Data that a view loads from the API: loading, loaded, or failed.

import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

/** Loaded data. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly isLoading: boolean;
  /** Loads it again. */
  readonly again: () => void;
  /** Replaces the value. */
  readonly put: (value: T) => void;
}

/**
 * Loads something whenever what it depends on has changed; the earlier data stays until then. The
 * signal is aborted when the component no longer needs the data.
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

/** Renders loaded data. */
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
