// What runs at the server: it hands out the books and takes in what was written to them, and knows
// none of the rules. Values go in and out as JSON text, in which integers of any size are exact.

import { AMOUNT_COLUMNS } from "../stores/sql/rows.ts";

/** How many leases that have ended are freed in one step. */
const EXPIRED_AT_ONCE = 500;
/** More than a batch has commands. */
const BELOW_MAX = 600;
/** How long an unused turn lasts. */
const TURN_MS = 100;
/** How far ahead of the server's clock a client may believe it to be. */
const AHEAD_MS_MAX = 5;
/** How old books may be when they are written: no one decides by a clock that stood still. */
const BOOKS_MS_MAX = 5000;

/**
 * Plans are made once for a session, and every row is looked up by the whole of its key, however
 * small a table is when they are made. Postgres would otherwise make them anew for every batch, and
 * read whole trees until the next ANALYZE.
 */
const PLANS = "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off";
const NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
const SUMS = AMOUNT_COLUMNS.map((column) => `sum(${column}) AS ${column}`).join(", ");

/** The columns of a pool that change. */
const FIGURES: readonly string[] = [
  "caps",
  "overage",
  "window",
  "window_starts_at",
  "window_ends_at",
  ...["taken_", "reserved_", "unknown_"].flatMap((prefix) =>
    AMOUNT_COLUMNS.map((column) => prefix + column),
  ),
  "open_reservations",
  "generation",
  "dropped_before",
];

/** The columns of a reservation that renewing changes, and those that holding it anew does. */
const LEASE: readonly string[] = ["expires_at", "expired"];
const HELD_ANEW: readonly string[] = ["as_of", "units", ...AMOUNT_COLUMNS, ...LEASE];

/**
 * Hands out all that commands can touch, as it is at one instant (a STABLE function sees what its
 * query sees). `asked`: `ids` of commands and reservations, `of` ids of lines, `paths` with all
 * above them, whether a request `waits`, and `now` when the clock is not the server's. The pools of
 * ended leases, and of those who wait, come with them.
 */
const loadFunction = (schema: string, create = "CREATE", more = ""): string => `
${create} FUNCTION ${schema}.load_1(asked_root text, request text) RETURNS text
LANGUAGE plpgsql STABLE ${PLANS} AS $function$
DECLARE
  asked jsonb := request;
  at_ms bigint := ${NOW};
  now_ms bigint := coalesce((asked->>'now')::bigint, at_ms);
  ids text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'ids'));
  paths text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'paths'));
  tree ${schema}.trees;
  ended text[];
  reservations json;
  lines json;
  amended json;
  waiters json;
BEGIN
  SELECT * INTO tree FROM ${schema}.trees WHERE root = asked_root;
  IF NOT FOUND THEN
    RETURN json_build_object('version', '', 'at', at_ms, 'now', now_ms);
  END IF;
  -- R11.
  ended := ARRAY(
    SELECT id FROM ${schema}.reservations
    WHERE root = asked_root AND NOT expired AND expires_at <= now_ms
    ORDER BY expires_at LIMIT ${EXPIRED_AT_ONCE});
  IF cardinality(ids) + cardinality(ended) > 0 THEN
    SELECT json_agg(r) INTO reservations FROM unnest(ids || ended) each,
      LATERAL (SELECT * FROM ${schema}.reservations WHERE root = asked_root AND id = each
        OFFSET 0) r;
  END IF;
  IF cardinality(ids) > 0 THEN
    SELECT json_agg(l) INTO lines FROM unnest(ids) each,
      LATERAL (SELECT * FROM ${schema}.ledger WHERE root = asked_root AND id = each OFFSET 0) l;
  END IF;
  IF asked ? 'of' THEN
    SELECT json_agg(s) INTO amended FROM jsonb_array_elements_text(asked->'of') each,
      LATERAL (SELECT amends, ${SUMS} FROM ${schema}.ledger
        WHERE root = asked_root AND amends = each GROUP BY amends) s;
  END IF;
  IF asked ? 'waits' THEN
    SELECT json_agg(w ORDER BY seq) INTO waiters FROM ${schema}.waiters w
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
    'more', cardinality(ended) = ${EXPIRED_AT_ONCE},
    'pools', (SELECT json_agg(p) FROM unnest(paths) each,
      LATERAL (SELECT * FROM ${schema}.pools WHERE path = each OFFSET 0) p),
    'reservations', reservations, 'ledger', lines, 'amended', amended,
    'waiters', CASE WHEN asked ? 'waits' THEN coalesce(waiters, '[]') END${more});
END
$function$;
`;

