-- The first tables and functions: pools, reservations, the ledger, and those who wait. The
-- functions hand out the books and take in what was written to them, and know none of the rules.
-- Values go in and out as JSON text, in which integers of any size are exact. Rows that are written
-- again and again have room beside them (fillfactor), so that no index is touched. Plans are made
-- once for a session, and every row is looked up by the whole of its key, however small a table is
-- when they are made: Postgres would otherwise make them anew for every batch, and read whole trees
-- until the next ANALYZE.

CREATE TABLE token_budget.trees (
  root text COLLATE "C" PRIMARY KEY,
  version text NOT NULL,
  resets bigint NOT NULL,
  lines bigint NOT NULL,
  turn_of text,
  turn_until bigint
) WITH (fillfactor = 40);

CREATE TABLE token_budget.pools (
  path text COLLATE "C" PRIMARY KEY,
  made text NOT NULL,
  caps text NOT NULL,
  overage text,
  "window" text NOT NULL,
  window_starts_at bigint,
  window_ends_at bigint,
  taken_tokens bigint NOT NULL,
  taken_input_tokens bigint NOT NULL,
  taken_output_tokens bigint NOT NULL,
  taken_nano_usd bigint NOT NULL,
  taken_calls bigint NOT NULL,
  reserved_tokens bigint NOT NULL,
  reserved_input_tokens bigint NOT NULL,
  reserved_output_tokens bigint NOT NULL,
  reserved_nano_usd bigint NOT NULL,
  reserved_calls bigint NOT NULL,
  unknown_tokens bigint NOT NULL,
  unknown_input_tokens bigint NOT NULL,
  unknown_output_tokens bigint NOT NULL,
  unknown_nano_usd bigint NOT NULL,
  unknown_calls bigint NOT NULL,
  open_reservations bigint NOT NULL,
  generation bigint NOT NULL,
  dropped_before bigint NOT NULL
) WITH (fillfactor = 40);

CREATE TABLE token_budget.reservations (
  root text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  path text COLLATE "C" NOT NULL,
  tokens bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  nano_usd bigint NOT NULL,
  calls bigint NOT NULL,
  as_of bigint NOT NULL,
  units bigint NOT NULL,
  expires_at bigint NOT NULL,
  expired boolean NOT NULL,
  PRIMARY KEY (root, id)
);
CREATE INDEX leases ON token_budget.reservations (root, expires_at) WHERE NOT expired;

CREATE TABLE token_budget.ledger (
  root text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  path text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  tokens bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  nano_usd bigint NOT NULL,
  calls bigint NOT NULL,
  unknown boolean NOT NULL,
  amends text COLLATE "C",
  booked_at bigint NOT NULL,
  as_of bigint NOT NULL,
  outcome text,
  PRIMARY KEY (root, seq)
);
CREATE UNIQUE INDEX ledger_ids ON token_budget.ledger (root, id);
CREATE INDEX amendments ON token_budget.ledger (root, amends) WHERE amends IS NOT NULL;

CREATE TABLE token_budget.waiters (
  root text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  path text COLLATE "C" NOT NULL,
  tokens bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  nano_usd bigint NOT NULL,
  calls bigint NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (root, id)
);

-- Hands out all that commands can touch, as it is at one instant (a STABLE function sees what its
-- query sees). "asked": "ids" of commands and reservations, "of" ids of lines, "paths" with all
-- above them, whether a request "waits", and "now" when the clock is not the server's. The pools of
-- ended leases, and of those who wait, come with them.
CREATE FUNCTION token_budget.load_1(asked_root text, request text) RETURNS text
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS
  $function$
DECLARE
  asked jsonb := request;
  at_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  now_ms bigint := coalesce((asked->>'now')::bigint, at_ms);
  ids text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'ids'));
  paths text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'paths'));
  tree token_budget.trees;
  ended text[];
  reservations json;
  lines json;
  amended json;
  waiters json;
