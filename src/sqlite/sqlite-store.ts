import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { oneOf, optional, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { systemClock } from "../pool/system-clock.ts";
import { applyCommands } from "../stores/books/apply.ts";
import { BudgetStore } from "../stores/client/budget-store.ts";
import { STORE_OPTIONS, TIMEOUT_MS_DEFAULT } from "../stores/client/store-options.ts";
import { readRetention } from "../stores/client/archive.ts";
import type { BudgetStoreOptions } from "../stores/client/store-options.ts";
import type { Command, Outcome } from "../stores/contract/command.ts";
import { StoreUnavailable } from "../stores/contract/errors.ts";
import type { TreeHeads } from "../stores/contract/events.ts";
import { firstSince } from "../stores/books/first-since.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { rootPath } from "../stores/contract/path.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import { numberOf, toRow, textOf } from "../stores/sql/columns.ts";
import { entryOf } from "../stores/sql/entry-row.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery, Store } from "../stores/contract/store.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import { SharedTrees } from "./known-trees.ts";
import { pathsAfter } from "./pool-pages.ts";
import { holdsInSqlite, newestInSqlite } from "./listings.ts";
import { DatabaseFile, FileGone, prepareFile } from "./database-file.ts";
import { SqliteSums } from "./ledger-sums.ts";
import { forgetIn } from "./forgetting.ts";
import { migrateSqlite } from "./schema.ts";
import { SqliteBooks } from "./sqlite-books.ts";
import { SqliteDocuments } from "./sqlite-documents.ts";
import { headsIn } from "./refusals.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { isBusy, openDatabase } from "./sqlite-database.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { setTemplateIn, templatesIn } from "./templates.ts";
import { prepareStatements } from "./statements.ts";
import type { Statements } from "./statements.ts";

/** The failures that a store survives without losing bookings. */
export type Durability = "power loss" | "process crash";

/** Options of `sqliteStore`. */
export interface SqliteStoreOptions extends BudgetStoreOptions {
  /**
   * How long ledger entries are kept, in milliseconds: 24 hours at least. A process deletes older
   * ones of a tree after every 10,000 of its own commands there; totals and changes stay.
   *
   * @default they are kept until you archive them
   */
  readonly retentionMs?: number | undefined;
  /**
   * The failures that a booking survives. `"power loss"` waits for the disk at every batch
   * (`synchronous = FULL`). `"process crash"` does not wait (`NORMAL`): a power loss may undo the
   * last bookings, and leaves the file intact.
   *
   * @default `"power loss"`
   */
  readonly durability?: Durability | undefined;
}

const SYNCHRONOUS: Readonly<Record<Durability, string>> = {
  "power loss": "FULL",
  "process crash": "NORMAL",
};
const SQLITE = {
  ...STORE_OPTIONS,
  retentionMs: optional(readRetention),
  durability: oneOf("power loss", "process crash"),
} satisfies TableFor<SqliteStoreOptions>;
const LOCK_MS_MAX = 1000;
/** How long opening waits for other processes that open or recover the file. */
const OPENING_MS = 15_000;
/** How long SQLite waits by itself while the file is opened. */
const BUSY_MS = 1000;
const OPENING_PAUSE_MS_MAX = 20;
/** After so many entries of its own, a connection updates the sums. */
const UNSUMMED_MAX = 4096;
/** How many entries one transaction adds to the sums: about 60 ms while other connections wait. */
const SUMMED_AT_ONCE = 50_000;
/** The longest pause between two attempts at the lock; it does not grow with the wait. */
const PAUSE_MS_MAX = 4;

/**
 * Keeps budgets in a SQLite file, for all processes of one machine.
 *
 * `database` is the path of a file, opened with the SQLite built into the runtime (Node.js from
 * 22.13 on, Bun, Deno), or your own connection: a `DatabaseSync` of `node:sqlite` or a `Database`
 * of better-sqlite3. The store switches it to WAL and to its own handling of locks, and never
 * closes it. Tables are made on the first use; their names begin with `token_budget_`. Files on
 * network drives do not lock reliably: use another store there.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` if the runtime has no built-in SQLite, or a
 * later version of this package has written the file.
 * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the file cannot be opened or is not a database.
 * @throws {TypeError | RangeError} if an option is invalid or the path is empty.
 *
 * @example
 * await using store = sqliteStore(":memory:"); // or the path of a file
 * const pool = await store.pool("acme/search", { caps: { usd: 5 } });
 * await pool.record({ usd: 1.25 });
 * (await pool.snapshot()).remaining.usd; // => 3.75
 */
export function sqliteStore(
  database: string | SqliteDatabase,
  options: SqliteStoreOptions = {},
): BudgetStore {
  const { durability, retentionMs, ...storeOptions } = readOptions(options, SQLITE);
  const isPath = typeof database === "string";
  if (isPath && database.trim() === "") {
    throw new RangeError(
      `Expected \`database\` to be the path of a file, got ${describe(database)}: SQLite would keep a separate budget for each process, and lose it at the end; use ":memory:" if you want that`,
    );
  }
  if (!isPath && typeof database?.prepare !== "function") {
    throw new TypeError(
      `Expected \`database\` to be the path of a file, or a database of node:sqlite or better-sqlite3, got ${describe(database)}`,
    );
  }
  const store = new SqliteStore(database, SYNCHRONOUS[durability], {
    ...storeOptions,
    retentionMs,
  });
  return new BudgetStore(store, storeOptions);
}

/** The store contract over one connection. */
export class SqliteStore implements Store {
  readonly batchesAtOnce: number = 1;
  readonly commandsAtOnce: number = 256;
  readonly retentionMs: number | undefined;
  readonly documents: SqliteDocuments;
  readonly journal: SqliteJournal;
  readonly #database: SqliteDatabase;
  readonly #isOwn: boolean;
  readonly #file: DatabaseFile | undefined;
  readonly #statements: Statements;
  readonly #sums: SqliteSums;
  readonly #known: SharedTrees;
  /** How many entries were written here since the sums were last updated. */
  #unsummed = 0;
  readonly #clock: Clock;
  /** How long to try for the lock before it is an error. */
  readonly #lockMs: number;

  constructor(
    database: string | SqliteDatabase,
    synchronous: string,
    options: BudgetStoreOptions & { readonly retentionMs?: number | undefined },
  ) {
    this.retentionMs = options.retentionMs;
    this.#clock = options.clock ?? systemClock;
    this.#lockMs = Math.min(LOCK_MS_MAX, (options.timeoutMs ?? TIMEOUT_MS_DEFAULT) / 2);
    this.#isOwn = typeof database === "string";
    try {
      this.#database = typeof database === "string" ? openDatabase(database) : database;
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      openedInTime(() => {
        prepareFile(this.#database, synchronous, this.#isOwn);
        migrateSqlite(this.#database);
      });
      this.#file = DatabaseFile.of(this.#database);
      this.#statements = prepareStatements(this.#database);
      this.#sums = new SqliteSums(this.#database);
      this.#known = SharedTrees.of(this.#database);
      const inTransaction = async <T extends object>(work: () => T): Promise<T> => {
        this.#checkFile("");
        const attempt = (): T | undefined => this.#inTransaction("", work);
        return attempt() ?? (await this.#retry(attempt));
      };
      this.documents = new SqliteDocuments(this.#database, inTransaction);
      this.journal = new SqliteJournal(this.#database, inTransaction);
      // SQLite's own waiting blocks the thread, and starves some connections.
      this.#database.exec("PRAGMA busy_timeout = 0");
    } catch (error) {
      throw unavailable(typeof database === "string" ? database : "", error);
    }
  }

  execute(
    root: string,
    commands: readonly Command[],
  ): readonly Outcome[] | Promise<readonly Outcome[]> {
    return this.#try(root, commands) ?? this.#retry(() => this.#try(root, commands));
  }

  async paths(): Promise<readonly string[]> {
    this.#checkFile("");
    return this.#statements.paths.all().map((row) => textOf(toRow(row) ?? {}, "path"));
  }

  async pathsAfter(query: PathsQuery): Promise<readonly PlacedPath[]> {
    this.#checkFile(query.below ?? "");
    return pathsAfter(this.#database, query);
  }

  async ledger({
    path,
    after,
    sinceMs,
    limit,
    only,
  }: LedgerQuery): Promise<readonly StoredEntry[]> {
    this.#checkFile(path);
    const { ledger, changes, lastEntry, entryAfter } = this.#statements;
    const values = [sinceMs, path, path, path, limit];
    if (only !== undefined)
      return changes.all(rootPath(path), after, ...values).map((row) => entryOf(toRow(row) ?? {}));
    const last = numberOf(toRow(lastEntry.get()) ?? {}, "seq");
    const from = await firstSince(sinceMs, { after, last }, (seq) => {
      const row = toRow(entryAfter.get(seq));
      return row && { seq: numberOf(row, "seq"), at: numberOf(row, "at") };
    });
    const rows = ledger.all(rootPath(path), from, ...values);
    return rows.map((row) => entryOf(toRow(row) ?? {}));
  }

  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    this.#checkFile(query.path);
    return newestInSqlite(this.#database, query);
  }

  async holds(query: HoldsQuery): Promise<readonly ListedHold[]> {
    this.#checkFile(query.path);
    return holdsInSqlite(this.#database, query);
  }

  async sums(query: SumsQuery): Promise<readonly ListedSum[]> {
    this.#checkFile(query.path);
    await this.#sumUp(query.path);
    return await this.#sums.sums(query);
  }

  async forget(query: ForgetQuery): Promise<void> {
    this.#checkFile(query.root);
    await this.#sumUp(query.root);
    const step = (): true | undefined =>
      this.#inTransaction(query.root, () => {
        forgetIn(this.#database, query);
        this.#known.forget();
        return true;
      });
    if (step() === undefined) await this.#retry(step);
  }

  /** Adds all entries to the sums. */
  async #sumUp(path: string): Promise<void> {
    const step = (): boolean | undefined =>
      this.#inTransaction(path, () => this.#sums.sumUp(SUMMED_AT_ONCE));
    let isMore = true;
    while (isMore) {
      // oxlint-disable-next-line no-await-in-loop -- others write between one step and the next
      isMore = step() ?? (await this.#retry(step));
    }
  }

  async heads(place: string): Promise<TreeHeads> {
    this.#checkFile("");
    return headsIn(this.#database, place);
  }

  async templates(): Promise<readonly TemplateText[]> {
    this.#checkFile("");
    return templatesIn(this.#database);
  }

  async setTemplate(pattern: string, text: string | undefined): Promise<void> {
    this.#checkFile(pattern);
    const set = (): true | undefined =>
      this.#inTransaction(pattern, () => {
        setTemplateIn(this.#database, pattern, text);
        return true;
      });
    if (set() === undefined) await this.#retry(set);
  }

  async close(): Promise<void> {
    if (this.#isOwn) this.#database.close();
  }

  #checkFile(path: string): void {
    try {
      this.#file?.check();
    } catch (error) {
      throw unavailable(path, error);
    }
  }

  /** Runs one transaction; returns undefined while another connection is writing. */
  #try(root: string, commands: readonly Command[]): readonly Outcome[] | undefined {
    const nowMs = readClock(this.#clock);
    return this.#inTransaction(root, () => {
      this.#known.refresh();
      const books = new SqliteBooks(this.#statements, root, this.#known);
      const outcomes = applyCommands(books, commands, Math.floor(nowMs));
      books.write();
      this.#unsummed += books.entryCount;
      if (this.#unsummed >= UNSUMMED_MAX) {
        this.#unsummed = 0;
        this.#sums.sumUp(2 * UNSUMMED_MAX);
      }
      return outcomes;
    });
  }

  /**
   * Returns the result of `work` in a transaction; undefined while another connection is writing.
   */
  #inTransaction<T>(root: string, work: () => T): T | undefined {
    const { begin, commit } = this.#statements;
    try {
      begin.run();
    } catch (error) {
      if (isBusy(error)) return undefined;
      // A previous transaction that could not be undone is still open.
      this.#takeBack();
      throw unavailable(root, error);
    }
    try {
      const answer = work();
      commit.run();
      // Throws if the file was replaced: no other process would see the bookings.
      this.#file?.check();
      return answer;
    } catch (error) {
      this.#known.forget();
      this.#takeBack();
      if (isBusy(error)) return undefined;
      throw unavailable(root, error);
    }
  }

  #takeBack(): void {
    try {
      this.#statements.abandon.run();
    } catch {
      // A full disk has rolled the transaction back already.
    }
  }

  /** Retries after short random pauses, which leave the event loop free. */
  async #retry<T>(attempt: () => T | undefined): Promise<T> {
    const endsAt = performance.now() + this.#lockMs;
    while (performance.now() < endsAt) {
      // oxlint-disable-next-line no-await-in-loop -- the next try comes after the pause
      await pause(Math.random() * PAUSE_MS_MAX);
      const answer = attempt();
      if (answer !== undefined) return answer;
    }
    throw new Error("another connection holds the lock of the database");
  }
}

/** Opens a file, and retries while SQLite reports at once, without waiting, that it is busy. */
function openedInTime(open: () => void): void {
  let endsAt: number | undefined;
  for (;;) {
    try {
      open();
      return;
    } catch (error) {
      // Read lazily: most files are free, and some runtimes load their clock on first use.
      endsAt ??= performance.now() + OPENING_MS;
      if (!isBusy(error) || performance.now() >= endsAt) throw error;
      const pauseMs = 1 + Math.random() * OPENING_PAUSE_MS_MAX;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

/** Waits; a pause below one millisecond only yields to the event loop. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms < 1) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}

/** Converts errors of SQLite to `StoreUnavailable`; another error is returned as it is. */
function unavailable(root: string, error: unknown): unknown {
  if (error instanceof FileGone) return new StoreUnavailable(root, 0, error);
  if (error instanceof Error && "code" in error && !(error instanceof StoreUnavailable)) {
    const code: unknown = error.code;
    if (typeof code === "string" && code.includes("SQLITE"))
      return new StoreUnavailable(root, 0, error);
  }
  return error;
}
