// The templates of a database.

import { toRow, textOf } from "../stores/sql/columns.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Returns all templates. */
export function templatesIn(database: SqliteDatabase): readonly TemplateText[] {
  const rows = database.prepare("SELECT pattern, settings FROM token_budget_templates").all();
  return rows.map((found) => {
    const row = toRow(found) ?? {};
    return { pattern: textOf(row, "pattern"), text: textOf(row, "settings") };
  });
}

/** Writes a template, or deletes it; within a transaction. */
export function setTemplateIn(
  database: SqliteDatabase,
  pattern: string,
  text: string | undefined,
): void {
  if (text === undefined)
    database.prepare("DELETE FROM token_budget_templates WHERE pattern = ?").run(pattern);
  else
    database
      .prepare("INSERT OR REPLACE INTO token_budget_templates VALUES (?, ?)")
      .run(pattern, text);
}