BEGIN
  SELECT * INTO tree FROM token_budget.trees WHERE root = asked_root;
  IF NOT FOUND THEN
    RETURN json_build_object('version', '', 'at', at_ms, 'now', now_ms);
  END IF;
  -- R11.
  ended := ARRAY(
    SELECT id FROM token_budget.reservations
    WHERE root = asked_root AND NOT expired AND expires_at <= now_ms
    ORDER BY expires_at LIMIT 500);
  IF cardinality(ids) + cardinality(ended) > 0 THEN
    SELECT json_agg(r) INTO reservations FROM unnest(ids || ended) each,
      LATERAL (SELECT * FROM token_budget.reservations WHERE root = asked_root AND id = each
        OFFSET 0) r;
  END IF;
  IF cardinality(ids) > 0 THEN
    SELECT json_agg(l) INTO lines FROM unnest(ids) each,
      LATERAL (SELECT * FROM token_budget.ledger WHERE root = asked_root AND id = each OFFSET 0) l;
  END IF;
  IF asked ? 'of' THEN
    SELECT json_agg(s) INTO amended FROM jsonb_array_elements_text(asked->'of') each,
      LATERAL (SELECT amends, sum(tokens) AS tokens, sum(input_tokens) AS input_tokens,
        sum(output_tokens) AS output_tokens, sum(nano_usd) AS nano_usd,
        sum(calls) AS calls FROM token_budget.ledger
        WHERE root = asked_root AND amends = each GROUP BY amends) s;
  END IF;
  IF asked ? 'waits' THEN
    SELECT json_agg(w ORDER BY seq) INTO waiters FROM token_budget.waiters w
    WHERE root = asked_root;
  END IF;
  IF cardinality(ended) > 0 OR waiters IS NOT NULL THEN
    paths := ARRAY(
      SELECT unnest(paths)
      UNION
      SELECT array_to_string(names[1:depth], '/') FROM (
        SELECT string_to_array(reservation->>'path', '/') AS names
        FROM json_array_elements(reservations) reservation
        UNION
        SELECT string_to_array(waiter->>'path', '/') FROM json_array_elements(waiters) waiter
      ) touched, generate_series(1, cardinality(names)) depth);
  END IF;
  RETURN json_build_object(
    'version', tree.version, 'at', at_ms, 'now', now_ms,
    'resets', tree.resets, 'lines', tree.lines,
    'turn', CASE WHEN tree.turn_until > at_ms THEN tree.turn_of END,
    'more', cardinality(ended) = 500,
    'pools', (SELECT json_agg(p) FROM unnest(paths) each,
      LATERAL (SELECT * FROM token_budget.pools WHERE path = each OFFSET 0) p),
    'reservations', reservations, 'ledger', lines, 'amended', amended,
    'waiters', CASE WHEN asked ? 'waits' THEN coalesce(waiters, '[]') END);
END
$function$;

-- Takes a turn at writing to a tree, and hands out its books as load_1 does; NULL while it is
-- another process's turn. An unused turn ends by itself, so no process holds up another for longer.
CREATE FUNCTION token_budget.claim_1(asked_root text, request text, turn text) RETURNS text
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $function$
BEGIN
  -- A turn that is lost in a crash is no loss.
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE token_budget.trees SET turn_of = turn, turn_until = floor(extract(epoch FROM
    clock_timestamp()) * 1000)::bigint + 100
  WHERE root = asked_root AND (turn_of IS NULL OR turn_of = turn OR turn_until <=
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  IF NOT FOUND AND EXISTS (SELECT FROM token_budget.trees WHERE root = asked_root) THEN
    RETURN NULL;
  END IF;
  RETURN token_budget.load_1(asked_root, request);
END
$function$;

-- Writes to the books of a tree if they are still of the version that "written" is made from, and
-- it is no other process's turn: all of it or nothing. Returns "at" when it did, and NULL when not.
--
-- Books that were not loaded for this, but known from before, come with the ids that are "fresh",
-- and "now" when the clock is not the server's. No one may have used those ids, and no lease may
-- have ended; when it is otherwise, the answer is that of load_1.
CREATE FUNCTION token_budget.write_1(asked_root text, turn text, asked text, request text)
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
        "dropped_before" = EXCLUDED."dropped_before";
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
      expires_at = EXCLUDED.expires_at, expired = EXCLUDED.expired;
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
