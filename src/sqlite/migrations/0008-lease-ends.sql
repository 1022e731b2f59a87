-- The row of a root has the time before which no lease of its tree ends, in place of an index of
-- leases. Zero makes the next command look. Programs of earlier versions write reservations too:
-- the trigger lowers the time for all of them.

ALTER TABLE token_budget_pools ADD COLUMN lease_ends_at INTEGER DEFAULT 0;

CREATE TRIGGER token_budget_lease_kept AFTER INSERT ON token_budget_reservations
  WHEN NEW.expired = 0
BEGIN
  UPDATE token_budget_pools SET lease_ends_at = NEW.expires_at
    WHERE path = NEW.root AND coalesce(lease_ends_at > NEW.expires_at, 1);
END;

DROP INDEX token_budget_leases;
