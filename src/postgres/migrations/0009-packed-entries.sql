-- The entries of a draw are one row of the ledger, in place of a row with two indexes for each. Its
-- number is that of the last of them, so that what follows a number is found as before; its amount
-- is the sum of theirs, and its id that of the draw: a program of an earlier version shows them as
-- one entry, whose amount is right. "packed" says how many they are, "pack" has a line for each,
-- and "parts" their sums by model and label: ["model", "label", entries, tokens, input, output,
-- nano-dollars, calls]. The first "gone" of them were archived.

ALTER TABLE token_budget.ledger ADD COLUMN packed integer, ADD COLUMN gone integer,
  ADD COLUMN parts text, ADD COLUMN pack text;

-- Returns an entry of a draw by its id, "<draw>.<place>", as a row of its own. A line has the
-- letter of its kind (a capital if the amount is unknown), nano-dollars, tokens if they are not
-- those in and out, those, and calls if they are not one. The number of its part follows, if it is
-- not the first, and then its details.
CREATE FUNCTION token_budget.packed_1(asked_root text, asked_id text)
RETURNS SETOF token_budget.ledger LANGUAGE plpgsql STABLE AS $function$
DECLARE
  digits text := substring(asked_id FROM '\.([1-9][0-9]{0,8})$');
  entry token_budget.ledger;
  words text[];
  amounts text[];
  part jsonb;
BEGIN
  IF digits IS NULL THEN
    RETURN;
  END IF;
  SELECT * INTO entry FROM token_budget.ledger
  WHERE root = asked_root AND id = left(asked_id, -1 - length(digits))
    AND packed >= digits::integer AND coalesce(gone, 0) < digits::integer;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  words := string_to_array(split_part(entry.pack, E'\n', digits::integer), E'\t');
  amounts := string_to_array(substr(words[1], 2), ' ');
  part := entry.parts::jsonb->coalesce(nullif(words[2], ''), '0')::integer;
  entry.id := asked_id;
  entry.seq := entry.seq - entry.packed + digits::integer;
  entry.kind := CASE lower(left(words[1], 1)) WHEN 'c' THEN 'commit' WHEN 'r' THEN 'record'
    ELSE 'release' END;
  entry.unknown := left(words[1], 1) <> lower(left(words[1], 1));
  entry.nano_usd := amounts[1];
  entry.input_tokens := coalesce(amounts[3], '0');
  entry.output_tokens := coalesce(amounts[4], '0');
  entry.tokens := coalesce(nullif(amounts[2], '')::bigint,
    entry.input_tokens + entry.output_tokens);
  entry.calls := coalesce(amounts[5], '1');
  entry.model := nullif(part->>0, '');
  entry.label := nullif(part->>1, '');
  entry.details := nullif(array_to_string(words[3:], E'\t'), '');
  entry.packed := NULL;
  entry.gone := NULL;
  entry.parts := NULL;
  entry.pack := NULL;
  RETURN NEXT entry;
END
$function$;

-- What the entries after one number and through another have booked. Those of a draw are given by
-- model and label, once its last one is among them.
CREATE FUNCTION token_budget.booked_1(asked_root text, after bigint, through bigint)
RETURNS TABLE (at bigint, path text, model text, label text, lines bigint, tokens bigint,
  input_tokens bigint, output_tokens bigint, nano_usd bigint, calls bigint)
LANGUAGE sql STABLE AS $function$
  SELECT l.at, l.path, coalesce(l.model, ''), coalesce(l.label, ''), 1::bigint,
    coalesce(l.tokens, l.input_tokens + l.output_tokens), l.input_tokens, l.output_tokens,
    l.nano_usd, coalesce(l.calls, 1)
  FROM token_budget.ledger l
  WHERE l.root = asked_root AND l.seq > after AND l.seq <= through AND l.packed IS NULL
    AND l.kind IN ('record', 'commit', 'amend')
  UNION ALL
  SELECT l.at, l.path, part->>0, part->>1, (part->>2)::bigint, (part->>3)::bigint,
    (part->>4)::bigint, (part->>5)::bigint, (part->>6)::bigint, (part->>7)::bigint
  FROM token_budget.ledger l, jsonb_array_elements(l.parts::jsonb) part
  WHERE l.root = asked_root AND l.seq > after AND l.seq <= through AND l.packed IS NOT NULL
    AND (part->>2)::bigint > 0
$function$;

-- Adds the next lines of a tree to its sums; whether there are more. Who comes second waits for
-- the row of the first.
CREATE OR REPLACE FUNCTION token_budget.sum_up_1(asked_root text, lines_max bigint) RETURNS text
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
  SELECT asked_root, b.at / 86400000, b.path, b.model, b.label, sum(b.lines), sum(b.tokens),
    sum(b.input_tokens), sum(b.output_tokens), sum(b.nano_usd), sum(b.calls)
  FROM token_budget.booked_1(asked_root, done, least(last, done + lines_max)) b
  GROUP BY 2, 3, 4, 5
  ON CONFLICT (root, day, path, model, label) DO UPDATE SET
    lines = sums.lines + EXCLUDED.lines, tokens = sums.tokens + EXCLUDED.tokens,
      input_tokens = sums.input_tokens + EXCLUDED.input_tokens,
      output_tokens = sums.output_tokens + EXCLUDED.output_tokens,
      nano_usd = sums.nano_usd + EXCLUDED.nano_usd, calls = sums.calls + EXCLUDED.calls;
  UPDATE token_budget.summed SET seq = least(last, done + lines_max) WHERE root = asked_root;
  RETURN CASE WHEN done + lines_max < last THEN 'more' ELSE 'done' END;
END
$function$;

-- Hands out all that commands can touch, as it is at one instant (a STABLE function sees what its
-- query sees). "asked": "ids" of commands and reservations, "of" ids of lines, "paths" with all
-- above them, whether a request "waits", and "now" when the clock is not the server's. The pools of
-- ended leases, and of those who wait, come with them.
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
    'version', tree.version, 'at', at_ms, 'now', now_ms,
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

-- Writes to the books of a tree if they are still of the version that "written" is made from, and
-- it is no other process's turn: all of it or nothing. Returns "at" when it did, and NULL when not.
--
-- Books that were not loaded for this, but known from before, come with the ids that are "fresh",
-- and "now" when the clock is not the server's. No one may have used those ids, and no lease may
-- have ended; when it is otherwise, the answer is that of load_1.
--
-- "packs" has the entries of draws as text, a vertical tab between them, for the rows in "packs" of
-- the request.
CREATE FUNCTION token_budget.write_2(asked_root text, turn text, asked text, request text,
  packs text)
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

-- Programs of earlier versions write a row for each entry.
CREATE OR REPLACE FUNCTION token_budget.write_1(asked_root text, turn text, asked text, request
  text)
RETURNS text LANGUAGE sql AS $function$
  SELECT token_budget.write_2(asked_root, turn, asked, request, '')
$function$;
