-- Entries have details, sums are kept by day, and pools have a rank by what they used.

ALTER TABLE token_budget.ledger ADD COLUMN details text;
ALTER TABLE token_budget.pools ADD COLUMN rank bigint;
CREATE INDEX dearest ON token_budget.pools ((coalesce(rank, 0)) DESC, path);

-- Writes to the books of a tree if they are still of the version that "written" is made from, and
-- it is no other process's turn: all of it or nothing. Returns "at" when it did, and NULL when not.
--
-- Books that were not loaded for this, but known from before, come with the ids that are "fresh",
-- and "now" when the clock is not the server's. No one may have used those ids, and no lease may
-- have ended; when it is otherwise, the answer is that of load_1.
CREATE OR REPLACE FUNCTION token_budget.write_1(asked_root text, turn text, asked text, request
  text)
RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS
  $function$
DECLARE
  written jsonb := request;
  loaded text := written->>'version';
  at_ms bigint := written->'at';
  now_ms bigint := coalesce((written->>'now')::bigint, floor(extract(epoch FROM clock_timestamp())
    * 1000)::bigint);
BEGIN
  IF written ? 'fresh' AND (
    at_ms > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 5
    OR EXISTS (SELECT FROM token_budget.reservations
      WHERE root = asked_root AND NOT expired AND expires_at <= now_ms)
    OR EXISTS (SELECT FROM jsonb_array_elements_text(written->'fresh') each
      WHERE EXISTS (SELECT FROM token_budget.reservations WHERE root = asked_root AND id = each
          OFFSET 0)
        OR EXISTS (SELECT FROM token_budget.ledger WHERE root = asked_root AND id = each OFFSET 0))
) THEN
    RETURN token_budget.load_1(asked_root, asked);
  END IF;
  IF loaded = '' THEN
    INSERT INTO token_budget.trees (root, version, resets, lines)
    VALUES (asked_root, written->>'next', (written->'resets')::bigint, (written->'lines')::bigint)
    ON CONFLICT DO NOTHING;
  ELSE
    UPDATE token_budget.trees SET version = written->>'next', turn_of = NULL,
      resets = (written->'resets')::bigint, lines = (written->'lines')::bigint
    WHERE root = asked_root AND version = loaded AND floor(extract(epoch FROM clock_timestamp()) *
      1000)::bigint - at_ms <= 5000
      AND (turn_of IS NULL OR turn_of = turn OR turn_until <= floor(extract(epoch FROM
        clock_timestamp()) * 1000)::bigint);
  END IF;
  IF NOT FOUND THEN
    RETURN CASE WHEN written ? 'fresh' THEN token_budget.load_1(asked_root, asked) END;
  END IF;
  IF written ? 'pools' THEN
    INSERT INTO token_budget.pools
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.pools, written->'pools')
    ON CONFLICT (path) DO UPDATE SET
      "caps" = EXCLUDED."caps", "overage" = EXCLUDED."overage", "window" = EXCLUDED."window",
        "window_starts_at" = EXCLUDED."window_starts_at",
        "window_ends_at" = EXCLUDED."window_ends_at", "taken_tokens" = EXCLUDED."taken_tokens",
        "taken_input_tokens" = EXCLUDED."taken_input_tokens",
        "taken_output_tokens" = EXCLUDED."taken_output_tokens",
        "taken_nano_usd" = EXCLUDED."taken_nano_usd", "taken_calls" = EXCLUDED."taken_calls",
        "reserved_tokens" = EXCLUDED."reserved_tokens",
        "reserved_input_tokens" = EXCLUDED."reserved_input_tokens",
        "reserved_output_tokens" = EXCLUDED."reserved_output_tokens",
        "reserved_nano_usd" = EXCLUDED."reserved_nano_usd",
        "reserved_calls" = EXCLUDED."reserved_calls", "unknown_tokens" = EXCLUDED."unknown_tokens",
        "unknown_input_tokens" = EXCLUDED."unknown_input_tokens",
        "unknown_output_tokens" = EXCLUDED."unknown_output_tokens",
        "unknown_nano_usd" = EXCLUDED."unknown_nano_usd",
        "unknown_calls" = EXCLUDED."unknown_calls",
        "open_reservations" = EXCLUDED."open_reservations", "generation" = EXCLUDED."generation",
        "dropped_before" = EXCLUDED."dropped_before", "counts_since" = EXCLUDED."counts_since",
        "rank" = EXCLUDED."rank";
  END IF;
  IF written ? 'dropped' THEN
    DELETE FROM token_budget.reservations WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM jsonb_array_elements_text(written->'dropped') each,
        LATERAL (SELECT ctid FROM token_budget.reservations WHERE root = asked_root AND id = each
          OFFSET 0) r));
  END IF;
  IF written ? 'kept' THEN
    INSERT INTO token_budget.reservations
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.reservations, written->'kept')
    ON CONFLICT (root, id) DO UPDATE SET
      as_of = EXCLUDED.as_of, units = EXCLUDED.units, tokens = EXCLUDED.tokens,
        input_tokens = EXCLUDED.input_tokens, output_tokens = EXCLUDED.output_tokens,
        nano_usd = EXCLUDED.nano_usd, calls = EXCLUDED.calls, expires_at = EXCLUDED.expires_at,
        expired = EXCLUDED.expired;
  END IF;
  IF written ? 'ledger' THEN
    INSERT INTO token_budget.ledger
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.ledger, written->'ledger');
  END IF;
  IF written ? 'left' THEN
    DELETE FROM token_budget.waiters WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM jsonb_array_elements_text(written->'left') each,
        LATERAL (SELECT ctid FROM token_budget.waiters WHERE root = asked_root AND id = each
          OFFSET 0) r));
  END IF;
  IF written ? 'waiters' THEN
    INSERT INTO token_budget.waiters
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.waiters, written->'waiters')
    ON CONFLICT (root, id) DO UPDATE SET path = EXCLUDED.path,
      tokens = EXCLUDED.tokens, input_tokens = EXCLUDED.input_tokens,
        output_tokens = EXCLUDED.output_tokens, nano_usd = EXCLUDED.nano_usd,
        calls = EXCLUDED.calls,
      expires_at = EXCLUDED.expires_at;
  END IF;
  RETURN json_build_object('at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
END
$function$;

CREATE TABLE token_budget.sums (
  root text COLLATE "C" NOT NULL,
  day bigint NOT NULL,
  path text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  lines bigint NOT NULL,
  tokens bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  nano_usd bigint NOT NULL,
  calls bigint NOT NULL,
  PRIMARY KEY (root, day, path, model, label)
);
CREATE TABLE token_budget.summed (root text COLLATE "C" PRIMARY KEY, seq bigint NOT NULL);

-- Adds the next lines of a tree to its sums; whether there are more. Who comes second waits for
-- the row of the first.
CREATE FUNCTION token_budget.sum_up_1(asked_root text, lines_max bigint) RETURNS text
LANGUAGE plpgsql AS $function$
DECLARE
  done bigint;
  last bigint;
BEGIN
  INSERT INTO token_budget.summed VALUES (asked_root, 0) ON CONFLICT DO NOTHING;
  SELECT seq INTO done FROM token_budget.summed WHERE root = asked_root FOR UPDATE;
  SELECT lines INTO last FROM token_budget.trees WHERE root = asked_root;
  IF last IS NULL OR last <= done THEN
    RETURN 'done';
  END IF;
  INSERT INTO token_budget.sums
  SELECT root, at / 86400000, path, coalesce(model, ''), coalesce(label, ''), count(*),
    sum(tokens), sum(input_tokens), sum(output_tokens), sum(nano_usd), sum(calls)
  FROM token_budget.ledger
  WHERE root = asked_root AND seq > done AND seq <= least(last, done + lines_max)
    AND kind IN ('record', 'commit', 'amend') GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (root, day, path, model, label) DO UPDATE SET
    lines = sums.lines + EXCLUDED.lines, tokens = sums.tokens + EXCLUDED.tokens,
      input_tokens = sums.input_tokens + EXCLUDED.input_tokens,
      output_tokens = sums.output_tokens + EXCLUDED.output_tokens,
      nano_usd = sums.nano_usd + EXCLUDED.nano_usd, calls = sums.calls + EXCLUDED.calls;
  UPDATE token_budget.summed SET seq = least(last, done + lines_max) WHERE root = asked_root;
  RETURN CASE WHEN done + lines_max < last THEN 'more' ELSE 'done' END;
END
$function$;
