// The documents of a database. Their table is created on first use and has no version, so programs
// of an earlier version can use the file at the same time.

import type {
  DocumentChange,
  DocumentsQuery,
  StoredDocument,
} from "../stores/contract/documents.ts";
import { textOf, toRow } from "../stores/sql/columns.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Creates the table unless it exists; within a transaction. */
export function prepareDocumentsIn(database: SqliteDatabase): void {
  database.exec(`CREATE TABLE IF NOT EXISTS token_budget_documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) WITHOUT ROWID`);
}

/** Returns the text of a document. */
export function documentIn(database: SqliteDatabase, kind: string, key: string): string[] {
  const row = toRow(
    database
      .prepare("SELECT text FROM token_budget_documents WHERE kind = ? AND key = ?")
      .get(kind, key),
  );
  return row === undefined ? [] : [textOf(row, "text")];
}

/** Returns a page of the documents of a kind. */
export function documentsIn(
  database: SqliteDatabase,
  { kind, after, limit }: DocumentsQuery,
): readonly StoredDocument[] {
  const rows = database
    .prepare(
      "SELECT key, text FROM token_budget_documents WHERE kind = ? AND key > ? ORDER BY key LIMIT ?",
    )
    .all(kind, after, limit);
  return rows.map((found) => {
    const row = toRow(found) ?? {};
    return { key: textOf(row, "key"), text: textOf(row, "text") };
  });
}

/** Writes a document if it is unchanged; within a transaction. */
export function replaceDocumentIn(
  database: SqliteDatabase,
  ...[kind, key, before, text]: DocumentChange
): boolean {
  const [there] = documentIn(database, kind, key);
  if (there !== before) return false;
  if (text === undefined)
    database
      .prepare("DELETE FROM token_budget_documents WHERE kind = ? AND key = ?")
      .run(kind, key);
  else
    database
      .prepare("INSERT OR REPLACE INTO token_budget_documents VALUES (?, ?, ?)")
      .run(kind, key, text);
  return true;
}
