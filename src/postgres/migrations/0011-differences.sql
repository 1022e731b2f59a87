-- A batch whose outcomes are the same in all books with as much room is written as differences, and
-- whoever else has written since. "base" is the version of the last write that was not: from there
-- on, only figures have changed. "before" is the version that the last of such writes found.

ALTER TABLE token_budget.trees ADD COLUMN base text, ADD COLUMN before text;

-- Adds numbers to the eleven numbers of a level of slices, both as text with spaces between them.
CREATE FUNCTION token_budget.sum_1(numbers text, more text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $function$
DECLARE
  one bigint[] := string_to_array(numbers, ' ');
  other bigint[] := string_to_array(more, ' ');
BEGIN
  RETURN concat_ws(' ', one[1] + other[1], one[2] + other[2], one[3] + other[3],
    one[4] + other[4], one[5] + other[5], one[6] + other[6], one[7] + other[7],
    one[8] + other[8], one[9] + other[9], one[10] + other[10], one[11] + other[11]);
END
$function$;

-- Writes differences to the books of a tree if they are still of the "base" that these are made
-- from, it is no other process's turn, and there is room: all of it or nothing. Returns when it
-- did, the version "before", the number of entries, and the figures of the pools, or the answer of
-- load_1. If it "waits", the turn of another process is awaited for a while.
--
-- "by" has what is added to each pool, the "most" that may be taken before, and how many slices may
-- be "sharing" its room. "dropped" and "renewed" reservations must be there, "ended" and "renewed"
-- slices as they were, and "fresh" ids unused.
-- Entries are numbered from "after" on, which is moved to where the ledger ends.
CREATE FUNCTION token_budget.write_3(asked_root text, turn text, asked text, request text,
  packs text)
RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS
  $function$
DECLARE
  written jsonb := request;
  at_ms bigint := written->'at';
  added bigint := written->'lines';
  ends_at timestamptz := clock_timestamp() + interval '10 milliseconds';
  clock_ms bigint;
  now_ms bigint;
  found_version text;
  last bigint;
  moved bigint;
  gone bigint;
  pool_path text;
  plus bigint[];
  plus_slices text;
  all_of text;
  each record;
  all_figures jsonb := '{}';
BEGIN
  IF written ? 'waits' THEN
    WHILE clock_timestamp() < ends_at AND EXISTS (SELECT FROM token_budget.trees
      WHERE root = asked_root AND turn_of <> turn
        AND turn_until > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) LOOP
      PERFORM pg_sleep(0.0003);
    END LOOP;
  END IF;
  clock_ms := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  UPDATE token_budget.trees SET before = version, version = written->>'next', turn_of = NULL,
    lines = lines + added
  WHERE root = asked_root AND base = written->>'base'
    AND (turn_of IS NULL OR turn_of = turn OR turn_until <= clock_ms)
  RETURNING before, lines INTO found_version, last;
  -- From here on nothing is awaited: even if it was another process's turn, the row may be locked.
  IF NOT FOUND THEN
    RETURN token_budget.load_1(asked_root, asked);
  END IF;
  clock_ms := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  now_ms := coalesce((written->>'now')::bigint, clock_ms);
  IF at_ms > clock_ms + 5 OR at_ms < clock_ms - 5000
    OR EXISTS (SELECT FROM token_budget.reservations
      WHERE root = asked_root AND NOT expired AND expires_at <= now_ms)
    OR EXISTS (SELECT FROM jsonb_array_elements_text(written->'fresh') id
      WHERE EXISTS (SELECT FROM token_budget.reservations r WHERE r.root = asked_root
          AND r.id = id.value OFFSET 0)
        OR EXISTS (SELECT FROM token_budget.ledger l WHERE l.root = asked_root AND l.id = id.value
          OFFSET 0)
        OR id.value ~ '\.[1-9][0-9]*\.[1-9][0-9]*$'
          AND EXISTS (SELECT FROM token_budget.packed_1(asked_root, id.value)))
    OR EXISTS (SELECT FROM (SELECT path, string_to_array(most, ' ')::bigint[] AS most, sharing
        FROM jsonb_to_recordset(written->'by') AS given(path text, most text, sharing bigint)
        WHERE most IS NOT NULL) given
      WHERE NOT EXISTS (SELECT FROM token_budget.pools p WHERE p.path = given.path
        AND p.taken_tokens <= most[1] AND p.taken_input_tokens <= most[2]
        AND p.taken_output_tokens <= most[3] AND p.taken_nano_usd <= most[4]
        AND p.taken_calls <= most[5]
        AND (sharing IS NULL OR split_part(p.slices, ' ', 6)::bigint <= sharing) OFFSET 0)) THEN
    UPDATE token_budget.trees SET lines = lines - added WHERE root = asked_root;
    RETURN token_budget.load_1(asked_root, asked);
  END IF;
  FOR pool_path, plus, plus_slices IN
    SELECT given.path, string_to_array(given.figures, ' ')::bigint[], given.slices
    FROM jsonb_to_recordset(written->'by') AS given(path text, figures text, slices text) LOOP
    UPDATE token_budget.pools SET
      taken_tokens = taken_tokens + plus[1],
      taken_input_tokens = taken_input_tokens + plus[2],
      taken_output_tokens = taken_output_tokens + plus[3],
      taken_nano_usd = taken_nano_usd + plus[4],
      taken_calls = taken_calls + plus[5],
      reserved_tokens = reserved_tokens + plus[6],
      reserved_input_tokens = reserved_input_tokens + plus[7],
      reserved_output_tokens = reserved_output_tokens + plus[8],
      reserved_nano_usd = reserved_nano_usd + plus[9],
      reserved_calls = reserved_calls + plus[10],
      unknown_tokens = unknown_tokens + plus[11],
      unknown_input_tokens = unknown_input_tokens + plus[12],
      unknown_output_tokens = unknown_output_tokens + plus[13],
      unknown_nano_usd = unknown_nano_usd + plus[14],
      unknown_calls = unknown_calls + plus[15],
      open_reservations = open_reservations + plus[16],
      rank = CASE WHEN taken_nano_usd + plus[4] <= reserved_nano_usd + plus[9] THEN 0
        ELSE 1 + floor(8 / ln(2::float8) * ln((taken_nano_usd + plus[4] - reserved_nano_usd
          - plus[9])::float8) + 1e-9) END,
      slices = CASE WHEN plus_slices IS NULL THEN slices
        ELSE token_budget.sum_1(slices, plus_slices) END
    WHERE path = pool_path
    RETURNING concat_ws(' ', taken_tokens, taken_input_tokens, taken_output_tokens, taken_nano_usd,
      taken_calls, reserved_tokens, reserved_input_tokens, reserved_output_tokens,
      reserved_nano_usd, reserved_calls, unknown_tokens, unknown_input_tokens,
      unknown_output_tokens, unknown_nano_usd, unknown_calls, open_reservations, slices)
    INTO all_of;
    all_figures := all_figures || jsonb_build_object(pool_path, all_of);
  END LOOP;
  -- "IS NOT TRUE", because the index of leases is never meant here: it is slower.
  IF written ? 'dropped' THEN
    DELETE FROM token_budget.reservations WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM jsonb_array_elements_text(written->'dropped') id,
        LATERAL (SELECT ctid FROM token_budget.reservations WHERE root = asked_root
          AND reservations.id = id.value AND expired IS NOT TRUE OFFSET 0) r));
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> jsonb_array_length(written->'dropped') THEN
      RAISE EXCEPTION 'a hold of "%" was settled meanwhile', asked_root
        USING ERRCODE = 'serialization_failure';
    END IF;
  END IF;
  IF written ? 'ended' THEN
    FOR each IN SELECT * FROM jsonb_to_recordset(written->'ended') AS given(id text, was text) LOOP
      DELETE FROM token_budget.reservations WHERE root = asked_root AND id = each.id
        AND expired IS NOT TRUE AND slice = each.was;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'a slice of "%" has drawn meanwhile', asked_root
          USING ERRCODE = 'serialization_failure';
      END IF;
    END LOOP;
  END IF;
  IF written ? 'renewed' THEN
    FOR each IN SELECT * FROM jsonb_to_recordset(written->'renewed') AS given(id text, as_of bigint,
      tokens bigint, input_tokens bigint, output_tokens bigint, nano_usd bigint, calls bigint,
      expires_at bigint, slice text, was text) LOOP
      UPDATE token_budget.reservations SET as_of = each.as_of, tokens = each.tokens,
        input_tokens = each.input_tokens, output_tokens = each.output_tokens,
        nano_usd = each.nano_usd, calls = each.calls, expires_at = each.expires_at,
        slice = coalesce(each.slice, slice)
      WHERE root = asked_root AND id = each.id AND expired IS NOT TRUE
        AND (each.was IS NULL OR slice = each.was);
      IF NOT FOUND THEN
        RAISE EXCEPTION 'a hold of "%" was settled meanwhile', asked_root
          USING ERRCODE = 'serialization_failure';
      END IF;
    END LOOP;
  END IF;
  IF written ? 'kept' THEN
    INSERT INTO token_budget.reservations
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.reservations, written->'kept');
  END IF;
  moved := last - added - (written->'after')::bigint;
  IF written ? 'ledger' THEN
    INSERT INTO token_budget.ledger (root, seq, id, kind, path, at, tokens, input_tokens,
      output_tokens, nano_usd, calls, unknown, amends, booked_at, as_of, outcome, model, label,
      details)
    SELECT root, seq + moved, id, kind, path, at, tokens, input_tokens, output_tokens, nano_usd,
      calls, unknown, amends, booked_at, as_of, outcome, model, label, details
    FROM jsonb_populate_recordset(NULL::token_budget.ledger, written->'ledger');
  END IF;
  IF written ? 'packs' THEN
    INSERT INTO token_budget.ledger (root, seq, id, kind, path, at, tokens, input_tokens,
      output_tokens, nano_usd, calls, unknown, as_of, model, label, packed, parts, pack)
    SELECT (line).root, (line).seq + moved, (line).id, (line).kind, (line).path, (line).at,
      (line).tokens, (line).input_tokens, (line).output_tokens, (line).nano_usd, (line).calls,
      (line).unknown, (line).as_of, (line).model, (line).label, (line).packed, (line).parts, text
    FROM (
      SELECT jsonb_populate_record(NULL::token_budget.ledger, given) AS line, text
      FROM ROWS FROM (jsonb_array_elements(written->'packs'), string_to_table(packs, chr(11)))
        AS listed(given, text)
      OFFSET 0
    ) row_and_text;
  END IF;
  RETURN json_build_object('at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    'before', found_version, 'lines', last, 'figures', all_figures);
END
$function$;

-- As before, and "base".
CREATE OR REPLACE FUNCTION token_budget.load_1(asked_root text, request text) RETURNS text
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
    -- The row of a draw is no entry that a command can name: only its id is taken.
    SELECT json_agg(line) INTO lines FROM (
      SELECT CASE WHEN l.packed IS NULL THEN to_json(l)
        ELSE (to_jsonb(l) - 'pack' || jsonb '{"kind": "packed"}')::json END AS line
      FROM unnest(ids) each,
        LATERAL (SELECT * FROM token_budget.ledger WHERE root = asked_root AND id = each OFFSET 0) l
      UNION ALL
      SELECT to_json(l) FROM unnest(ids) each, LATERAL token_budget.packed_1(asked_root, each) l
      WHERE each ~ '\.[1-9][0-9]*\.[1-9][0-9]*$'
    ) listed;
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
    'version', tree.version, 'base', tree.base, 'at', at_ms, 'now', now_ms,
    'resets', tree.resets, 'lines', tree.lines,
    'turn', CASE WHEN tree.turn_until > at_ms THEN tree.turn_of END,
    'more', cardinality(ended) = 500,
    'pools', (SELECT json_agg(p) FROM unnest(paths) each,
      LATERAL (SELECT * FROM token_budget.pools WHERE path = each OFFSET 0) p),
    'reservations', reservations, 'ledger', lines, 'amended', amended,
    'waiters', CASE WHEN asked ? 'waits' THEN coalesce(waiters, '[]') END,
    'below', (SELECT json_agg(p.path) FROM jsonb_array_elements_text(asked->'deleted') each,
      LATERAL (SELECT path FROM token_budget.pools
        WHERE path > each || '/' AND path < each || '0' LIMIT 600) p));