/**
 * Takes a turn at writing to a tree, and hands out its books as `load` does; NULL while it is
 * another process's turn. An unused turn ends by itself, so no process holds up another for longer
 * than that.
 */
const claimFunction = (schema: string): string => `
CREATE FUNCTION ${schema}.claim_1(asked_root text, request text, turn text) RETURNS text
LANGUAGE plpgsql ${PLANS} AS $function$
BEGIN
  -- A turn that is lost in a crash is no loss.
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE ${schema}.trees SET turn_of = turn, turn_until = ${NOW} + ${TURN_MS}
  WHERE root = asked_root AND (turn_of IS NULL OR turn_of = turn OR turn_until <= ${NOW});
  IF NOT FOUND AND EXISTS (SELECT FROM ${schema}.trees WHERE root = asked_root) THEN
    RETURN NULL;
  END IF;
  RETURN ${schema}.load_1(asked_root, request);
END
$function$;
`;

/** What must not be so of books that were known from before, besides their version. */
const isStale = (schema: string): string => `
    at_ms > ${NOW} + ${AHEAD_MS_MAX}
    OR EXISTS (SELECT FROM ${schema}.reservations
      WHERE root = asked_root AND NOT expired AND expires_at <= now_ms)
    OR EXISTS (SELECT FROM jsonb_array_elements_text(written->'fresh') each
      WHERE EXISTS (SELECT FROM ${schema}.reservations WHERE root = asked_root AND id = each
          OFFSET 0)
        OR EXISTS (SELECT FROM ${schema}.ledger WHERE root = asked_root AND id = each OFFSET 0))
`;

/** R16. Of version 5: pools below those that are deleted, more than a batch can delete. */
const POOLS_BELOW = (schema: string): string => `,
    'below', (SELECT json_agg(p.path) FROM jsonb_array_elements_text(asked->'deleted') each,
      LATERAL (SELECT path FROM ${schema}.pools
        WHERE path > each || '/' AND path < each || '0' LIMIT ${BELOW_MAX}) p)`;

/** R16. Of version 5. */
const DELETED_POOLS = (schema: string): string => `  IF written ? 'deleted' THEN
    DELETE FROM ${schema}.pools WHERE path = ANY(ARRAY(
      SELECT jsonb_array_elements_text(written->'deleted')));
  END IF;
`;

/**
 * Writes to the books of a tree if they are still of the version that `written` is made from, and
 * it is no other process's turn: all of it or nothing. Returns `at` when it did, and NULL when not.
 *
 * Books that were not loaded for this, but known from before, come with the ids that are `fresh`,
 * and `now` when the clock is not the server's. No one may have used those ids, and no lease may
 * have ended; when it is otherwise, the answer is that of `load`.
 */
