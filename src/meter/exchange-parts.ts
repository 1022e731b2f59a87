// What an exchange is made of.

import type { Provider } from "../wire/provider.ts";
import type { WorkUnderWay } from "../wire/wire-usage.ts";
import type { Asked, Wire } from "../wire/wire.ts";
import type { Ended, Holding } from "./settle-exchange.ts";
import type { WrittenBody } from "./written-body.ts";

/** What an exchange is begun with. */
export interface ExchangeParts {
  readonly holding: Holding;
  readonly wire: Wire | undefined;
  readonly provider: Provider;
  readonly asked: Asked | undefined;
  readonly body: WrittenBody | undefined;
  /** Of an answer that tells of work that is under way: called when it says that it is over. */
  readonly later?: (ended: Ended, work: WorkUnderWay) => Promise<void>;
}
