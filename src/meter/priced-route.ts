// Requests that no format reads, at a price set by the user.

import type { Amount } from "../core/amount.ts";
import type { AbortSignalLike } from "../pool/abort-signal.ts";
import type { Provider } from "../wire/provider.ts";
import { Exchange } from "./exchange.ts";
import { fixedBound } from "./fixed-bound.ts";
import { holdFor } from "./hold-request.ts";
import type { Opened } from "./exchange-request.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import { CannotMeter } from "./refusals.ts";

/** Returns the user's price of a route; undefined without one. */
export function routeAmount(path: string, { routes }: MeterSettings): Amount | undefined {
  for (const [end, amount] of routes) if (path.endsWith(end)) return amount;
  return undefined;
}

/** Returns why a route that no format reads is refused; undefined if it is known to be free. */
export async function unmeteredRoute(
  method: string,
  { pathname }: URL,
  provider: Provider,
): Promise<CannotMeter | undefined> {
  // Such requests are rare, so what is known of their routes is loaded with the first.
  const { namedRoute } = await import("../wire/named-routes/by-provider.ts");
  const known = namedRoute(pathname, provider);
  if (known?.kind === "free") return undefined;
  const what =
    known === undefined ? "and may cost something; to" : `for ${known.why}. ${known.instead}; to`;
  const price = `\`routes: { ${JSON.stringify(pathname)}: { usd: 0.01 } }\``;
  return new CannotMeter(
    "route_unmetered",
    `${method} ${pathname} is not metered, ${what} let such requests through unmetered, pass the meter \`unmetered: "pass"\`, or set their price with ${price}`,
  );
}

/** Reserves a fixed amount, which is booked unless the provider declines the request. */
export async function openFixed(
  pool: MeteredPool,
  settings: MeterSettings,
  provider: Provider,
  amount: Amount,
  path: string,
  signal: AbortSignalLike | undefined,
): Promise<Opened> {
  const bounded = fixedBound(provider, path, { calls: 1, ...amount });
  const held = await holdFor(bounded, { pool, settings, signal, room: undefined, isAlone: false });
  settings.state.underWay++;
  const since = performance.now();
  const holding = { pool, wire: "route" as const, bounded, held, settings, since };
  const parts = { holding, wire: undefined, provider, asked: undefined, body: undefined };
  return { kind: "held", body: undefined, exchange: new Exchange(parts) };
}
