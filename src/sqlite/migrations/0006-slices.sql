-- Reservations may be slices.

ALTER TABLE token_budget_reservations ADD COLUMN slice TEXT;
ALTER TABLE token_budget_pools ADD COLUMN slices TEXT;
