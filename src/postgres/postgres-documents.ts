// The documents of a schema. Their table is created on first use and has no version, so programs of
// an earlier version can use the schema at the same time.

import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../stores/contract/documents.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** The key of the advisory lock for creating the table: "docubudg" in ASCII. */
const LOCK = "7237123447282756711";

/** Runs a query once the other tables exist. */
type Ask = <T>(run: () => Promise<T>) => Promise<T>;

/** The documents of one schema. */
export class PostgresDocuments implements Documents {
  readonly #client: PostgresConnection;
  readonly #table: string;
  readonly #ask: Ask;
  #ready: Promise<void> | undefined;

  /** @param schema The name of the schema, quoted. */
  constructor(client: PostgresConnection, schema: string, ask: Ask) {
    this.#client = client;
    this.#table = `${schema}.documents`;
    this.#ask = ask;
  }

  async read(kind: string, key: string): Promise<string | undefined> {
    const text = `SELECT text AS answer FROM ${this.#table} WHERE kind = $1 AND key = $2`;
    const [answer] = await this.#answers(text, [kind, key]);
    return answer ?? undefined;
  }

  async list({ kind, after, limit }: DocumentsQuery): Promise<readonly StoredDocument[]> {
    const text = `SELECT row_to_json(each)::text AS answer
      FROM (SELECT key, text FROM ${this.#table} WHERE kind = $1 AND key > $2
        ORDER BY key LIMIT $3::bigint) each`;
    const answers = await this.#answers(text, [kind, after, String(limit)]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of our query
    return answers.map((answer) => JSON.parse(answer ?? "{}") as StoredDocument);
  }

  async replace(...[kind, key, before, text]: DocumentChange): Promise<boolean> {
    const place = "kind = $1 AND key = $2";
    const returning = "RETURNING key AS answer";
    const table = this.#table;
    if (before === undefined && text === undefined)
      return (await this.read(kind, key)) === undefined;
    if (before === undefined) {
      const insert = `INSERT INTO ${table} VALUES ($1, $2, $3) ON CONFLICT DO NOTHING ${returning}`;
      return (await this.#answers(insert, [kind, key, text ?? ""])).length > 0;
    }
    const statement =
      text === undefined
        ? `DELETE FROM ${table} WHERE ${place} AND text = $3 ${returning}`
        : `UPDATE ${table} SET text = $4 WHERE ${place} AND text = $3 ${returning}`;
    const values = [kind, key, before, ...(text === undefined ? [] : [text])];
    return (await this.#answers(statement, values)).length > 0;
  }

  async #answers(text: string, values: readonly string[]): Promise<readonly (string | null)[]> {
    return await this.#ask(async () => {
      try {
        await (this.#ready ??= this.#prepare());
      } catch (error) {
        this.#ready = undefined;
        throw error;
      }
      return await answersOf(this.#client, text, values);
    });
  }

  async #prepare(): Promise<void> {
    const [there] = await answersOf(this.#client, "SELECT to_regclass($1)::text AS answer", [
      this.#table,
    ]);
    if (there !== null) return;
    await answersOf(
      this.#client,
      `DO $documents$
BEGIN
  PERFORM pg_advisory_xact_lock(${LOCK});
  CREATE TABLE IF NOT EXISTS ${this.#table} (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (kind, key)
  );
END
$documents$`,
      [],
    );
  }
}
