// Requests for an increase: a caller makes one, and a person who may change the pool grants or
// refuses it. A granted increase is temporary.

import { isWithin } from "../api/access.ts";
import { randomBytes } from "node:crypto";

import { describe } from "../core/describe.ts";
import { toNanoUsd } from "../core/nano-usd.ts";
import type { BudgetStore, Documents } from "../stores/index.ts";

/** The state of a request. */
export type IncreaseState = "open" | "granted" | "refused";

/** A request for an increase. */
export interface IncreaseRequest {
  readonly id: string;
  readonly pool: string;
  /** The requested dollars. */
  readonly usd: number;
  /** How long the increase should last after it is granted, in hours. */
  readonly hours: number;
  readonly reason: string;
  /** The caller who made it. */
  readonly by: string;
  /** When it was made; milliseconds since 1970. */
  readonly at: number;
  readonly state: IncreaseState;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: number | undefined;
  /** A note with the decision. */
  readonly note?: string | undefined;
  /** When the increase ends; of a granted one. */
  readonly until?: number | undefined;
}

/** The requested increase. */
export interface WantedIncrease {
  readonly usd: number;
  readonly hours?: number | undefined;
  readonly reason: string;
}

/** The decision about a request. */
export interface Decision {
  readonly isGranted: boolean;
  readonly actor: string;
  readonly note?: string | undefined;
  /** More or fewer dollars than requested. */
  readonly usd?: number | undefined;
  readonly hours?: number | undefined;
}

const REQUESTS = "increase-requests";
const ID = /^req_[0-9a-z]{9}[0-9a-f]{12}$/;
const HOUR_MS = 3_600_000;
const HOURS_DEFAULT = 24;
const HOURS_MAX = 24 * 366;
const REASON_LENGTH_MAX = 500;
/** How many requests of a pool may be open at once. */
const OPEN_MAX = 20;
const PAGE = 500;

/** Thrown when the request was already decided otherwise. */
export class AlreadyDecided extends Error {
  override readonly name = "AlreadyDecided";
}

/** The requests for an increase in a store. */
export class IncreaseRequests {
  readonly #store: BudgetStore;
  readonly #documents: Documents;

  constructor(store: BudgetStore) {
    this.#store = store;
    this.#documents = store.documents;
  }

  /**
   * Requests an increase for a pool.
   *
   * @throws {TypeError | RangeError} if a field is invalid, or too many requests of the pool are
   * open.
   */
  async ask(pool: string, by: string, wanted: WantedIncrease): Promise<IncreaseRequest> {
    const { usd, hours, reason } = readWanted(wanted);
    const open = (await this.list({ subtree: pool, state: "open" })).filter(
      (each) => each.pool === pool,
    );
    const same = open.find((each) => each.usd === usd && each.reason === reason && each.by === by);
    if (same !== undefined) return same;
    if (open.length >= OPEN_MAX)
      throw new RangeError(`Expected fewer than ${OPEN_MAX} open requests of a pool; wait for one`);
    const at = Date.now();
    // The ids are in the order of the requests.
    const id = `req_${at.toString(36).padStart(9, "0")}${randomBytes(6).toString("hex")}`;
    const request: IncreaseRequest = { id, pool, usd, hours, reason, by, at, state: "open" };
    await this.#documents.replace(REQUESTS, id, undefined, JSON.stringify(request));
    return request;
  }

  /** Returns the requests of a subtree, newest first. */
  async list({
    subtree = "",
    state,
  }: {
    readonly subtree?: string | undefined;
    readonly state?: IncreaseState | undefined;
  } = {}): Promise<readonly IncreaseRequest[]> {
    const found: IncreaseRequest[] = [];
    for (let after = ""; ;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const page = await this.#documents.list({ kind: REQUESTS, after, limit: PAGE });
      for (const { text } of page) {
        const request = requestOf(text);
        if (isWithin(request.pool, subtree) && (state ?? request.state) === request.state)
          found.push(request);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return found.toReversed();
      after = last.key;
    }
  }

  /** Returns the request of that id; undefined if there is none. */
  async find(id: string): Promise<IncreaseRequest | undefined> {
    const text = ID.test(id) ? await this.#documents.read(REQUESTS, id) : undefined;
    return text === undefined ? undefined : requestOf(text);
  }

  /**
   * Grants or refuses a request; undefined if there is none of that id. Repeating the same decision
   * changes nothing.
   *
   * @throws {AlreadyDecided} if it was decided otherwise.
   */
  async decide(id: string, decision: Decision): Promise<IncreaseRequest | undefined> {
    const text = ID.test(id) ? await this.#documents.read(REQUESTS, id) : undefined;
    if (text === undefined) return undefined;
    const request = requestOf(text);
    const state = decision.isGranted ? "granted" : "refused";
    if (request.state === state) return request;
    if (request.state !== "open") throw new AlreadyDecided(`This request was ${request.state}`);
    const decided = decidedAs(request, decision, state);
    // Of two concurrent decisions, the second sees the first.
    if (!(await this.#documents.replace(REQUESTS, id, text, JSON.stringify(decided))))
      return await this.decide(id, decision);
    if (decided.until === undefined) return decided;
    try {
      const pool = await this.#store.pool(decided.pool);
      const reason = `${id}: ${decided.reason}`.slice(0, 120);
      const { until, usd } = decided;
      await pool.configure({ by: { usd }, until, actor: decision.actor, reason });
    } catch (error) {
      await this.#documents.replace(REQUESTS, id, JSON.stringify(decided), text);
      throw error;
    }
    return decided;
  }
}

function decidedAs(
  request: IncreaseRequest,
  { actor, note, usd = request.usd, hours = request.hours }: Decision,
  state: "granted" | "refused",
): IncreaseRequest {
  readDollars(usd);
  readHours(hours);
  const decidedAt = Date.now();
  return {
    ...request,
    state,
    decidedBy: actor,
    decidedAt,
    ...(note !== undefined && { note: readReason(note) }),
    ...(state === "granted" && { usd, hours, until: decidedAt + Math.round(hours * HOUR_MS) }),
  };
}

function readWanted({
  usd,
  hours = HOURS_DEFAULT,
  reason,
}: WantedIncrease): WantedIncrease & { readonly hours: number } {
  readDollars(usd);
  readHours(hours);
  return { usd, hours, reason: readReason(reason) };
}

function readDollars(usd: number): void {
  if (typeof usd !== "number" || !(usd > 0))
    throw new RangeError(`Expected \`usd\` to be more than 0, in dollars, got ${describe(usd)}`);
  toNanoUsd(usd, "usd");
}

function readHours(hours: number): void {
  if (typeof hours !== "number" || !(hours > 0 && hours <= HOURS_MAX))
    throw new RangeError(
      `Expected \`hours\` to be more than 0, and at most ${HOURS_MAX}, got ${describe(hours)}`,
    );
}

function readReason(reason: string): string {
  if (typeof reason !== "string" || reason.trim() === "" || reason.length > REASON_LENGTH_MAX)
    throw new RangeError(
      `Expected \`reason\` to be 1 to ${REASON_LENGTH_MAX} characters, got ${describe(reason)}`,
    );
  // oxlint-disable-next-line no-control-regex -- what no one can read is left out
  return reason.replace(/[\u0000-\u001F\u007F]/g, " ");
}

function requestOf(text: string): IncreaseRequest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
  return JSON.parse(text) as IncreaseRequest;
}
