// Work that another process requested: its cost is reported here when it is fetched. In a stored
// pool it is booked under the id of the work, and amended under it.

import { batchAsked } from "../wire/batch-asked.ts";
import type { Price } from "../prices/index.ts";
import type { WireUsage } from "../wire/wire-usage.ts";
import { formatOf } from "../wire/formats.ts";
import type { Provider } from "../wire/provider.ts";
import type { WireName } from "../wire/wire-name.ts";
import type { ExchangeParts } from "./exchange-parts.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import { priceOfPass } from "./pricing.ts";
import type { Ended } from "./settle-exchange.ts";
import { settlingOf } from "./settlement-table.ts";
import { unheld } from "./unheld.ts";

/** Returns the id under which a stored pool has booked work. */
export function bookedAs(workId: string): string {
  return `work:${workId}`;
}

/** The reader of answers about work, by address. */
const FORMATS: readonly (readonly [path: RegExp, wire: WireName])[] = [
  [/\/messages\/batches\//, "anthropic-batches"],
  [/\/v1(?:beta|alpha)\/batches\//, "gemini-batches"],
  [/\/(?:batches|files)\//, "openai-batches"],
  [/\/responses\//, "openai-responses"],
];

/** A request about work of another process. */
export interface OthersWork {
  readonly id: string;
  readonly url: URL;
  readonly pool: MeteredPool;
  readonly provider: Provider;
  readonly settings: MeterSettings;
  /** Called after the amendment. */
  readonly onAmended: () => void;
}

/** Returns an exchange that reads the cost of another process's work. */
export async function exchangeOfOthers<Exchange>(
  work: OthersWork,
  exchange: (parts: ExchangeParts) => Exchange,
): Promise<Exchange | undefined> {
  const { url, pool, provider, settings } = work;
  const name = FORMATS.find(([path]) => path.test(url.pathname))?.[1];
  if (name === undefined || pool.amend === undefined) return undefined;
  return exchange({
    holding: unheld(pool, settings, provider, url.pathname),
    wire: await formatOf(name),
    provider,
    asked: batchAsked([], []),
    body: undefined,
    later: (ended) => amend(work, ended),
  });
}

/** Amends a booking that was made at the hold, if all usage is known. */
async function amend({ id, pool, provider, settings, url, onAmended }: OthersWork, ended: Ended) {
  const { reported } = ended.seen;
  if (reported?.isWhole !== true) return;
  const split = inPasses(reported);
  const [first] = split.passes;
  const priceOf = (model: string): Price | undefined => priceOfPass(model, provider, settings);
  const price = first?.model === undefined ? undefined : priceOf(first.model);
  if (first !== undefined && price === undefined) return;
  const { bounded } = unheld(pool, settings, provider, url.pathname);
  const settling = settlingOf(
    "answered",
    { ...bounded, ...(price !== undefined && { price, prices: [price] }) },
    {
      ...ended.seen,
      reported: first === undefined ? { ...split, service: {} } : split,
      outputTokensMax: 0,
      priceOf,
    },
  );
  if (settling.outcome !== "used" || settling.amount === undefined) return;
  const { calls: _calls, ...amount } = settling.amount;
  try {
    await pool.amend?.(bookedAs(id), amount);
    onAmended();
  } catch {
    // No process requested it in this pool, or the store does not answer: the booking stays.
  }
}

/** The original request is unknown here: each model is billed as it answered. */
function inPasses(reported: WireUsage): WireUsage {
  const { usage, model, passes } = reported;
  if (Object.keys(usage).length === 0) return reported;
  return { ...reported, usage: {}, model: undefined, passes: [{ model, usage }, ...passes] };
}
