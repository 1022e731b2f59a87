// A team shares one budget; each agent and each run has a cap of its own below it. An ask on a run is an ask on its
// agent and its team too, in one step. Run it: node examples/hierarchy/main.ts

import { BudgetExceeded, BudgetPool } from "token-budget";

const team = new BudgetPool({ name: "acme", caps: { usd: 1 } });
const search = team.child("search", { caps: { usd: 0.6 } });
const writer = team.child("writer", { caps: { usd: 0.6 } });
const firstRun = search.child("run-1", { caps: { usd: 0.25, calls: 10 } });
const secondRun = search.child("run-2", { caps: { usd: 0.5 } });
const draft = writer.child("draft");

spend(firstRun, 0.2);
spend(firstRun, 0.1); // the run has $0.05 left
spend(secondRun, 0.35);
spend(secondRun, 0.05); // takes the agent to $0.60, its cap
spend(secondRun, 0.0001); // and now the agent refuses, though the run has room by its own cap
spend(draft, 0.4); // the draft has no cap, its agent has room, and the team is at $1.00 after this
spend(draft, 0.01); // the team refuses

print("");
for (const pool of [team, search, firstRun, secondRun, writer, draft]) {
  const { path, used, caps } = pool.snapshot();
  const cap = caps.usd === undefined ? "uncapped" : `of $${caps.usd.toFixed(2)}`;
  print(`${path.padEnd(20)} $${used.usd.toFixed(2)} ${cap}`);
}

function spend(pool: BudgetPool, usd: number): void {
  try {
    pool.record({ usd });
    print(`${pool.path}: booked $${usd}`);
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    print(
      `${pool.path}: $${usd} refused by ${error.pool}, ${error.reason}, $${error.remaining} remaining there`,
    );
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
