-- Pools have terms, changes have an index, and templates a table.

ALTER TABLE token_budget_pools ADD COLUMN terms TEXT;

CREATE INDEX token_budget_changes ON token_budget_ledger (root, seq)
  WHERE kind IN ('configure', 'reset', 'delete');

CREATE TABLE token_budget_templates (pattern TEXT PRIMARY KEY, settings TEXT NOT NULL)
  WITHOUT ROWID;
