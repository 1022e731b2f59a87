// What a user of the installed package does first. Plain JavaScript without any import, on what
// every engine has, so that it runs everywhere. Throws at the first thing that is wrong.

/** Uses the door "."; `api` is what importing or requiring it gave. */
async function exercise(api) {
  let checks = 0;
  const equal = (found, wanted, what) => {
    const [foundText, wantedText] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (foundText !== wantedText) throw new Error(`${what}: ${foundText}, not ${wantedText}`);
    checks++;
  };
  const { BudgetPool, BudgetExceeded, BudgetError } = api;

  const pool = new BudgetPool({ name: "smoke", caps: { tokens: 1000, usd: 0.3 } });
  for (let call = 0; call < 3; call++) pool.record({ usd: 0.1 });
  equal(pool.snapshot().used.usd, 0.3, "three times ten cents");
  const refused = caught(() => pool.record({ usd: 1e-9 }));
  equal(refused.code, "BUDGET_EXCEEDED", "code");
  equal([BudgetExceeded.is(refused), BudgetError.is(refused)], [true, true], "is");
  equal([refused.axis, refused.reason, refused.remaining], ["usd", "spent", 0], "evidence");

  const hold = pool.reserve({ inputTokens: 400, outputTokens: 200 });
  equal(pool.check({ tokens: 500 }).reason, "busy", "reason beside a hold");
  equal(pool.tryReserve({ tokens: 500 }), undefined, "what does not fit");
  equal(hold.commit({ inputTokens: 390, outputTokens: 110 }).booked.tokens, 500, "what is booked");
  equal(caught(() => hold.commit()).code, "RESERVATION_SETTLED", "a second commit");

  const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
  const disposed = pool.reserve({ tokens: 100 });
  disposed[dispose]();
  equal([disposed.settled, pool.snapshot().reserved.tokens], [true, 0], "a disposed reservation");
  equal(pool.reserveUpTo({ unit: { tokens: 100 }, max: 9 }).units, 5, "a grant");

  const timers = [];
  const clock = {
    now: () => Date.UTC(2024, 2, 31, 12),
    schedule(delayMs, callback) {
      timers.push({ delayMs, callback });
      return () => {};
    },
  };
  const day = { window: "day", timeZone: "Europe/Berlin", clock };
  const daily = new BudgetPool({ caps: { calls: 1 }, ...day });
  const { startsAt, endsAt } = daily.snapshot().window;
  equal((endsAt - startsAt) / 3_600_000, 23, "hours of a day in which clocks go forward");

  const first = await daily.reserveWhenFree({});
  const second = daily.reserveWhenFree({}, { timeoutMs: 5000 });
  equal(timers.length > 0, true, "timers of who waits");
  first.release();
  equal((await second).settled, false, "the reservation of who has waited");
  equal(await pool.child("task").run({ usd: 0 }, () => "answer"), "answer", "what run answers");
  return checks;
}

function caught(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error(`did not throw: ${action}`);
}

module.exports = { exercise };
