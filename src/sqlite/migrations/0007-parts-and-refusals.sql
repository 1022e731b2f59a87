-- Sliding windows have parts, and refusals are kept (R18).

ALTER TABLE token_budget_pools ADD COLUMN parts TEXT;

CREATE TABLE token_budget_refusals (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX token_budget_refusals_of_root ON token_budget_refusals (root, seq);
CREATE TABLE token_budget_refusal_counts (
  root TEXT NOT NULL,
  minute INTEGER NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (root, minute, name)
) WITHOUT ROWID;
