// What commands read and change: an open store, or a server.

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
  RefusalEntry,
  RefusalsOptions,
  StoredPoolChange,
  StoredPoolOptions,
  StoredSnapshot,
  SumsOptions,
  Template,
  TemplateOptions,
} from "../../stores/index.ts";

/** A pool, as commands see it: `StoredBudgetPool` implements it. */
export interface PoolBooks {
  readonly path: string;
  snapshot(): Promise<StoredSnapshot>;
  ledger(options: LedgerOptions): Promise<readonly LedgerEntry[]>;
  changes(options: LedgerOptions): Promise<readonly LedgerEntry[]>;
  sums(options: SumsOptions): Promise<readonly LedgerSum[]>;
  holds(options: HoldsOptions): Promise<readonly OpenHold[]>;
  configure(change: StoredPoolChange): Promise<unknown>;
  freeze(account: AccountableChange): Promise<unknown>;
  thaw(account: AccountableChange): Promise<unknown>;
  reset(account: AccountableChange): Promise<unknown>;
  endHold(id: string, account: AccountableChange): Promise<unknown>;
  amend(id: string, actual: Amount, account: AccountableChange): Promise<unknown>;
}

/** A refusal; omits the figures of a pool that a server does not show. */
export type ShownRefusal = Omit<RefusalEntry, "pool" | "cap" | "used" | "reserved"> & {
  /** The pool that refused; null for one above the caller's subtree. */
  readonly pool: string | null;
  readonly cap?: number;
  readonly used?: number;
  readonly reserved?: number;
};

/** All pools: `BudgetStore` implements it. */
export interface AllBooks {
  /** Whether they are behind a server, where calls create pools. */
  readonly isRemote?: boolean;
  find(path: string): Promise<PoolBooks | undefined>;
  pools(): Promise<readonly StoredSnapshot[]>;
  page(options: PageOptions): Promise<PoolPage>;
  refusals(
    path: string | undefined,
    options: RefusalsOptions,
  ): Promise<{ readonly last: readonly ShownRefusal[]; readonly counts: readonly RefusalCount[] }>;
  /** Creates a pool, or throws if it exists with other settings. */
  pool(path: string, options: StoredPoolOptions): Promise<unknown>;
  delete(path: string, account: Accountable): Promise<unknown>;
  template(pattern: string, options: TemplateOptions | null): Promise<unknown>;
  templates(): Promise<readonly Template[]>;
}