END
$function$;

-- As before; what it writes is the base of differences.
CREATE OR REPLACE FUNCTION token_budget.write_2(asked_root text, turn text, asked text, request
  text, packs text)
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
        OR EXISTS (SELECT FROM token_budget.ledger WHERE root = asked_root AND id = each OFFSET 0)
        OR each ~ '\.[1-9][0-9]*\.[1-9][0-9]*$'
          AND EXISTS (SELECT FROM token_budget.packed_1(asked_root, each)))
) THEN
    RETURN token_budget.load_1(asked_root, asked);
  END IF;
  IF loaded = '' THEN
    INSERT INTO token_budget.trees (root, version, base, resets, lines)
    VALUES (asked_root, written->>'next', written->>'next', (written->'resets')::bigint,
      (written->'lines')::bigint)
    ON CONFLICT DO NOTHING;
  ELSE
    UPDATE token_budget.trees SET version = written->>'next', base = written->>'next',
      turn_of = NULL, resets = (written->'resets')::bigint, lines = (written->'lines')::bigint
    WHERE root = asked_root AND version = loaded AND floor(extract(epoch FROM clock_timestamp()) *
      1000)::bigint - at_ms <= 5000
      AND (turn_of IS NULL OR turn_of = turn OR turn_until <= floor(extract(epoch FROM
        clock_timestamp()) * 1000)::bigint);
  END IF;
  IF NOT FOUND THEN
    RETURN CASE WHEN written ? 'fresh' THEN token_budget.load_1(asked_root, asked) END;
  END IF;
  IF written ? 'deleted' THEN
    DELETE FROM token_budget.pools WHERE path = ANY(ARRAY(
      SELECT jsonb_array_elements_text(written->'deleted')));
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
        "rank" = EXCLUDED."rank", "terms" = EXCLUDED."terms", "slices" = EXCLUDED."slices",
        "parts" = EXCLUDED."parts";
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
        expired = EXCLUDED.expired, slice = EXCLUDED.slice;
  END IF;
  IF written ? 'ledger' THEN
    INSERT INTO token_budget.ledger
    SELECT * FROM jsonb_populate_recordset(NULL::token_budget.ledger, written->'ledger');
  END IF;
  IF written ? 'packs' THEN
    INSERT INTO token_budget.ledger (root, seq, id, kind, path, at, tokens, input_tokens,
      output_tokens, nano_usd, calls, unknown, as_of, model, label, packed, parts, pack)
    SELECT (line).root, (line).seq, (line).id, (line).kind, (line).path, (line).at, (line).tokens,
      (line).input_tokens, (line).output_tokens, (line).nano_usd, (line).calls, (line).unknown,
      (line).as_of, (line).model, (line).label, (line).packed, (line).parts, text
    FROM (
      SELECT jsonb_populate_record(NULL::token_budget.ledger, each) AS line, text
      FROM ROWS FROM (jsonb_array_elements(written->'packs'), string_to_table(packs, chr(11)))
        AS given(each, text)
      OFFSET 0
    ) row_and_text;
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
