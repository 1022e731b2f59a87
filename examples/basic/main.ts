// Reserve the worst case, call the model, commit what it really used. Run it: node examples/basic/main.ts

import { BudgetExceeded, BudgetPool } from "token-budget";

const pool = new BudgetPool({ caps: { tokens: 10_000, usd: 0.1 } });

async function ask(prompt: string): Promise<string> {
  using hold = pool.reserve({ tokens: 3000, usd: 0.024 }); // refused when there is no room
  const { text, usage } = await callModel(prompt); // if this throws, the hold is released
  hold.commit({ tokens: usage.totalTokens, usd: usage.usd }); // what was not used is free again
  return text;
}

const outcomes = await Promise.allSettled(["one", "two", "three", "four"].map(ask));

for (const outcome of outcomes) {
  if (outcome.status === "fulfilled") print(outcome.value);
  else if (BudgetExceeded.is(outcome.reason)) print(outcome.reason.message);
  else throw outcome.reason;
}
const { used, remaining } = pool.snapshot();
print(`used: ${used.tokens} tokens and $${used.usd} in ${used.calls} calls`);
print(`remaining: ${remaining.tokens} tokens and $${remaining.usd}`);
print(`now "four" fits: ${await ask("four")}`);

/** Stands in for a real client. */
async function callModel(prompt: string) {
  return { text: `An answer to "${prompt}".`, usage: { totalTokens: 1800, usd: 0.0117 } };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
