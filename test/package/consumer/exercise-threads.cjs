// What "token-budget/threads" must do from the tarball: four workers race for one budget, one of them is
// terminated while it holds something, and the main thread waits for that to come back.

const RECORDS = 1000;

/** Starts the workers and checks the books; answers how many checks passed. */
exports.exerciseThreads = async function exerciseThreads(SharedBudgetPool, start) {
  let checks = 0;
  const check = (what, holds) => {
    if (!holds) throw new Error(`expected ${what}`);
    checks++;
  };
  const pool = SharedBudgetPool.create({ caps: { calls: 3 * RECORDS + 10, tokens: 1e6 } });
  const racing = [1, 2, 3].map(() => start({ budget: pool.handle, records: RECORDS }));
  await Promise.all(racing.map(exitOf));
  const { used, openReservations } = pool.snapshot();
  check("every record in the books", used.calls === 3 * RECORDS);
  check("exact tokens", used.tokens === 3 * RECORDS * 7);
  check("nothing held by workers that have ended", openReservations === 0);

  const holder = start({ budget: pool.handle, records: 0 });
  const exited = exitOf(holder);
  await new Promise((resolve) => holder.once("message", resolve));
  check("what the worker holds", pool.snapshot().reserved.calls === 10);
  check("a refusal", pool.tryReserve({}) === undefined);
  const waiting = pool.reserveWhenFree({ calls: 10 }, { timeoutMs: 20_000 });
  await holder.terminate();
  await exited;
  const hold = await waiting;
  hold.commit({ calls: 1 });
  check("what came back", pool.snapshot().used.calls === 3 * RECORDS + 1);
  pool.close();
  return checks;
};

/** What a worker does: records, or holds ten calls until it is terminated. */
exports.workOn = async function workOn(SharedBudgetPool, { budget, records }) {
  const { parentPort } = require("node:worker_threads");
  const pool = SharedBudgetPool.attach(budget);
  for (let index = 0; index < records; index++) pool.record({ tokens: 7 });
  if (records > 0) {
    pool.reserve({ calls: 1 }); // not settled: the worker ends with it
    return;
  }
  const hold = pool.reserve({ calls: 10 });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  parentPort.postMessage("held");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  // What nobody refers to any more may be collected, and with its pool what it holds is given back.
  hold.release();
  pool.close();
};

function exitOf(worker) {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", resolve);
  });
}
