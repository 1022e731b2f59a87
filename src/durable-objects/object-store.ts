// The store over a namespace of budget objects: one object for each root pool, found by its name,
// and one more with all roots.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { BudgetStore } from "../stores/client/budget-store.ts";
import type { BudgetStoreOptions } from "../stores/client/store-options.ts";
import type { Command, Outcome } from "../stores/contract/command.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { rootPath } from "../stores/contract/path.ts";
import type { TreeHead, TreeHeads } from "../stores/contract/events.ts";
import type { RefusalJournal, RefusalsKept, RefusalsQuery } from "../stores/contract/refusals.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery, Store } from "../stores/contract/store.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import { ObjectDocuments } from "./object-documents.ts";
import type { DocumentAsk } from "./object-documents.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import { answeredValue } from "./answer.ts";

type Answering<Arguments extends unknown[]> = (...values: Arguments) => PromiseLike<string>;

/** A stub of a budget object. */
export interface BudgetObjectStub {
  /** @internal */
  readonly budgetExecute: Answering<[root: string, commands: string, nowMs: number | undefined]>;
  /** @internal */
  readonly budgetPaths: Answering<[]>;
  /** @internal */
  readonly budgetLedger: Answering<[query: LedgerQuery]>;
  /** @internal */
  readonly budgetRefusals: Answering<[query: RefusalsQuery]>;
  /** @internal */
  readonly budgetHeads: Answering<[]>;
  readonly budgetNewest: Answering<[query: NewestQuery]>;
  /** @internal */
  readonly budgetHolds: Answering<[query: HoldsQuery]>;
  /** @internal */
  readonly budgetSums: Answering<[query: SumsQuery]>;
  /** @internal */
  readonly budgetForget: Answering<[query: ForgetQuery]>;
  /** @internal */
  readonly budgetTemplates: Answering<[]>;
  /** @internal */
  readonly budgetSetTemplate: Answering<[pattern: string, text: string | undefined]>;
  /** @internal */
  readonly budgetDocuments: Answering<[ask: DocumentAsk]>;
  /** @internal */
  readonly budgetRoots: Answering<[]>;
  /** @internal */
  readonly budgetAddRoot: Answering<[root: string]>;
}

/** The binding of a class that `budgetObject` made, such as `env.BUDGETS`. */
export interface BudgetObjectNamespace {
  idFromName(name: string): object;
  get(id: object): BudgetObjectStub;
}

/** The object with all roots: no pool has this name, because names contain no "/". */
const DIRECTORY = "/roots";

/**
 * Keeps budgets in Durable Objects, for all Workers that have the binding. Each root pool is an
 * object of its own, wherever it was first used; its SQLite storage is the ledger. There are no
 * notifications, so waiters poll every `pollMs`.
 *
 * @throws {TypeError | RangeError} if the binding or an option is invalid.
 *
 * @example
 * const store = durableObjectStore(env.BUDGETS);
 * const pool = await store.pool("acme", { caps: { usd: 10 } });
 */
export function durableObjectStore(
  namespace: BudgetObjectNamespace,
  options: BudgetStoreOptions = {},
): BudgetStore {
  if (typeof namespace?.idFromName !== "function" || typeof namespace.get !== "function") {
    throw new TypeError(
      `Expected \`namespace\` to be the binding of a Durable Object class, such as env.BUDGETS, got ${describe(namespace)}`,
    );
  }
  return new BudgetStore(new ObjectStore(namespace, options.clock), options);
}

class ObjectStore implements Store {
  readonly batchesAtOnce = 1;
  readonly commandsAtOnce = 256;
  readonly documents: ObjectDocuments = new ObjectDocuments((ask) =>
    this.#object(DIRECTORY).budgetDocuments(ask),
  );
  readonly journal: RefusalJournal = {
    read: async (query: RefusalsQuery) => {
      const [kept] = answeredValue<RefusalsKept>(
        await this.#object(query.root).budgetRefusals(query),
      );
      return kept ?? { lines: [], counts: [] };
    },
  };
  readonly #namespace: BudgetObjectNamespace;
  readonly #clock: Clock | undefined;
  /** The roots that this process has added to the directory. */
  readonly #added = new Set<string>();

  constructor(namespace: BudgetObjectNamespace, clock: Clock | undefined) {
    this.#namespace = namespace;
    this.#clock = clock;
  }

  async execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    const nowMs = this.#clock && readClock(this.#clock);
    // Added before the pool is created: a listed root without a pool is harmless, but an unlisted
    // pool would never be found.
    if (
      !this.#added.has(root) &&
      commands.some((each) => each.kind === "open" && each.ifThere !== true)
    ) {
      answeredValue(await this.#object(DIRECTORY).budgetAddRoot(root));
      this.#added.add(root);
    }
    const text = JSON.stringify(commands);
    return answeredValue<Outcome>(await this.#object(root).budgetExecute(root, text, nowMs));
  }

  async paths(): Promise<readonly string[]> {
    const roots = answeredValue<string>(await this.#object(DIRECTORY).budgetRoots());
    const paths = roots.map(async (root) =>
      answeredValue<string>(await this.#object(root).budgetPaths()),
    );
    return (await Promise.all(paths)).flat();
  }

  async ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> {
    return answeredValue<StoredEntry>(await this.#object(rootPath(query.path)).budgetLedger(query));
  }

  async heads(place: string): Promise<TreeHeads> {
    const roots = answeredValue<string>(await this.#object(DIRECTORY).budgetRoots());
    const heads = roots.map(async (root) =>
      answeredValue<TreeHead>(await this.#object(root).budgetHeads()),
    );
    return { heads: (await Promise.all(heads)).flat(), place };
  }

  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    return answeredValue<StoredEntry>(await this.#object(rootPath(query.path)).budgetNewest(query));
  }

  async holds(query: HoldsQuery): Promise<readonly ListedHold[]> {
    return answeredValue<ListedHold>(await this.#object(rootPath(query.path)).budgetHolds(query));
  }

  async sums(query: SumsQuery): Promise<readonly ListedSum[]> {
    return answeredValue<ListedSum>(await this.#object(rootPath(query.path)).budgetSums(query));
  }

  async forget(query: ForgetQuery): Promise<void> {
    answeredValue(await this.#object(query.root).budgetForget(query));
  }

  async templates(): Promise<readonly TemplateText[]> {
    return answeredValue<TemplateText>(await this.#object(DIRECTORY).budgetTemplates());
  }

  async setTemplate(pattern: string, text: string | undefined): Promise<void> {
    answeredValue(await this.#object(DIRECTORY).budgetSetTemplate(pattern, text));
  }

  async close(): Promise<void> {
    // There is nothing to close.
  }

  /** A new stub each time: a failed one may stay broken. */
  #object(name: string): BudgetObjectStub {
    return this.#namespace.get(this.#namespace.idFromName(name));
  }
}
