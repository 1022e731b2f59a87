-- Pools know since when they count. Processes of an earlier version go on with the same function:
-- what they do not know of becomes NULL, and is derived from the rest then.

ALTER TABLE token_budget.pools ADD COLUMN counts_since bigint;

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
        "dropped_before" = EXCLUDED."dropped_before", "counts_since" = EXCLUDED."counts_since";
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
