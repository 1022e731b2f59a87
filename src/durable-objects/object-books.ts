// What a Durable Object does: it keeps the books of one tree in its SQLite storage, and one object
// keeps the list of roots. Requests and answers are text, which RPC does not change.

import { applyCommands } from "../stores/books/apply.ts";
import type { Command } from "../stores/contract/command.ts";
import { StoreIncompatible } from "../stores/contract/errors.ts";
import { rootPath } from "../stores/contract/path.ts";
import { refusalsAmong } from "../stores/client/refusal-notes.ts";
import { countOfRefusal } from "../stores/contract/refusals.ts";
import type { RefusalsQuery } from "../stores/contract/refusals.ts";
import { toRow, textOf } from "../stores/sql/columns.ts";
import { entryOf } from "../stores/sql/entry-row.ts";
import type { SumsQuery } from "../stores/contract/ledger-sums.ts";
import type { HoldsQuery } from "../stores/contract/holds.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery } from "../stores/contract/store.ts";
import { SqliteSums } from "../sqlite/ledger-sums.ts";
import { holdsInSqlite, newestInSqlite } from "../sqlite/listings.ts";
import { forgetIn } from "../sqlite/forgetting.ts";
import {
  documentIn,
  documentsIn,
  prepareDocumentsIn,
  replaceDocumentIn,
} from "../sqlite/documents.ts";
import { addRefusalsIn, headsIn, keptRefusalsIn } from "../sqlite/refusals.ts";
import { KnownTrees } from "../sqlite/known-trees.ts";
import { migrateSqlite } from "../sqlite/schema.ts";
import { SqliteBooks } from "../sqlite/sqlite-books.ts";
import { setTemplateIn, templatesIn } from "../sqlite/templates.ts";
import { prepareStatements } from "../sqlite/statements.ts";
import type { Statements } from "../sqlite/statements.ts";
import { databaseOf } from "./object-database.ts";
import type { ObjectStorage } from "./object-database.ts";
import type { DocumentAsk } from "./object-documents.ts";
import { answeredValue } from "./answer.ts";
import type { Answer } from "./answer.ts";

/** How many entries are added to the sums at a time. */
const SUMMED_AT_ONCE = 50_000;

/** The books in the storage of one object. */
export class ObjectBooks {
  readonly #storage: ObjectStorage;
  readonly #known: KnownTrees = new KnownTrees();
  #statements: Statements | undefined;
  #sums: SqliteSums | undefined;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  /** Applies commands in one transaction, at `nowMs`; undefined is the time of the object. */
  execute(root: string, text: string, nowMs: number | undefined): string {
    return this.#answer((statements) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by object-store.ts
      const commands = JSON.parse(text) as Command[];
      this.#known.trim();
      const books = new SqliteBooks(statements, root, this.#known);
      const at = Math.floor(nowMs ?? Date.now());
      const outcomes = applyCommands(books, commands, at);
      books.write();
      // R18. Written at once, because an object has no time after its answer.
      const lines = refusalsAmong(commands, outcomes, () => at);
      if (lines.length > 0) {
        const batch = { at, lines, counts: lines.map((line) => countOfRefusal(line)) };
        addRefusalsIn(databaseOf(this.#storage), root, batch);
      }
      return outcomes;
    });
  }

  /** Returns the paths of all pools of the object. */
  paths(): string {
    return this.#answer(({ paths }) => paths.all().map((row) => textOf(toRow(row) ?? {}, "path")));
  }

  /** Returns ledger entries. */
  ledger({ path, after, sinceMs, limit, only }: LedgerQuery): string {
    return this.#answer(({ ledger, changes }) =>
      (only === undefined ? ledger : changes)
        .all(rootPath(path), after, sinceMs, path, path, path, limit)
        .map((row) => entryOf(toRow(row) ?? {})),
    );
  }

  /** Returns the journal of refusals. */
  refusals(query: RefusalsQuery): string {
    return this.#answer(() => [keptRefusalsIn(databaseOf(this.#storage), query)]);
  }

