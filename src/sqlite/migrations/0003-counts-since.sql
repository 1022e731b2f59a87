-- Pools know since when they count.

ALTER TABLE token_budget_pools ADD COLUMN counts_since INTEGER;
