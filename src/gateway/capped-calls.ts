// The pools that calls draw from if a model or provider has a cap of its own. The caps below a
// caller's pool are read from the store's pools and templates from time to time.

import { PoolGone } from "../core/pool-gone.ts";
import type { Amount } from "../core/amount.ts";
import type { MeteredCall, MeteredPool } from "../meter/metered-pool.ts";
import { NotFound } from "../stores/index.ts";
import type { BudgetStore } from "../stores/index.ts";
import { CAP_BEGINNINGS, callCapBelow, isCallCap } from "../stores/contract/call-caps.ts";
import type { CallCap } from "../stores/contract/call-caps.ts";
import { isBelow } from "../stores/contract/path.ts";
import { capOfCall } from "./cap-of-call.ts";

/**
 * How old cached caps may be before they are refreshed in the background, and before a call waits
 * for it.
 */
const FRESH_MS = 1000;
const BELIEVED_MS = 5000;
const KNOWN_MAX = 10_000;

interface Known {
  readonly caps: readonly CallCap[];
  /** The pools that a template creates with the first call. */
  readonly templated: ReadonlySet<string>;
  readonly readAt: number;
}

/** The arguments of the caps of calls. */
export interface CappedCallsOptions {
  readonly store: BudgetStore;
  /** Opens a pool, creating it if needed. */
  readonly open: (path: string) => Promise<MeteredPool>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** The pools a caller's calls draw from: used without a call if no body was read. */
interface CallSource {
  (): MeteredPool;
  (call: MeteredCall): Promise<MeteredPool>;
}

/** Finds the pools of calls. */
export class CappedCalls {
  readonly #store: BudgetStore;
  readonly #open: (path: string) => Promise<MeteredPool>;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Known>>();
  readonly #opened = new Map<string, Promise<MeteredPool | undefined>>();
  #templates:
    | { readonly patterns: Promise<readonly string[]>; readonly readAt: number }
    | undefined;

  constructor({ store, open, now = () => performance.now() }: CappedCallsOptions) {
    this.#store = store;
    this.#open = open;
    this.#now = now;
  }

  /**
   * Returns where the calls of a caller draw from: its pool, or one below it for some of its calls.
   */
  sourceOf(pool: MeteredPool): CallSource {
    const whole = this.#withAmendments(pool);
    const find = (call: MeteredCall): Promise<MeteredPool> => this.#poolOf(pool, call);
    function source(): MeteredPool;
    function source(call: MeteredCall): Promise<MeteredPool>;
    function source(call?: MeteredCall): MeteredPool | Promise<MeteredPool> {
      return call === undefined ? whole : find(call);
    }
    return source;
  }

  /** Returns the paths of existing pools for some of the calls of a pool. */
  async pathsBelow(path: string): Promise<readonly string[]> {
    const { caps } = await this.#capsOf(path);
    return [...new Set(caps.map((cap) => [path, ...cap].join("/")))].toSorted();
  }

  /**
   * Reads the caps of a pool again, and opens those pools again, because one of them was deleted.
   */
  forget(path: string): void {
    for (const known of this.#known.keys()) if (isBelow(path, known)) this.#known.delete(known);
    for (const opened of this.#opened.keys())
      if (isBelow(opened, path)) this.#opened.delete(opened);
  }

  async #poolOf(pool: MeteredPool, call: MeteredCall): Promise<MeteredPool> {
    const { caps, templated } = await this.#capsOf(pool.path);
    const gone = new Set<string>();
    for (;;) {
      const there = caps.filter((cap) => cap.every((_, at) => !gone.has(upTo(cap, at))));
      const cap = capOfCall(pool.path, there, call);
      if (cap.length === 0) return pool;
      const name = cap.join("/");
      const path = `${pool.path}/${name}`;
      // oxlint-disable-next-line no-await-in-loop -- until one is there
      const found = await this.#openedAt(path, templated.has(name));
      if (found !== undefined) return found;
      // It was deleted since its name was read.
      gone.add(name);
      this.forget(path);
    }
  }

  #openedAt(path: string, isTemplated: boolean): Promise<MeteredPool | undefined> {
    const there = this.#opened.get(path);
    if (there !== undefined) return there;
    const opening = this.#openAnew(path, isTemplated);
    keep(this.#opened, path, opening);
    const forget = (): boolean => this.#opened.delete(path);
    opening.then((pool) => pool ?? forget(), forget);
    return opening;
  }

  /** Creates a pool only if a template says so: a deleted one is not created again. */
  async #openAnew(path: string, isTemplated: boolean): Promise<MeteredPool | undefined> {
    const isThere = isTemplated || (await this.#store.find(path)) !== undefined;
    return isThere ? await this.#open(path) : undefined;
  }

  async #capsOf(path: string): Promise<Known> {
    const known = this.#known.get(path);
    const age = this.#now() - (known?.readAt ?? -Infinity);
    if (known !== undefined && age <= FRESH_MS) return known;
    const reading = this.#read(path);
    if (known === undefined || age > BELIEVED_MS) return await reading;
    reading.catch(() => undefined);
    return known;
  }

