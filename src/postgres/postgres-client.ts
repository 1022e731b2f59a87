// The part of a Postgres driver that is used, and the detection of drivers. No driver is imported
// for its types.

import { describe } from "../core/describe.ts";

/** Runs queries: a `Pool` or `Client` of pg, or a `PGlite`. */
export interface PgClient {
  query(text: string, values: string[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * The client that `neon(connectionString)` of `@neondatabase/serverless` creates: Postgres over
 * HTTP.
 */
export interface NeonClient {
  (strings: TemplateStringsArray, ...values: unknown[]): unknown;
  query(text: string, values: string[]): PromiseLike<unknown>;
}

/** The client that `postgres(…)` of postgres.js creates, and `sql` or `new SQL(…)` of Bun. */
export interface UnsafeSqlClient {
  unsafe(text: string, values: string[]): PromiseLike<readonly unknown[]>;
}

/** A driver of Postgres. */
export type PostgresClient = PgClient | NeonClient | UnsafeSqlClient;

/** The common interface of the drivers. */
export interface PostgresConnection {
  query(text: string, values: string[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * Returns a driver in its common form.
 * @throws {TypeError} if it is not a supported driver.
 */
export function postgresConnection(client: PostgresClient): PostgresConnection {
  if (isNeon(client)) return { query: (text, values) => askNeon(client, text, values) };
  if (isPg(client)) return client;
  if (isUnsafeSql(client)) {
    return { query: async (text, values) => ({ rows: await client.unsafe(text, values) }) };
  }
  throw new TypeError(
    `Expected \`client\` to be a Pool or Client of pg, a PGlite, or the \`sql\` of Neon, postgres.js or Bun, got ${describe(client)}`,
  );
}

/** Whatever its options, it returns rows by the names of their columns. */
const NEON_OPTIONS = { arrayMode: false, fullResults: true };

async function askNeon(
  client: NeonClient,
  text: string,
  values: string[],
): Promise<{ readonly rows: readonly unknown[] }> {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its client
  const answer: unknown = await Reflect.apply(client.query, client, [text, values, NEON_OPTIONS]);
  const rows: unknown = Reflect.get(Object(answer), "rows");
  return { rows: Array.isArray(rows) ? rows : [] };
}

function isNeon(client: PostgresClient): client is NeonClient {
  return typeof client === "function" && hasFunction(client, "query");
}

function isPg(client: PostgresClient): client is PgClient {
  return typeof client === "object" && hasFunction(client, "query");
}

function isUnsafeSql(client: PostgresClient): client is UnsafeSqlClient {
  return hasFunction(client, "unsafe");
}

function hasFunction(client: PostgresClient, name: string): boolean {
  return (
    (typeof client === "object" || typeof client === "function") &&
    client !== null &&
    typeof Reflect.get(client, name) === "function"
  );
}

/**
 * Runs a query with one text column named `answer`, so that no driver decides how to parse large
 * integers.
 */
export async function answersOf(
  connection: PostgresConnection,
  text: string,
  values: readonly string[],
): Promise<readonly (string | null)[]> {
  const { rows } = await queryOf(connection, text, [...values]);
  return rows.map((row) => {
    const answer: unknown = Reflect.get(Object(row), "answer");
    return typeof answer === "string" ? answer : null;
  });
}

/** The current query of a `Client` of pg, and those behind it. */
const busy = new WeakMap<PostgresConnection, Promise<unknown>>();

/** A `Client` of pg is one connection, and takes one query at a time. */
async function queryOf(
  client: PostgresConnection,
  text: string,
  values: string[],
): Promise<{ readonly rows: readonly unknown[] }> {
  if (!("connectionParameters" in client)) return await client.query(text, values);
  const before = busy.get(client) ?? Promise.resolve();
  const result = before.then(() => client.query(text, values));
  busy.set(
    client,
    result.catch(() => undefined),
  );
  return await result;
}

/** Returns Postgres's code of an error; undefined for other errors. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, "code");
  // Bun has its own code for all server errors, and that of Postgres in another field.
  const found: unknown = code === "ERR_POSTGRES_SERVER_ERROR" ? Reflect.get(error, "errno") : code;
  return typeof found === "string" ? found : undefined;
}

/** The transaction would not have been serializable: it can be retried at once. */
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** Whether an error says that another transaction was in the way. */
function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? "");
}

/**
 * Errors that retrying cannot fix: a rejected password or role (28), a missing database (3D), a
 * missing right (42501).
 */
const LASTING = /^(?:28...|3D000|42501)$/;

/** Returns whether an error is permanent until something changes on the server. */
export function isLasting(error: unknown): boolean {
  return LASTING.test(codeOf(error) ?? "");
}

/** Returns undefined if another transaction was in the way. */
export async function unlessInTheWay(
  answers: Promise<readonly (string | null)[]>,
): Promise<readonly (string | null)[]> {
  try {
    return await answers;
  } catch (error) {
    if (isConflict(error)) return [];
    throw error;
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
