// Work that ends after its request was answered, such as a response in the background or a batch: a
// later answer reports its cost, and is found by the id of the work. A pool in memory holds its
// amount until then. In a stored pool, whose holds expire, the amount is booked as unknown under
// the id of the work, and the process that reads the results amends it.

import type { Amount } from "../core/amount.ts";
import type { Provider } from "../wire/provider.ts";
import type { WorkUnderWay } from "../wire/wire-usage.ts";
import { keepsEntries } from "./metered-pool.ts";
import type { MeteredHold, MeteredPool } from "./metered-pool.ts";
import type { Attribution } from "../core/attribution.ts";
import type { ExchangeParts } from "./exchange-parts.ts";
import type { MeterSettings } from "./settings.ts";
import type { Eventually } from "../pool/any-budget-pool.ts";
import type { Ended, Holding } from "./settle-exchange.ts";
import { bookedAs, exchangeOfOthers } from "./work-of-others.ts";

/** How long work may take, in milliseconds: a batch has 24 hours. */
const LASTS_MS = 90_000_000;
/** How much pending work is tracked; more is booked at its bound. */
const WORKS_MAX = 10_000;

/** Running work. */
interface Work {
  readonly id: string;
  readonly parts: ExchangeParts;
  /** Its first exchange is over once the books are up to date. */
  readonly finish: () => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The meter's functions. A parameter, because this module is loaded when there is such work. */
export interface LaterTools<Exchange> {
  readonly settle: (holding: Holding, ended: Ended) => Eventually<void>;
  readonly exchange: (parts: ExchangeParts) => Exchange;
}

/** The origin of a request. */
export interface Hearing {
  /** The work it names. */
  readonly id: string;
  readonly url: URL;
  readonly pool: MeteredPool | undefined;
  readonly provider: Provider;
  readonly settings: MeterSettings;
}

/** Running work at providers, by its id. */
export class LaterWork<Exchange> {
  readonly #works = new Map<string, Work>();
  /** The ids of work by those of its results, if they differ. */
  readonly #byResults = new Map<string, string>();
  /** Settled work, which may be fetched again. */
  readonly #over = new Set<string>();
  readonly #tools: LaterTools<Exchange>;

  constructor(tools: LaterTools<Exchange>) {
    this.#tools = tools;
  }

  /** Waits for work; returns whether it does. In a stored pool, the known amount is booked. */
  async add(id: string, parts: ExchangeParts, ended: Ended, finish: () => void): Promise<boolean> {
    if (this.#works.size >= WORKS_MAX || this.#works.has(id)) return false;
    const { holding } = parts;
    const { pool, settings } = holding;
    const isStored = keepsEntries(pool);
    if (!isStored && holding.held.hold.id !== undefined) return false;
    const timer = setTimeout(() => void this.#giveUp(id), LASTS_MS);
    if (typeof timer === "object") timer.unref();
    const named = isStored ? await underName(holding, bookedAs(id)) : holding;
    // It is reported once, when it is over.
    const told = isStored ? amending(named) : named;
    this.#works.set(id, { id, parts: { ...parts, holding: told, body: undefined }, finish, timer });
    if (isStored)
      await this.#tools.settle(
        { ...named, settings: { ...settings, onExchange: undefined } },
        ended,
      );
    else settings.state.underWay--;
    return true;
  }

  /** Returns an exchange that reads a later answer; undefined for a request about no known work. */
  async heard(hearing: Hearing): Promise<Exchange | undefined> {
    const id = this.#byResults.get(hearing.id) ?? hearing.id;
    if (this.#over.has(id)) return undefined;
    const work = this.#works.get(id);
    if (work !== undefined) {
      const later = (ended: Ended): Promise<void> => this.#end(work.id, ended);
      return this.#tools.exchange({ ...work.parts, later });
    }
    const { pool } = hearing;
    if (pool?.amend === undefined) return undefined;
    const onAmended = (): void => this.#keepOver(id);
    return exchangeOfOthers({ ...hearing, id, pool, onAmended }, this.#tools.exchange);
  }

  /** Handles an answer about work, whether it is over or not. */
  seen({ id, resultsId }: WorkUnderWay): void {
    if (resultsId === undefined || id === "") return;
    if (this.#byResults.size < WORKS_MAX) this.#byResults.set(resultsId, id);
  }

  /** Books running work at its hold. */
  async #giveUp(id: string): Promise<void> {
    const seen = { reported: undefined, outputBytes: 0, isOutputHidden: true };
    await this.#end(id, { ending: "lost", status: undefined, seen });
  }

  /** Ends all work of a caller: it will not be fetched. */
  async giveUp(parts: ExchangeParts): Promise<void> {
    const found = [...this.#works.values()].filter(
      (work) => work.parts.asked === parts.asked && work.parts.provider === parts.provider,
    );
    await Promise.all(found.map(({ id }) => this.#giveUp(id)));
  }

  async #end(id: string, ended: Ended): Promise<void> {
    const work = this.#works.get(id);
    if (work === undefined) return;
    this.#works.delete(id);
    this.#keepOver(id);
    clearTimeout(work.timer);
    work.parts.holding.settings.state.underWay++;
    await this.#tools.settle(work.parts.holding, ended);
    work.finish();
  }

  #keepOver(id: string): void {
    const [oldest] = this.#over;
    if (this.#over.size >= WORKS_MAX && oldest !== undefined) this.#over.delete(oldest);
    this.#over.add(id);
  }
}

const NOTHING: Amount = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 };

/**
 * The same, booked under a name that every process can compute. The hold moves to the booking; if
 * the name is taken, the work is booked under its own id, and only this process can amend it.
 */
async function underName(holding: Holding, name: string): Promise<Holding> {
  const { pool, held } = holding;
  const { hold } = held;
  try {
    // A hold in a slice has no id: the store cannot give its room to another hold.
    const isInSlice = hold.id === undefined;
    const named = await pool.reserve?.(isInSlice ? hold.amount : NOTHING, { id: name });
    if (named === undefined) return holding;
    const moved: MeteredHold = {
      amount: hold.amount,
      id: name,
      async commit(actual = {}) {
        // Sent together, so that the store does both in one step: no other call takes the room.
        const freed = hold.release();
        const [settlement] = await Promise.all([
          named.commit({ ...hold.amount, ...actual }),
          freed,
        ]);
        return settlement;
      },
      release: () => hold.release(),
    };
    return { ...holding, held: { ...held, hold: moved } };
  } catch {
    return holding;
  }
}

/** A booking in the form of a hold that is settled by amending it. */
function amending(holding: Holding): Holding {
  const { pool, held } = holding;
  const { hold: booked } = held;
  // A hold in a slice gets an id when it is settled.
  const idNow = (): string => booked.id ?? "";
  const hold: MeteredHold = {
    amount: booked.amount,
    get id() {
      return booked.id;
    },
    commit: (actual = {}) => amended(pool, idNow(), actual),
    async release() {
      await amended(pool, idNow(), NOTHING);
    },
  };
  return { ...holding, held: { ...held, hold } };
}

interface Marked {
  readonly outcome?: "unknown";
}

type Settling = ReturnType<NonNullable<MeteredPool["amend"]>>;

async function amended(
  pool: MeteredPool,
  id: string,
  {
    model: _model,
    label: _label,
    provider: _provider,
    usage: _usage,
    outcome: _outcome,
    ...amount
  }: Amount & Attribution & Marked,
): Promise<Awaited<Settling>> {
  if (pool.amend === undefined) throw new TypeError("this pool cannot amend bookings");
  return pool.amend(id, amount);
}
