// Deletes old ledger entries from a database (R16), after they were added to the sums.

import { CHANGES_IN_SQL, CHANGES_KEPT } from "../stores/contract/ledger.ts";
import type { ForgetQuery } from "../stores/contract/store.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Deletes settled entries, and all but the last changes; within a transaction. */
export function forgetIn(
  database: SqliteDatabase,
  { root, after, through, beforeMs }: ForgetQuery,
): void {
  database
    .prepare(
      `DELETE FROM token_budget_ledger NOT INDEXED
        WHERE seq > ? AND seq <= ? AND root = ? AND kind NOT IN (${CHANGES_IN_SQL})`,
    )
    .run(after, through, root);
  // The last deletion of a root says where its count of periods continues.
  database
    .prepare(
      `DELETE FROM token_budget_ledger WHERE root = ? AND kind IN (${CHANGES_IN_SQL})
        AND NOT (kind = 'delete' AND path = root) AND seq <= (
          SELECT seq FROM token_budget_ledger INDEXED BY token_budget_changes
          WHERE kind IN (${CHANGES_IN_SQL}) AND root = ? ORDER BY seq DESC LIMIT 1 OFFSET ${CHANGES_KEPT})`,
    )
    .run(root, root);
  database
    .prepare(
      "DELETE FROM token_budget_reservations WHERE root = ? AND expired = 1 AND expires_at < ?",
    )
    .run(root, beforeMs);
}
