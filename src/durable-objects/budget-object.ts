// The class that a Worker exports. Its base class belongs to the runtime (`cloudflare:workers`) and
// is a parameter, so that this package loads everywhere.

import type { SumsQuery } from "../stores/contract/ledger-sums.ts";
import type { RefusalsQuery } from "../stores/contract/refusals.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery } from "../stores/contract/store.ts";
import type { HoldsQuery } from "../stores/contract/holds.ts";
import type { DocumentAsk } from "./object-documents.ts";
import { ObjectBooks } from "./object-books.ts";
import type { ObjectStorage } from "./object-database.ts";

/** The RPC methods of a budget object. Only `durableObjectStore` calls it. */
export interface BudgetObject {
  /** @internal */
  budgetExecute(root: string, commands: string, nowMs: number | undefined): string;
  /** @internal */
  budgetPaths(): string;
  /** @internal */
  budgetLedger(query: LedgerQuery): string;
  /** @internal */
  budgetRefusals(query: RefusalsQuery): string;
  /** @internal */
  budgetHeads(): string;
  budgetNewest(query: NewestQuery): string;
  /** @internal */
  budgetHolds(query: HoldsQuery): string;
  /** @internal */
  budgetSums(query: SumsQuery): Promise<string>;
  /** @internal */
  budgetForget(query: ForgetQuery): string;
  /** @internal */
  budgetTemplates(): string;
  /** @internal */
  budgetSetTemplate(pattern: string, text: string | undefined): string;
  /** @internal */
  budgetDocuments(ask: DocumentAsk): string;
  /** @internal */
  budgetRoots(): string;
  /** @internal */
  budgetAddRoot(root: string): string;
}

interface ObjectContext {
  readonly storage: ObjectStorage;
}

/** The `DurableObject` of `cloudflare:workers`, or a class that extends it. */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever its context is
export type ObjectBase = abstract new (context: any, environment: any) => object;

/** A class of objects that keep budgets. */
export type BudgetObjectClass<Base extends ObjectBase> = new (
  context: ConstructorParameters<Base>[0],
  environment: ConstructorParameters<Base>[1],
) => InstanceType<Base> & BudgetObject;

/**
 * Returns a class of Durable Objects that keep budgets, one object for a root pool and all pools
 * below it. Its storage must be SQLite (`new_sqlite_classes`).
 *
 * @example
 * import { DurableObject } from "cloudflare:workers";
 * import { budgetObject } from "token-budget/durable-objects";
 *
 * export class Budgets extends budgetObject(DurableObject) {}
 */
// oxlint-disable-next-line max-lines-per-function -- a class of methods of one line
export function budgetObject<Base extends ObjectBase>(
  DurableObject: Base,
): BudgetObjectClass<Base> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a class that can be extended
  const Extended = DurableObject as unknown as new (
    context: ObjectContext,
    environment: unknown,
  ) => object;
  class Budgets extends Extended implements BudgetObject {
    readonly #books: ObjectBooks;

    constructor(context: ObjectContext, environment: unknown) {
      super(context, environment);
      this.#books = new ObjectBooks(context.storage);
    }

    budgetExecute(root: string, commands: string, nowMs: number | undefined): string {
      return this.#books.execute(root, commands, nowMs);
    }

    budgetPaths(): string {
      return this.#books.paths();
    }

    budgetLedger(query: LedgerQuery): string {
      return this.#books.ledger(query);
    }

    budgetRefusals(query: RefusalsQuery): string {
      return this.#books.refusals(query);
    }

    budgetHeads(): string {
      return this.#books.heads();
    }

    budgetNewest(query: NewestQuery): string {
      return this.#books.newest(query);
    }

    budgetHolds(query: HoldsQuery): string {
      return this.#books.holds(query);
    }

    budgetSums(query: SumsQuery): Promise<string> {
      return this.#books.sums(query);
    }

    budgetForget(query: ForgetQuery): string {
      return this.#books.forget(query);
    }

    budgetTemplates(): string {
      return this.#books.templates();
    }

    budgetSetTemplate(pattern: string, text: string | undefined): string {
      return this.#books.setTemplate(pattern, text);
    }

    budgetDocuments(ask: DocumentAsk): string {
      return this.#books.documents(ask);
    }

    budgetRoots(): string {
      return this.#books.roots();
    }

    budgetAddRoot(root: string): string {
      return this.#books.addRoot(root);
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it extends what was handed in
  return Budgets as unknown as BudgetObjectClass<Base>;
}
