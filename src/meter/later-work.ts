// Work that ends after its request was answered, such as a response in the background: what it has
// cost is reported by a later answer, which is found by the id of the work. A pool in memory holds
// for it until then; in a stored pool, whose holds end with their lease, what was held is booked as
// unknown, and amended.

import type { Amount } from "../core/amount.ts";
import type { About, MeteredHold, MeteredPool } from "./metered-pool.ts";
import type { Exchange, ExchangeParts } from "./exchange.ts";
import type { Ended, Holding } from "./settle-exchange.ts";

/** How long work may take, in milliseconds: a batch has 24 hours. */
const LASTS_MS = 90_000_000;
/** Work that is waited for at once; what is more is booked at its bound. */
const WORKS_MAX = 10_000;
/** Where later answers tell of work, and where it is given up. */
const ADDRESS = /\/(?:responses|messages\/batches)\/([^/]+)(?:\/(?:cancel|results))?$/;

/** Work that is under way. */
interface Work {
  readonly id: string;
  readonly parts: ExchangeParts;
  /** Its first exchange is over, once the books are up to date. */
  readonly finish: () => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** What the meter does. It is handed in: this module is loaded when there is such work. */
export interface LaterTools {
  readonly settle: (holding: Holding, ended: Ended) => Promise<void>;
  readonly exchange: (parts: ExchangeParts) => Exchange;
}

/** Work that is under way at providers, by its id. */
export class LaterWork {
  readonly #works = new Map<string, Work>();
  readonly #tools: LaterTools;

  constructor(tools: LaterTools) {
    this.#tools = tools;
  }

  /**
   * Waits for work; returns whether it does. Where a pool is stored, what is known is booked.
   */
  async add(id: string, parts: ExchangeParts, ended: Ended, finish: () => void): Promise<boolean> {
    if (this.#works.size >= WORKS_MAX || this.#works.has(id)) return false;
    const { holding } = parts;
    const { pool, settings } = holding;
    const isStored = holding.held.hold.id !== undefined;
    if (isStored && pool.amend === undefined) return false;
    const timer = setTimeout(() => void this.#giveUp(id), LASTS_MS);
    if (typeof timer === "object") timer.unref();
    // It is reported once, when it is over.
    const told = isStored ? amending(holding) : holding;
    this.#works.set(id, { id, parts: { ...parts, holding: told, body: undefined }, finish, timer });
    if (isStored)
      await this.#tools.settle(
        { ...holding, settings: { ...settings, onExchange: () => undefined } },
        ended,
      );
    else settings.state.underWay--;
    return true;
  }

  /** An exchange that hears a later answer; undefined for a request that is about no known work. */
  heard(url: URL): Exchange | undefined {
    const id = ADDRESS.exec(url.pathname)?.[1];
    const work = id === undefined ? undefined : this.#works.get(id);
    if (work === undefined) return undefined;
    const later = (ended: Ended): Promise<void> => this.#over(work.id, ended);
    return this.#tools.exchange({ ...work.parts, later });
  }

  /** Books work that is under way as it was held. */
  async #giveUp(id: string): Promise<void> {
    const seen = { reported: undefined, outputBytes: 0, isOutputHidden: true };
    await this.#over(id, { ending: "lost", status: undefined, seen });
  }

  /** Ends all work of a caller: no one will ask for it. */
  async giveUp(parts: ExchangeParts): Promise<void> {
    const found = [...this.#works.values()].filter(
      (work) => work.parts.asked === parts.asked && work.parts.provider === parts.provider,
    );
    await Promise.all(found.map(({ id }) => this.#giveUp(id)));
  }

  async #over(id: string, ended: Ended): Promise<void> {
    const work = this.#works.get(id);
    if (work === undefined) return;
    this.#works.delete(id);
    clearTimeout(work.timer);
    work.parts.holding.settings.state.underWay++;
    await this.#tools.settle(work.parts.holding, ended);
    work.finish();
  }
}

/** What is booked already, as something that is settled by amending it. */
function amending(holding: Holding): Holding {
  const { pool, held } = holding;
  const { amount, id = "" } = held.hold;
  const hold: MeteredHold = {
    amount,
    id,
    commit: (actual = {}) => amended(pool, id, actual),
    async release() {
      await amended(pool, id, NOTHING);
    },
  };
  return { ...holding, held: { ...held, hold } };
}

const NOTHING: Amount = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 };

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
  }: Amount & About & Marked,
): Promise<Awaited<Settling>> {
  if (pool.amend === undefined) throw new TypeError("this pool cannot amend bookings");
  return pool.amend(id, amount);
}
