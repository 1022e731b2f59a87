import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { optional, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { BudgetStore } from "../stores/client/budget-store.ts";
import { STORE_OPTIONS, TIMEOUT_MS_DEFAULT } from "../stores/client/store-options.ts";
import { readRetention } from "../stores/client/archive.ts";
import type { BudgetStoreOptions } from "../stores/client/store-options.ts";
import type { Command, Outcome } from "../stores/contract/command.ts";
import type { TreeHeads } from "../stores/contract/events.ts";
import { StoreUnavailable } from "../stores/contract/errors.ts";
import { CHANGES_IN_SQL, CHANGES_KEPT } from "../stores/contract/ledger.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { rootPath } from "../stores/contract/path.ts";
import { readDearPlace } from "../stores/contract/pool-page.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery, Store } from "../stores/contract/store.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import { Unsummed } from "../stores/books/unsummed.ts";
import { holdsInPostgres, ledgerInPostgres, newestInPostgres } from "./listings.ts";
import { PostgresSums } from "./ledger-sums.ts";
import { PostgresBatches } from "./batches.ts";
import { answersOf, isLasting, postgresConnection } from "./postgres-client.ts";
import type { PostgresClient, PostgresConnection } from "./postgres-client.ts";
import { requestOf } from "./request.ts";
import { PostgresDocuments } from "./postgres-documents.ts";
import { PostgresJournal } from "./postgres-journal.ts";
import { migratePostgres } from "./schema.ts";

/** Options of `postgresStore`. */
export interface PostgresStoreOptions extends BudgetStoreOptions {
  /**
   * How long ledger entries are kept, in milliseconds: 24 hours at least. A process deletes older
   * ones of a tree after every 10,000 of its own commands there; totals and changes stay.
   *
   * @default they are kept until you archive them
   */
  readonly retentionMs?: number | undefined;
  /**
   * The schema of the tables: lower-case letters, digits and `_`. It is created on first use.
   *
   * @default `"token_budget"`
   */
  readonly schema?: string | undefined;
}

const SCHEMA_DEFAULT = "token_budget";
const SCHEMA_NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/;
const POSTGRES = {
  ...STORE_OPTIONS,
  schema: readSchema,
  retentionMs: optional(readRetention),
} satisfies TableFor<PostgresStoreOptions>;

/**
 * Keeps budgets in a Postgres database (14 or later), for all processes on all hosts that reach it.
 *
 * `client` is a `Pool` or a `Client` of pg, a `PGlite`, a client from `neon(…)` of
 * `@neondatabase/serverless` or `postgres(…)` of postgres.js, or Bun's `sql`. The store never
 * closes it; do not pass one that is inside a transaction of yours. It may connect through a pooler
 * in transaction mode, because nothing is kept in the session.
 *
 * A batch is one query if it fits, even while other processes write to the tree; otherwise, if they
 * have written, it is one query that reads, and one that writes unless the tree has changed since.
 * No lock is held in between.
 * The server's clock is used. The tables are created on first use, unless an administrator has
 * created them. Bookings are as durable as the server's commits (`synchronous_commit`).
 *
 * A `Pool` emits `"error"` when an idle connection breaks, which ends the process unless there is a
 * listener: `pool.on("error", () => undefined)`.
 *
 * @throws {TypeError | RangeError} if the client or an option is invalid.
 *
 * @example
 * const client = new pg.Pool();
 * client.on("error", () => undefined);
 * const store = postgresStore(client, { schema: "my_budgets" });
 */
export function postgresStore(
  client: PostgresClient,
  options: PostgresStoreOptions = {},
): BudgetStore {
  const { schema, retentionMs, ...storeOptions } = readOptions(options, POSTGRES);
  return new BudgetStore(
    new PostgresStore(client, schema, { ...storeOptions, retentionMs }),
    storeOptions,
  );
}

function readSchema(schema: string = SCHEMA_DEFAULT): string {
  if (typeof schema === "string" && SCHEMA_NAME.test(schema)) return schema;
  throw new RangeError(
    `Expected \`schema\` to be lower-case letters, digits and "_", not beginning with a digit or "pg_", got ${describe(schema)}`,
  );
}

/** The store contract over one database. */
export class PostgresStore implements Store {
  readonly batchesAtOnce: number = 1;
  readonly commandsAtOnce: number = 512;
  readonly retentionMs: number | undefined;
  readonly documents: PostgresDocuments;
  readonly journal: PostgresJournal;
  readonly #client: PostgresConnection;
  readonly #schemaName: string;
  /** The name of the schema, quoted. */
  readonly #schema: string;
  readonly #clock: Clock | undefined;
  readonly #sums: PostgresSums;
  readonly #batches: PostgresBatches;
  readonly #unsummed = new Unsummed((root) => this.#sums.sumUp(root));
  #ready: Promise<void> | undefined;

  constructor(client: PostgresClient, schema: string, options: PostgresStoreOptions) {
    const { clock, timeoutMs = TIMEOUT_MS_DEFAULT } = options;
    this.retentionMs = options.retentionMs;
    this.#client = postgresConnection(client);
    this.#schemaName = schema;
    this.#schema = `"${schema}"`;
    this.#batches = new PostgresBatches(this.#client, this.#schema, timeoutMs);
    this.#sums = new PostgresSums(this.#client, this.#schema);
    this.documents = new PostgresDocuments(this.#client, this.#schema, (run) => this.#ask("", run));
    this.journal = new PostgresJournal(this.#client, this.#schema, (run) => this.#ask("", run));
    this.#clock = clock;
  }

  async execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    const nowMs = this.#clock && Math.floor(readClock(this.#clock));
    const request = requestOf(commands, nowMs);
    const answer = await this.#ask(root, () => this.#batches.execute(root, commands, request));
    this.#unsummed.count(root, commands.length);
    return answer;
  }

  async paths(): Promise<readonly string[]> {
    return await this.#ask("", async () => {
      const text = `SELECT path AS answer FROM ${this.#schema}.pools ORDER BY path`;
      const answers = await answersOf(this.#client, text, []);
      return answers.filter((answer) => answer !== null);
    });
  }

  async pathsAfter({ below, by, after, limit }: PathsQuery): Promise<readonly PlacedPath[]> {
    const isByPath = by === "path";
    const last =
      isByPath || after === undefined ? { rank: 1e9, path: after ?? "" } : readDearPlace(after);
    return await this.#ask(below ?? "", async () => {
      const from = isByPath
        ? "path > $1::text AND $2::bigint > 0"
        : "(coalesce(rank, 0) < $2::bigint OR (coalesce(rank, 0) = $2::bigint AND path > $1::text))";
      const text = `SELECT coalesce(rank, 0) || ' ' || path AS answer FROM ${this.#schema}.pools
        WHERE ${from} AND ($3::text = ''
          OR path = $3::text OR (path > $3::text || '/' AND path < $3::text || '0'))
        ORDER BY ${isByPath ? "path" : "coalesce(rank, 0) DESC, path"} LIMIT $4::bigint`;
      const values = [last.path, String(last.rank), below ?? "", String(limit)];
      const places = await answersOf(this.#client, text, values);
      return places.map((place) => {
        const { path } = readDearPlace(place ?? "");
        return { path, place: isByPath ? path : (place ?? "") };
      });
    });
  }

  async ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> {
    const { path, after, sinceMs, only } = query;
    return await this.#ask(path, async () => {
      const isFar = sinceMs > 0 && only === undefined;
      const from = isFar ? await this.#firstSince(rootPath(path), sinceMs, after) : after;
      return await ledgerInPostgres(this.#client, this.#schema, { ...query, after: from });
    });
  }

  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    return await this.#ask(query.path, () => newestInPostgres(this.#client, this.#schema, query));
  }

  async holds(query: HoldsQuery): Promise<readonly ListedHold[]> {
    return await this.#ask(query.path, () => holdsInPostgres(this.#client, this.#schema, query));
  }

  async sums(query: SumsQuery): Promise<readonly ListedSum[]> {
    return await this.#ask(query.path, () => this.#sums.sums(query));
  }

  async forget({ root, after, through, beforeMs }: ForgetQuery): Promise<void> {
    const ledger = `${this.#schema}.ledger`;
    const text = `WITH settled AS (
        DELETE FROM ${ledger} WHERE root = $1 AND seq > $2::bigint AND seq <= $3::bigint
          AND kind NOT IN (${CHANGES_IN_SQL})),
      changes AS (
        DELETE FROM ${ledger} WHERE root = $1 AND kind IN (${CHANGES_IN_SQL}) AND seq <= (
          SELECT seq FROM ${ledger} WHERE root = $1 AND kind IN (${CHANGES_IN_SQL})
          ORDER BY seq DESC LIMIT 1 OFFSET ${CHANGES_KEPT})),
      begun AS (
        UPDATE ${ledger} SET gone = greatest(gone, $3::bigint - (seq - packed)) WHERE root = $1
          AND seq = (SELECT seq FROM ${ledger} WHERE root = $1 AND seq > $3::bigint
            ORDER BY seq LIMIT 1) AND seq - packed < $3::bigint),
      ended AS (
        DELETE FROM ${this.#schema}.reservations
        WHERE root = $1 AND expired AND expires_at < $4::bigint)
      SELECT 'done' AS answer`;
    await this.#ask(root, async () => {
      await this.#sums.sumUp(root);
      await answersOf(this.#client, text, [root, ...[after, through, beforeMs].map(String)]);
    });
  }

  heads(place: string): Promise<TreeHeads> {
    return this.journal.heads(place);
  }

  async templates(): Promise<readonly TemplateText[]> {
    const text = `SELECT row_to_json(each)::text AS answer
      FROM (SELECT pattern, settings AS text FROM ${this.#schema}.templates) each`;
    const answers = await this.#ask("", () => answersOf(this.#client, text, []));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of our query
    return answers.map((answer) => JSON.parse(answer ?? "{}") as TemplateText);
  }

  async setTemplate(pattern: string, text: string | undefined): Promise<void> {
    const table = `${this.#schema}.templates`;
    const statement =
      text === undefined
        ? `DELETE FROM ${table} WHERE pattern = $1`
        : `INSERT INTO ${table} VALUES ($1, $2)
          ON CONFLICT (pattern) DO UPDATE SET settings = EXCLUDED.settings`;
    const values = text === undefined ? [pattern] : [pattern, text];
    await this.#ask(pattern, () =>
      answersOf(this.#client, `${statement} RETURNING pattern AS answer`, values),
    );
  }

  async close(): Promise<void> {
    // There is nothing to close.
  }

  /** A number below that of all entries since a time. */
  async #firstSince(root: string, sinceMs: number, after: number): Promise<number> {
    const lines = `SELECT lines::text AS answer FROM ${this.#schema}.trees WHERE root = $1`;
    const [last] = await answersOf(this.#client, lines, [root]);
    return await this.#sums.firstSince(root, sinceMs, { after, last: Number(last ?? 0) });
  }

  /** Runs a query once the tables exist. */
  async #ask<T>(path: string, run: () => Promise<T>): Promise<T> {
    try {
      await (this.#ready ??= migratePostgres(this.#client, this.#schemaName));
    } catch (error) {
      this.#ready = undefined;
      throw isLasting(error) ? new StoreUnavailable(path, 0, error) : error;
    }
    try {
      return await run();
    } catch (error) {
      throw isLasting(error) ? new StoreUnavailable(path, 0, error) : error;
    }
  }
}