const writeFunction = (
  schema: string,
  create = "CREATE",
  figures: readonly string[] = FIGURES,
  held: readonly string[] = LEASE,
  more: (schema: string) => string = () => "",
): string => `
${create} FUNCTION ${schema}.write_1(asked_root text, turn text, asked text, request text)
RETURNS text LANGUAGE plpgsql ${PLANS} AS $function$
DECLARE
  written jsonb := request;
  loaded text := written->>'version';
  at_ms bigint := written->'at';
  now_ms bigint := coalesce((written->>'now')::bigint, ${NOW});
BEGIN
  IF written ? 'fresh' AND (${isStale(schema)}) THEN
    RETURN ${schema}.load_1(asked_root, asked);
  END IF;
  IF loaded = '' THEN
    INSERT INTO ${schema}.trees (root, version, resets, lines)
    VALUES (asked_root, written->>'next', (written->'resets')::bigint, (written->'lines')::bigint)
    ON CONFLICT DO NOTHING;
  ELSE
    UPDATE ${schema}.trees SET version = written->>'next', turn_of = NULL,
      resets = (written->'resets')::bigint, lines = (written->'lines')::bigint
    WHERE root = asked_root AND version = loaded AND ${NOW} - at_ms <= ${BOOKS_MS_MAX}
      AND (turn_of IS NULL OR turn_of = turn OR turn_until <= ${NOW});
  END IF;
  IF NOT FOUND THEN
    RETURN CASE WHEN written ? 'fresh' THEN ${schema}.load_1(asked_root, asked) END;
  END IF;
${more(schema)}  IF written ? 'pools' THEN
    INSERT INTO ${schema}.pools
    SELECT * FROM jsonb_populate_recordset(NULL::${schema}.pools, written->'pools')
    ON CONFLICT (path) DO UPDATE SET
      ${figures.map((column) => `${quoted(column)} = EXCLUDED.${quoted(column)}`).join(", ")};
  END IF;
  IF written ? 'dropped' THEN
    DELETE FROM ${schema}.reservations WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM jsonb_array_elements_text(written->'dropped') each,
        LATERAL (SELECT ctid FROM ${schema}.reservations WHERE root = asked_root AND id = each
          OFFSET 0) r));
  END IF;
  IF written ? 'kept' THEN
    INSERT INTO ${schema}.reservations
    SELECT * FROM jsonb_populate_recordset(NULL::${schema}.reservations, written->'kept')
    ON CONFLICT (root, id) DO UPDATE SET
      ${held.map((column) => `${column} = EXCLUDED.${column}`).join(", ")};
  END IF;
  IF written ? 'ledger' THEN
    INSERT INTO ${schema}.ledger
    SELECT * FROM jsonb_populate_recordset(NULL::${schema}.ledger, written->'ledger');
  END IF;
  IF written ? 'left' THEN
    DELETE FROM ${schema}.waiters WHERE ctid = ANY(ARRAY(
      SELECT r.ctid FROM jsonb_array_elements_text(written->'left') each,
        LATERAL (SELECT ctid FROM ${schema}.waiters WHERE root = asked_root AND id = each
          OFFSET 0) r));
  END IF;
  IF written ? 'waiters' THEN
    INSERT INTO ${schema}.waiters
    SELECT * FROM jsonb_populate_recordset(NULL::${schema}.waiters, written->'waiters')
    ON CONFLICT (root, id) DO UPDATE SET path = EXCLUDED.path,
      ${AMOUNT_COLUMNS.map((column) => `${column} = EXCLUDED.${column}`).join(", ")},
      expires_at = EXCLUDED.expires_at;
  END IF;
  RETURN json_build_object('at', ${NOW});
END
$function$;
`;

/** `window` is a word of SQL. */
function quoted(column: string): string {
  return `"${column}"`;
}

/** The functions of version 1, in a schema whose name is quoted. */
export function functionsOf(schema: string): string {
  return loadFunction(schema) + claimFunction(schema) + writeFunction(schema);
}

/**
 * The functions that version 3 replaces. Processes of an earlier version go on with the same
 * function: what they do not know of becomes NULL, and is derived from the rest then.
 */
export function functionsOfVersion3(schema: string): string {
  return writeFunction(schema, "CREATE OR REPLACE", [...FIGURES, "counts_since"], HELD_ANEW);
}

/** The function that version 4 replaces: it writes ranks too. */
export function functionsOfVersion4(schema: string): string {
  const figures = [...FIGURES, "counts_since", "rank"];
  return writeFunction(schema, "CREATE OR REPLACE", figures, HELD_ANEW);
}

/** The functions that version 5 replaces: it writes terms, and deletes pools. */
export function functionsOfVersion5(schema: string): string {
  const figures = [...FIGURES, "counts_since", "rank", "terms"];
  const create = "CREATE OR REPLACE";
  return (
    loadFunction(schema, create, POOLS_BELOW(schema)) +
    writeFunction(schema, create, figures, HELD_ANEW, DELETED_POOLS)
  );
}

/** The function that version 6 replaces: it writes what is known of slices. */
export function functionsOfVersion6(schema: string): string {
  const figures = [...FIGURES, "counts_since", "rank", "terms", "slices"];
  const held = [...HELD_ANEW, "slice"];
  return writeFunction(schema, "CREATE OR REPLACE", figures, held, DELETED_POOLS);
}

/** The function that version 7 replaces: it writes the parts of sliding windows. */
export function functionsOfVersion7(schema: string): string {
  const figures = [...FIGURES, "counts_since", "rank", "terms", "slices", "parts"];
  const held = [...HELD_ANEW, "slice"];
  return writeFunction(schema, "CREATE OR REPLACE", figures, held, DELETED_POOLS);
}
