// The books behind a gateway, as commands see them: read and changed over its admin API.

import type { Amount } from "../../core/amount.ts";
import type {
  Accountable,
  AccountableChange,
  HoldsOptions,
  LedgerEntry,
  LedgerOptions,
  LedgerSum,
  OpenHold,
  PageOptions,
  PoolPage,
  RefusalCount,
  RefusalsOptions,
  StoredPoolChange,
  StoredPoolOptions,
  StoredSnapshot,
  SumsOptions,
  Template,
  TemplateOptions,
} from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { AllBooks, PoolBooks, ShownRefusal } from "../store/books.ts";
import { ServerRefusal } from "./server-client.ts";
import type { ServerClient } from "./server-client.ts";

const PAGE_MAX = 1000;
const LIMIT_DEFAULT = 100;

/** A pool as the API shows it. */
type PoolAnswer = StoredSnapshot & { readonly binding?: unknown };

/** The books behind a gateway. */
export class ServerBooks implements AllBooks {
  readonly isRemote = true;
  readonly #client: ServerClient;

  constructor(client: ServerClient) {
    this.#client = client;
  }

  async find(path: string): Promise<PoolBooks | undefined> {
    const pool = new ServerPool(this.#client, path);
    return (await orMissing(pool.snapshot())) === undefined ? undefined : pool;
  }

  async pools(): Promise<readonly StoredSnapshot[]> {
    const all: StoredSnapshot[] = [];
    for (let after: string | undefined; ;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const { pools, next } = await this.page({ after, limit: PAGE_MAX });
      all.push(...pools);
      if (next === undefined) return all;
      after = next;
    }
  }

  async page({ below, by, after, limit }: PageOptions): Promise<PoolPage> {
    const query = { below, by, after, limit };
    const found = await orMissing(
      this.#client.read<{ pools: readonly PoolAnswer[]; next: string | null }>("/pools", query),
    );
    const { pools, next } = found ?? { pools: [], next: null };
    return { pools: pools.map(snapshotOf), next: next ?? undefined };
  }

  async refusals(
    pool: string | undefined,
    { limit, since }: RefusalsOptions,
  ): Promise<{ readonly last: readonly ShownRefusal[]; readonly counts: readonly RefusalCount[] }> {
    const query = { pool, limit, since: millisecondsOf(since) };
    const { refusals: last, counts } = await this.#client.read<{
      refusals: readonly ShownRefusal[];
      counts: readonly RefusalCount[];
    }>("/refusals", query);
    return { last, counts };
  }

  async pool(path: string, { caps, window, overage, timeZone }: StoredPoolOptions): Promise<void> {
    await this.#client.change("POST", "/pools", {
      path,
      window,
      overage,
      timeZone,
      ...(caps !== undefined && { caps: numbersOf(caps) }),
      reason: "made with a key",
    });
  }

  async delete(path: string, account: Accountable): Promise<void> {
    await this.#client.change("POST", `${placeOf(path)}/delete`, { reason: reasonOf(account) });
  }

  async template(pattern: string, options: TemplateOptions | null): Promise<void> {
    if (options === null) {
      await this.#client.change("POST", "/templates/delete", { pattern });
      return;
    }
    const { caps, actor: _ofTheKey, ...rest } = options;
    const body = { ...rest, ...(caps !== undefined && { caps: numbersOf(caps) }) };
    await this.#client.change("POST", "/templates", {
      pattern,
      ...body,
      reason: reasonOf(options),
    });
  }

  async templates(): Promise<readonly Template[]> {
    return (await this.#client.read<{ templates: readonly Template[] }>("/templates")).templates;
  }
}

/** A pool behind a gateway. */
class ServerPool implements PoolBooks {
  readonly #client: ServerClient;
  readonly path: string;

  constructor(client: ServerClient, path: string) {
    this.#client = client;
    this.path = path;
  }

