// A component that is drawn again only when what it is given has changed; all that the page needs of
// preact/compat.

import { Component, h } from "preact";
import type { FunctionComponent } from "preact";

/** Makes such a component. */
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
