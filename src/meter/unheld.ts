// The placeholder hold of a free request whose answer is read all the same.

import type { Provider } from "../wire/provider.ts";
import type { MeteredHold, MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import { fixedBound } from "./fixed-bound.ts";
import type { Holding } from "./settle-exchange.ts";

const NOTHING = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 };

const NO_HOLD: MeteredHold = {
  amount: NOTHING,
  commit: () => {
    throw new TypeError("nothing is held for a request that costs nothing");
  },
  release: () => undefined,
};

/** Returns an empty hold. */
export function unheld(
  pool: MeteredPool,
  settings: MeterSettings,
  provider: Provider,
  path: string,
): Holding {
  const bounded = fixedBound(provider, path, { calls: 0 });
  const held = { bounded, hold: NO_HOLD, outputTokens: 0, limit: undefined };
  return { pool, wire: "route", bounded, held, settings, since: performance.now() };
}
