-- The first tables: pools, reservations, the ledger, and those who wait.

CREATE TABLE token_budget_pools (
  path TEXT PRIMARY KEY,
  made TEXT NOT NULL,
  caps TEXT NOT NULL,
  overage TEXT,
  window TEXT NOT NULL,
  window_starts_at INTEGER,
  window_ends_at INTEGER,
  taken_tokens INTEGER NOT NULL,
  taken_input_tokens INTEGER NOT NULL,
  taken_output_tokens INTEGER NOT NULL,
  taken_nano_usd INTEGER NOT NULL,
  taken_calls INTEGER NOT NULL,
  reserved_tokens INTEGER NOT NULL,
  reserved_input_tokens INTEGER NOT NULL,
  reserved_output_tokens INTEGER NOT NULL,
  reserved_nano_usd INTEGER NOT NULL,
  reserved_calls INTEGER NOT NULL,
  unknown_tokens INTEGER NOT NULL,
  unknown_input_tokens INTEGER NOT NULL,
  unknown_output_tokens INTEGER NOT NULL,
  unknown_nano_usd INTEGER NOT NULL,
  unknown_calls INTEGER NOT NULL,
  open_reservations INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  dropped_before INTEGER NOT NULL,
  resets INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE token_budget_reservations (
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  nano_usd INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  units INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  PRIMARY KEY (root, id)
) WITHOUT ROWID;
CREATE INDEX token_budget_leases ON token_budget_reservations (root, expires_at)
  WHERE expired = 0;

CREATE TABLE token_budget_ledger (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  at INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  nano_usd INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  amends TEXT,
  booked_at INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  outcome TEXT
);
CREATE UNIQUE INDEX token_budget_ledger_ids ON token_budget_ledger (root, id);
CREATE INDEX token_budget_amendments ON token_budget_ledger (root, amends)
  WHERE amends IS NOT NULL;

CREATE TABLE token_budget_waiters (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  nano_usd INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (root, id)
);
