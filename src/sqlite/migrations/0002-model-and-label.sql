-- Entries of the ledger name a model and a label.

ALTER TABLE token_budget_ledger ADD COLUMN model TEXT;
ALTER TABLE token_budget_ledger ADD COLUMN label TEXT;
