// The slice of a Postgres driver that is used, and which driver is which. No driver is imported for
// its types.

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

/** What every driver is used for. */
export interface PostgresConnection {
  query(text: string, values: string[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Returns what a driver is to the store. @throws {TypeError} when it is none. */
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

/** Whatever options it was made with, it answers with rows by the names of their columns. */
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
 * Runs a query with one column named `answer`, which is text: so no driver gets to decide what
 * becomes of large integers.
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

/** The query that a `Client` of pg is busy with, and those behind it. */
const busy = new WeakMap<PostgresConnection, Promise<unknown>>();

/** A `Client` of pg is one connection, and wants to be asked one thing at a time. */
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

/** The code by which Postgres tells what went wrong; undefined when it was something else. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, "code");
  // Bun has a code of its own for all that the server says, and that of Postgres besides.
  const told: unknown = code === "ERR_POSTGRES_SERVER_ERROR" ? Reflect.get(error, "errno") : code;
  return typeof told === "string" ? told : undefined;
}

/** The transaction would not have been as if alone: it may be tried again at once. */
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** Whether an error says that another transaction was in the way. */
function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? "");
}

/**
 * What does not get better by trying again: a password or role that is refused (28), a database
 * that does not exist (3D), a missing right (42501).
 */
const LASTING = /^(?:28...|3D000|42501)$/;

/** Returns whether an error stays until something changes at the server. */
export function isLasting(error: unknown): boolean {
  return LASTING.test(codeOf(error) ?? "");
}

/** No answer when another transaction was in the way. */
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
