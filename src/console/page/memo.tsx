// A component that is rendered again only when its props have changed; all that the page needs of
// preact/compat.

import { Component, h } from "preact";
import type { FunctionComponent } from "preact";

/** Returns such a component. */
export function memo<P extends object>(draw: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as P;
      return Object.keys(next).some((key) => next[key as keyof P] !== now[key as keyof P]);
    }

    override render() {
      return h(draw, this.props as P & { children?: never });
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
