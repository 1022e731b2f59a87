// A daily budget that starts over at midnight in Berlin, and tells when it runs low. The clock is one of our own, so
// that a night passes in no time; leave `clock` out to go by the real one. Run it: node examples/windows/main.ts

import { BudgetPool } from "token-budget";
import type { Clock } from "token-budget";

const HOUR_MS = 3_600_000;

// Saturday, the eve of the 25-hour day on which summer time ends.
let nowMs = Date.parse("2026-10-24T18:00:00+02:00");
const clock: Clock = {
  now: () => nowMs,
  // Only waiting needs timers, and nobody waits here.
  schedule: () => () => {},
};

const pool = new BudgetPool({
  name: "daily",
  caps: { usd: 5 },
  window: "day",
  timeZone: "Europe/Berlin",
  thresholds: [0.5, 0.8, 1],
  onThreshold: ({ axis, threshold, used, cap }) =>
    print(`    ${axis} reached ${threshold * 100}% of the cap: $${used} of $${cap}`),
  clock,
});

show("Saturday evening");
spend(2);
spend(2.5);
spend(1);
const overnight = pool.reserve({ usd: 0.5 });
print("  a call of $0.50 begins, and ends after midnight");

nowMs += 8 * HOUR_MS;
show("Sunday, two o'clock");
overnight.commit({ usd: 0.45 });
print("  the call ends and is booked today: $0.45");
spend(1);

nowMs += 22 * HOUR_MS;
show("Sunday, eleven at night, 24 hours into a day of 25");
spend(4);

nowMs += HOUR_MS;
show("Monday, midnight");
spend(4);

function show(title: string): void {
  const { used, reserved, window } = pool.snapshot();
  print(`${title}: used $${used.usd}, reserved $${reserved.usd}`);
  if (window === undefined) return;
  const hours = (window.endsAt - window.startsAt) / HOUR_MS;
  print(`  window ${local(window.startsAt)} to ${local(window.endsAt)}, ${hours} hours`);
}

function spend(usd: number): void {
  print(`  spend $${usd}`);
  if (pool.tryRecord({ usd })) return;
  const refusal = pool.check({ usd });
  if (refusal === undefined) return;
  const until = refusal.resetsAt === undefined ? "" : ` until ${local(refusal.resetsAt)}`;
  print(`    refused: ${refusal.reason}${until}, $${refusal.remaining} remaining`);
}

function local(atMs: number): string {
  return new Date(atMs).toLocaleString("en-GB", {
    timeZone: "Europe/Berlin",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
