// The width of an element: charts fill the available width, with text of one size.

import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** Returns the width of an element in pixels, and the ref for it. */
export function useWidth<T extends Element>(first: number): readonly [RefObject<T | null>, number] {
  const place = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
