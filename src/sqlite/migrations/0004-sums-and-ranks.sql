-- Entries have details, sums are kept by day, and pools have a rank by what they used.

ALTER TABLE token_budget_ledger ADD COLUMN details TEXT;

CREATE TABLE token_budget_sums (
  root TEXT NOT NULL,
  day INTEGER NOT NULL,
  path TEXT NOT NULL,
  model TEXT NOT NULL,
  label TEXT NOT NULL,
  lines INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  nano_usd INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (root, day, path, model, label)
) WITHOUT ROWID;
CREATE TABLE token_budget_summed (seq INTEGER NOT NULL);
INSERT INTO token_budget_summed VALUES (0);

ALTER TABLE token_budget_pools ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
CREATE INDEX token_budget_dearest ON token_budget_pools (rank DESC, path);