  /** Returns the last numbers of the tree. */
  heads(): string {
    return this.#answer(() => headsIn(databaseOf(this.#storage), "").heads);
  }

  /** Returns ledger entries, newest first. */
  newest(query: NewestQuery): string {
    return this.#answer(() => newestInSqlite(databaseOf(this.#storage), query));
  }

  /** Returns open reservations. */
  holds(query: HoldsQuery): string {
    return this.#answer(() => holdsInSqlite(databaseOf(this.#storage), query));
  }

  /** Returns sums of the ledger, after adding all entries to them. */
  async sums(query: SumsQuery): Promise<string> {
    const sums = this.#sumUp();
    return JSON.stringify({ value: await sums.sums(query) });
  }

  /** Deletes entries, after adding them to the sums. */
  forget(query: ForgetQuery): string {
    this.#sumUp();
    return this.#answer(() => {
      forgetIn(databaseOf(this.#storage), query);
      this.#known.forget();
      return [];
    });
  }

  /** Returns all templates. */
  templates(): string {
    return this.#answer(() => templatesIn(databaseOf(this.#storage)));
  }

  /** Stores a template under its pattern; undefined deletes it. */
  setTemplate(pattern: string, text: string | undefined): string {
    return this.#answer(() => {
      setTemplateIn(databaseOf(this.#storage), pattern, text);
      return [];
    });
  }

  /** Answers a request about documents. */
  documents(ask: DocumentAsk): string {
    return this.#answer(() => {
      const database = databaseOf(this.#storage);
      prepareDocumentsIn(database);
      if (ask.kind === "list") return documentsIn(database, ask.query);
      if (ask.kind === "read") return documentIn(database, ...ask.of);
      return [replaceDocumentIn(database, ...ask.of, ask.before, ask.text)];
    });
  }

  /** Adds all entries to the sums. */
  #sumUp(): SqliteSums {
    const sums = (this.#sums ??= new SqliteSums(databaseOf(this.#storage)));
    let isMore = true;
    while (isMore) {
      const answer = this.#answer(() => [sums.sumUp(SUMMED_AT_ONCE)]);
      const [more] = answeredValue<boolean>(answer);
      isMore = more === true;
    }
    return sums;
  }

  /** Returns the roots, in order, as text. */
  roots(): string {
    return this.#answer(() => {
      const { sql } = this.#storage;
      sql.exec("CREATE TABLE IF NOT EXISTS token_budget_roots (root TEXT PRIMARY KEY)");
      const rows = sql.exec("SELECT root FROM token_budget_roots ORDER BY root").toArray();
      return rows.map((row) => textOf(toRow(row) ?? {}, "root"));
    });
  }

  /** Adds a root, unless it is there. */
  addRoot(root: string): string {
    return this.#answer(() => {
      const { sql } = this.#storage;
      sql.exec("CREATE TABLE IF NOT EXISTS token_budget_roots (root TEXT PRIMARY KEY)");
      sql.exec("INSERT OR IGNORE INTO token_budget_roots VALUES (?)", root).toArray();
      return [];
    });
  }

  /** Returns the result of `work` in one transaction, or an error that retrying cannot fix. */
  #answer(work: (statements: Statements) => readonly unknown[]): string {
    let answer: Answer;
    try {
      const value = this.#storage.transactionSync(() => {
        this.#statements ??= this.#prepare();
        return work(this.#statements);
      });
      answer = { value };
    } catch (error) {
      this.#known.forget();
      this.#statements = undefined;
      if (error instanceof StoreIncompatible) answer = { incompatible: error.message };
      else if (error instanceof RangeError) answer = { outOfRange: error.message };
      else throw error;
    }
    return JSON.stringify(answer);
  }

  #prepare(): Statements {
    const database = databaseOf(this.#storage);
    migrateSqlite(database);
    return prepareStatements(database);
  }
}
