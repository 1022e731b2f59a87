// What commands read and change: a store that is open here, or one behind a server.

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

/** A pool, as commands see it: `StoredBudgetPool` is one. */
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

/** A refusal; how a pool stood that a server does not show is left out. */
export type ShownRefusal = Omit<RefusalEntry, "cap" | "used" | "reserved"> & {
  readonly cap?: number;
  readonly used?: number;
  readonly reserved?: number;
};

/** All pools: `BudgetStore` is one. */
export interface AllBooks {
  /** Whether they are behind a server, where calls make pools. */
  readonly isRemote?: boolean;
  find(path: string): Promise<PoolBooks | undefined>;
  pools(): Promise<readonly StoredSnapshot[]>;
  page(options: PageOptions): Promise<PoolPage>;
  refusals(
    path: string | undefined,
    options: RefusalsOptions,
  ): Promise<{ readonly last: readonly ShownRefusal[]; readonly counts: readonly RefusalCount[] }>;
  /** Makes a pool, or throws when it is there with other settings. */
  pool(path: string, options: StoredPoolOptions): Promise<unknown>;
  delete(path: string, account: Accountable): Promise<unknown>;
  template(pattern: string, options: TemplateOptions | null): Promise<unknown>;
  templates(): Promise<readonly Template[]>;
}
