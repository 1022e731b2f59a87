-- Entries of the ledger name a model and a label.

ALTER TABLE token_budget.ledger ADD COLUMN model text, ADD COLUMN label text;