  async snapshot(): Promise<StoredSnapshot> {
    return snapshotOf((await this.#client.read<{ pool: PoolAnswer }>(this.#place())).pool);
  }

  ledger(options: LedgerOptions): Promise<readonly LedgerEntry[]> {
    return this.#entries("/ledger", options);
  }

  changes(options: LedgerOptions): Promise<readonly LedgerEntry[]> {
    return this.#entries("/changes", options);
  }

  async sums({ by, since }: SumsOptions): Promise<readonly LedgerSum[]> {
    const query = { pool: this.path, by, since: millisecondsOf(since) };
    const { sums } = await this.#client.read<{
      sums: readonly { name: string | null; amount: LedgerSum["amount"]; entries: number }[];
    }>("/sums", query);
    return sums.map(({ name, amount, entries }) => ({
      name: name ?? undefined,
      amount,
      entries,
    }));
  }

  async holds({ after, limit }: HoldsOptions): Promise<readonly OpenHold[]> {
    const query = { pool: this.path, after, limit };
    return (await this.#client.read<{ holds: readonly OpenHold[] }>("/holds", query)).holds;
  }

  async configure(change: StoredPoolChange): Promise<void> {
    const { caps, by, until, actor: _ofTheKey, id: _ofTheRequest, ...rest } = change;
    await this.#change("configure", change, {
      ...rest,
      ...(caps !== undefined && { caps: numbersOf(caps) }),
      ...(by !== undefined && { by: numbersOf(by) }),
      ...(until !== undefined && { until: Number(until) }),
    });
  }

  freeze(account: AccountableChange): Promise<void> {
    return this.#change("freeze", account);
  }

  thaw(account: AccountableChange): Promise<void> {
    return this.#change("thaw", account);
  }

  reset(account: AccountableChange): Promise<void> {
    return this.#change("reset", account);
  }

  endHold(id: string, account: AccountableChange): Promise<void> {
    return this.#change(`holds/${encodeURIComponent(id)}/end`, account);
  }

  amend(id: string, actual: Amount, account: AccountableChange): Promise<void> {
    const body = { actual: numbersOf(actual) };
    return this.#change(`entries/${encodeURIComponent(id)}/amend`, account, body);
  }

  async #change(what: string, account: Accountable, body: object = {}): Promise<void> {
    const reason = reasonOf(account);
    await this.#client.change("POST", `${this.#place()}/${what}`, { ...body, reason });
  }

  #place(): string {
    return placeOf(this.path);
  }

  /** Returns entries, oldest first, over as many pages as needed. */
  async #entries(
    route: string,
    { since, after: first, limit = LIMIT_DEFAULT }: LedgerOptions,
  ): Promise<readonly LedgerEntry[]> {
    const found: LedgerEntry[] = [];
    const query = { pool: this.path, order: "oldest", since: millisecondsOf(since) };
    for (let after = String(first ?? 0); found.length < limit;) {
      const wanted = Math.min(PAGE_MAX, limit - found.length);
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const { entries, next } = await this.#client.read<{
        entries: readonly LedgerEntry[];
        next: string | null;
      }>(route, { ...query, after, limit: wanted });
      found.push(...entries);
      if (next === null) break;
      after = next;
    }
    return found;
  }
}

function placeOf(path: string): string {
  return `/pools/${encodeURIComponent(path)}`;
}

/** Returns a result, or undefined if the key may see no such pool. */
async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ServerRefusal && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function snapshotOf({ binding: _ofTheApi, ...snapshot }: PoolAnswer): StoredSnapshot {
  return snapshot;
}

function millisecondsOf(instant: number | Date | undefined): number | undefined {
  return instant === undefined ? undefined : Math.max(0, Math.ceil(Number(instant)));
}

/** Amounts as JSON: dollars may be text. */
function numbersOf(
  amounts: Readonly<Record<string, number | string | null | undefined>> | Amount,
): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(amounts).flatMap(([axis, amount]: [string, number | string | null]) =>
      amount === undefined ? [] : [[axis, amount === null ? null : Number(amount)] as const],
    ),
  );
}

/** @throws {UsageError} without a reason. */
function reasonOf({ reason }: Accountable): string {
  if (reason !== undefined) return reason;
  throw new UsageError('Missing reason: changes over a server say why; pass --reason "…"');
}
