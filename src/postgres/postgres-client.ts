// The slice of a Postgres driver that is used: a `Pool`, a `Client` and a `PoolClient` of pg fit,
// and PGlite. No driver is imported for its types.

/** What runs queries: a `Pool` or `Client` of pg, or a `PGlite`. */
export interface PostgresClient {
  query(text: string, values: string[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * Runs a query with one column named `answer`, which is text: so no driver gets to decide what
 * becomes of large integers.
 */
export async function answersOf(
  client: PostgresClient,
  text: string,
  values: readonly string[],
): Promise<readonly (string | null)[]> {
  const { rows } = await queryOf(client, text, [...values]);
  return rows.map((row) => {
    const answer: unknown = Reflect.get(Object(row), "answer");
    return typeof answer === "string" ? answer : null;
  });
}

/** The query that a `Client` of pg is busy with, and those behind it. */
const busy = new WeakMap<PostgresClient, Promise<unknown>>();

/** A `Client` of pg is one connection, and wants to be asked one thing at a time. */
async function queryOf(
  client: PostgresClient,
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
  return typeof code === "string" ? code : undefined;
}

/** The transaction would not have been as if alone: it may be tried again at once. */
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** Whether an error says that another transaction was in the way. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? "");
}

/**
 * What does not get better by trying again: a password or role that is refused (28), a database
 * that does not exist (3D), a missing right (42501).
 */
const LASTING = /^(?:28...|3D000|42501)$/;

/** Whether an error stays until something changes at the server. */
export function isLasting(error: unknown): boolean {
  return LASTING.test(codeOf(error) ?? "");
}
