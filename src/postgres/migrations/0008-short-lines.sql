-- A line of the ledger leaves out what most lines have in common: that it is known, that it is one
-- call, that its tokens are those in and out, and that it was booked when it was written. Each is a
-- bit in place of eight bytes. Lines that were written before stay as they are.

ALTER TABLE token_budget.ledger ALTER COLUMN unknown DROP NOT NULL,
  ALTER COLUMN calls DROP NOT NULL, ALTER COLUMN tokens DROP NOT NULL,
  ALTER COLUMN booked_at DROP NOT NULL;

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
  SELECT root, at / 86400000, path, coalesce(model, ''), coalesce(label, ''), count(*),
    sum(coalesce(tokens, input_tokens + output_tokens)), sum(input_tokens), sum(output_tokens),
    sum(nano_usd), sum(coalesce(calls, 1))
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
