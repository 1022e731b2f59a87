// The parts of an exchange.

import type { Provider } from "../wire/provider.ts";
import type { WorkUnderWay } from "../wire/wire-usage.ts";
import type { Asked, Wire } from "../wire/wire.ts";
import type { Ended, Holding } from "./settle-exchange.ts";
import type { WrittenBody } from "./written-body.ts";

/** The arguments of an exchange. */
export interface ExchangeParts {
  readonly holding: Holding;
  readonly wire: Wire | undefined;
  readonly provider: Provider;
  readonly asked: Asked | undefined;
  readonly body: WrittenBody | undefined;
  /** Of an answer about running work: called when it says that the work is over. */
  readonly later?: (ended: Ended, work: WorkUnderWay) => Promise<void>;
}