  #read(path: string): Promise<Known> {
    const under = this.#reading.get(path);
    if (under !== undefined) return under;
    const reading = this.#readOnce(path).finally(() => this.#reading.delete(path));
    this.#reading.set(path, reading);
    return reading;
  }

  async #readOnce(path: string): Promise<Known> {
    const readAt = this.#now();
    const [patterns, ...pools] = await Promise.all([
      this.#patterns(),
      ...CAP_BEGINNINGS.map((each) => this.#store.pathsLike(path, `${path}/${each}`)),
    ]);
    const names = path.split("/");
    const templated = patterns
      .filter((pattern) => fits(pattern.split("/"), names))
      .map((pattern) => pattern.split("/").slice(names.length));
    // A store may list paths of pools that were never created, or are deleted.
    const made = (await this.#store.snapshots(pools.flat())).flatMap((each) => {
      const cap = callCapBelow(path, each.path);
      return cap === undefined ? [] : [cap];
    });
    const known = {
      caps: [...templated, ...made],
      templated: new Set(templated.flatMap((cap) => cap.map((_, at) => upTo(cap, at)))),
      readAt,
    };
    keep(this.#known, path, known);
    return known;
  }

  /** The patterns of all templates, shared by all pools. */
  #patterns(): Promise<readonly string[]> {
    const now = this.#now();
    if (this.#templates === undefined || now - this.#templates.readAt > FRESH_MS) {
      const patterns = this.#store
        .templates()
        .then((all) => all.map(({ pattern }) => pattern).filter(isOfCalls));
      this.#templates = { patterns, readAt: now };
      patterns.catch(() => (this.#templates = undefined));
    }
    return this.#templates.patterns;
  }

  /**
   * A pool that also finds bookings in those below it: a caller asking about its work knows the id,
   * but not the model.
   */
  #withAmendments(pool: MeteredPool): MeteredPool {
    if (pool.amend === undefined) return pool;
    const { path, documents } = pool;
    const amend = async (id: string, actual: Amount) => {
      let missing: unknown;
      for (const each of [path, ...(await this.pathsBelow(path))]) {
        try {
          // oxlint-disable-next-line no-await-in-loop -- one of them has it
          const booked = each === path ? pool : await this.#openedAt(each, false);
          // oxlint-disable-next-line no-await-in-loop -- as above
          const settlement = await booked?.amend?.(id, actual);
          if (settlement !== undefined) return settlement;
        } catch (error) {
          if (!NotFound.is(error) && !PoolGone.is(error)) throw error;
          missing ??= error;
        }
      }
      throw missing;
    };
    return {
      path,
      documents,
      amend,
      reserveUpTo: (request, sending) => pool.reserveUpTo(request, sending),
      reserveWhenFree: (amount, options, sending) => pool.reserveWhenFree(amount, options, sending),
      record: (amount, options) => pool.record(amount, options),
      ...(pool.snapshot !== undefined && { snapshot: pool.snapshot.bind(pool) }),
      ...(pool.check !== undefined && { check: pool.check.bind(pool) }),
    };
  }
}

/** Whether the last names of a pattern are for some of the calls of the pool before them. */
function isOfCalls(pattern: string): boolean {
  return isCallCap(pattern.slice(pattern.lastIndexOf("/") + 1));
}

/** Whether a pattern matches pools for some of the calls of a pool. */
function fits(pattern: readonly string[], names: readonly string[]): boolean {
  return (
    pattern.length > names.length &&
    names.every((name, at) => pattern[at] === "*" || pattern[at] === name) &&
    pattern.slice(names.length).every((name) => isCallCap(name))
  );
}

/** Returns the path, below the caller's pool, to one of the pools of a cap. */
function upTo(cap: CallCap, at: number): string {
  return cap.slice(0, at + 1).join("/");
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (map.size >= KNOWN_MAX && oldest !== undefined && !map.has(key)) map.delete(oldest);
  map.set(key, value);
}
