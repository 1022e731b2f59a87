-- Takes a turn as claim_1 does, and waits for it: a process that asks again later finds it free
-- later. Returns NULL if it is another process's turn all the while. It looks before it claims, so
-- that those who wait do not slow down those who have the turn.
CREATE FUNCTION token_budget.claim_2(asked_root text, request text, turn text, wait_ms integer)
RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS
  $function$
DECLARE
  ends_at timestamptz := clock_timestamp() + wait_ms * interval '1 millisecond';
  answer text;
BEGIN
  LOOP
    IF NOT EXISTS (SELECT FROM token_budget.trees WHERE root = asked_root AND turn_of <> turn
      AND turn_until > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) THEN
      answer := token_budget.claim_1(asked_root, request, turn);
    END IF;
    IF answer IS NOT NULL OR clock_timestamp() >= ends_at THEN
      RETURN answer;
    END IF;
    PERFORM pg_sleep(0.0003);
  END LOOP;
END
$function$;
