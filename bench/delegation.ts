// A fan-out over one budget, as published in arXiv 2606.04056: M agents at once, 20 calls each, and half the money that
// all of them would use. Virtual time, a simulated provider with books of its own, and everything from a seed.

import { BudgetExceeded, BudgetPool } from "../dist/index.js";
import type { Reservation } from "../dist/index.js";
import { adaptiveEstimate } from "../dist/meter/index.js";
import type { AdaptiveEstimate, EstimateRequest } from "../dist/meter/index.js";
import { printLine, printTable } from "./print.ts";
import { randomFrom } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

const AGENTS = [2, 4, 8, 16, 32, 64];
const CALLS_PER_AGENT = 20;
const RUNS_PER_SIZE = 10;
const MAX_TOKENS = 4096;
const MEDIAN_OUTPUT_TOKENS = 400;
/** The least answer that is of use to an agent whose `max_tokens` is clamped. */
const MIN_TOKENS = 256;
const INPUT_TOKENS = 1000;
const NANO_PER_INPUT_TOKEN = 3000;
const NANO_PER_OUTPUT_TOKEN = 15_000;
const MS_PER_OUTPUT_TOKEN = 10;

/** One call: what it would answer if nothing stopped it. */
interface Call {
  readonly outputTokens: number;
}

/** Room that an agent was given for a call. */
interface Grant {
  /** The `max_tokens` of the call. */
  readonly maxTokens: number;
  /** What was held for it, in nano-dollars. */
  readonly heldNano: number;
  /** Books what the call really used. */
  settle(outputTokens: number): void;
}

/** A way of asking for room: undefined when the call is refused. */
type Strategy = (
  pool: BudgetPool,
  outputsSeen: readonly number[],
) => Promise<Grant | undefined> | Grant | undefined;

interface Tally {
  runs: number;
  overCap: number;
  /** The largest bill, as a multiple of the cap. */
  worstBill: number;
  calls: number;
  refused: number;
  falselyRefused: number;
  cut: number;
  heldNano: number;
  usedNano: number;
}

function nanoOf(outputTokens: number): number {
  return INPUT_TOKENS * NANO_PER_INPUT_TOKEN + outputTokens * NANO_PER_OUTPUT_TOKEN;
}

function amountOf(outputTokens: number): {
  inputTokens: number;
  outputTokens: number;
  usd: number;
} {
  return { inputTokens: INPUT_TOKENS, outputTokens, usd: nanoOf(outputTokens) / 1e9 };
}

function grantOf(hold: Reservation, maxTokens: number): Grant {
  return {
    maxTokens,
    heldNano: nanoOf(maxTokens),
    settle: (outputTokens) => void hold.commit(amountOf(outputTokens)),
  };
}

/** Answers undefined for a refusal, and throws everything else. */
async function unlessRefused<T>(hold: () => Promise<T>): Promise<T | undefined> {
  try {
    return await hold();
  } catch (error) {
    if (BudgetExceeded.is(error)) return undefined;
    throw error;
  }
}

/** What everybody writes first: look, call, then book. The bill comes whatever the books say. */
function checkThenRecord(pool: BudgetPool): Grant | undefined {
  if (pool.check(amountOf(0)) !== undefined) return undefined;
  const settle = (outputTokens: number): void => void pool.tryRecord(amountOf(outputTokens));
  return { maxTokens: MAX_TOKENS, heldNano: 0, settle };
}

function staticHold(pool: BudgetPool): Grant | undefined {
  const hold = pool.tryReserve(amountOf(MAX_TOKENS));
  return hold && grantOf(hold, MAX_TOKENS);
}

async function waitingHold(pool: BudgetPool): Promise<Grant | undefined> {
  const hold = await unlessRefused(() => pool.reserveWhenFree(amountOf(MAX_TOKENS)));
  return hold && grantOf(hold, MAX_TOKENS);
}

async function clampedHold(pool: BudgetPool): Promise<Grant | undefined> {
  const request = {
    fixed: amountOf(0),
    unit: { outputTokens: 1, usd: NANO_PER_OUTPUT_TOKEN / 1e9 },
    min: MIN_TOKENS,
    max: MAX_TOKENS,
  };
  const hold = await unlessRefused(async () => pool.reserveUpTo(request));
  return hold && grantOf(hold, hold.units);
}

/** Holds what 95 of 100 answers so far have stayed within, and lets no answer go further. */
async function adaptiveHold(
  pool: BudgetPool,
  outputsSeen: readonly number[],
): Promise<Grant | undefined> {
  const sorted = outputsSeen.toSorted((a, b) => a - b);
  const maxTokens =
    sorted.length < 20 ? MAX_TOKENS : (sorted[Math.floor(sorted.length * 0.95)] ?? MAX_TOKENS);
  const hold = await unlessRefused(() => pool.reserveWhenFree(amountOf(maxTokens)));
  return hold && grantOf(hold, maxTokens);
}

/** One for each run, which begins with knowing nothing. */
const estimators = new WeakMap<BudgetPool, AdaptiveEstimate>();

/** Holds what `adaptiveEstimate` expects, and lets answers go on: what they use beyond is overage. */
async function learnedHold(pool: BudgetPool, quantile: number): Promise<Grant | undefined> {
  const estimator = estimators.get(pool) ?? adaptiveEstimate({ quantile });
  estimators.set(pool, estimator);
  const request: EstimateRequest = {
    wire: "openai-chat",
    provider: "openai",
    model: "any",
    body: {},
    inputTokens: INPUT_TOKENS,
    outputTokens: MAX_TOKENS,
  };
  const expected = estimator.estimate(request)?.outputTokens ?? MAX_TOKENS;
  const hold = await unlessRefused(() => pool.reserveWhenFree(amountOf(expected)));
  return (
    hold && {
      maxTokens: MAX_TOKENS,
      heldNano: nanoOf(expected),
      settle: (outputTokens) => {
        hold.commit(amountOf(outputTokens));
        estimator.learn?.(request, { inputTokens: INPUT_TOKENS, outputTokens });
      },
    }
  );
}

const STRATEGIES: readonly (readonly [string, Strategy])[] = [
  ["check, then record", checkThenRecord],
  ["static holds", staticHold],
  ["waiting holds (`reserveWhenFree`)", waitingHold],
  ["clamped holds (`reserveUpTo`)", clampedHold],
  ["adaptive waiting holds", adaptiveHold],
  ["`adaptiveEstimate`, quantile 0.95", (pool) => learnedHold(pool, 0.95)],
  ["`adaptiveEstimate`, quantile 0.85", (pool) => learnedHold(pool, 0.85)],
];

/** Those that must keep every cap: of the others, one holds nothing and the rest holds too little. */
const HARD: ReadonlySet<Strategy> = new Set([staticHold, waitingHold, clampedHold, adaptiveHold]);

/** Output tokens are log-normal, of the given median and sigma 1, up to `max_tokens`. */
function callsOf(agents: number, seed: number): Call[][] {
  const random = randomFrom(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const call = (): Call => ({
    outputTokens: Math.min(
      MAX_TOKENS,
      Math.max(1, Math.round(MEDIAN_OUTPUT_TOKENS * Math.exp(normal()))),
    ),
  });
  return Array.from({ length: agents }, () => Array.from({ length: CALLS_PER_AGENT }, call));
}

/** Lets the agents work. A refused call is given up, and its agent goes on after the time the call would have taken. */
async function runOnce(
  strategy: Strategy,
  agents: number,
  seed: number,
  tally: Tally,
): Promise<void> {
  const calls = callsOf(agents, seed);
  const wantedNano = calls.flat().reduce((sum, { outputTokens }) => sum + nanoOf(outputTokens), 0);
  const capNano = Math.floor(wantedNano / 2);
  const pool = new BudgetPool({ caps: { usd: capNano / 1e9 }, overage: "allow" });
  const time = new VirtualTime();
  const outputsSeen: number[] = [];
  // The provider's side: what has been billed, and what the calls on their way will be billed at.
  let billedNano = 0;
  let onTheirWayNano = 0;
  // What would have been billed as well, had every call been let in that really fitted when it was refused.
  let falselyRefusedNano = 0;

  const agent = async (callsOfAgent: readonly Call[]): Promise<void> => {
    for (const { outputTokens: wanted } of callsOfAgent) {
      tally.calls++;
      // oxlint-disable-next-line no-await-in-loop -- an agent makes one call after another
      const grant = await strategy(pool, outputsSeen);
      if (grant === undefined) {
        tally.refused++;
        if (billedNano + onTheirWayNano + falselyRefusedNano + nanoOf(wanted) <= capNano) {
          tally.falselyRefused++;
          falselyRefusedNano += nanoOf(wanted);
        }
        // oxlint-disable-next-line no-await-in-loop -- as above
        await time.sleep(wanted * MS_PER_OUTPUT_TOKEN);
        continue;
      }
      const outputTokens = Math.min(wanted, grant.maxTokens);
      if (outputTokens < wanted) tally.cut++;
      const nano = nanoOf(outputTokens);
      onTheirWayNano += nano;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await time.sleep(outputTokens * MS_PER_OUTPUT_TOKEN);
      onTheirWayNano -= nano;
      billedNano += nano;
      tally.heldNano += grant.heldNano;
      tally.usedNano += nano;
      outputsSeen.push(outputTokens);
      grant.settle(outputTokens);
    }
  };

  await time.run(Promise.all(calls.map(agent)));
  tally.runs++;
  if (billedNano > capNano) tally.overCap++;
  tally.worstBill = Math.max(tally.worstBill, billedNano / capNano);
}

/** Prints what each way of holding comes to; answers how many runs with holds went over their cap. */
export async function printDelegation(): Promise<number> {
  const rows: string[][] = [];
  let overCapWithHolds = 0;
  for (const [name, strategy] of STRATEGIES) {
    const tally: Tally = {
      runs: 0,
      overCap: 0,
      worstBill: 0,
      calls: 0,
      refused: 0,
      falselyRefused: 0,
      cut: 0,
      heldNano: 0,
      usedNano: 0,
    };
    for (const agents of AGENTS) {
      for (let run = 0; run < RUNS_PER_SIZE; run++) {
        // oxlint-disable-next-line no-await-in-loop -- runs share one tally
        await runOnce(strategy, agents, agents * 1000 + run, tally);
      }
    }
    if (HARD.has(strategy)) overCapWithHolds += tally.overCap;
    rows.push(rowOf(name, tally));
  }
  printTable(
    ["holds", "runs over cap", "largest bill", "refused", "falsely", "cut", "held ÷ used"],
    rows,
  );
  printLine(
    `\nM = ${AGENTS.join(", ")} agents of ${CALLS_PER_AGENT} calls, ${RUNS_PER_SIZE} seeds each; bill as a multiple of the cap, refused and cut as a part of all calls.`,
  );
  return overCapWithHolds;
}

function rowOf(name: string, tally: Tally): string[] {
  const part = (count: number): string => `${((100 * count) / tally.calls).toFixed(1)} %`;
  return [
    name,
    `${tally.overCap} of ${tally.runs}`,
    tally.worstBill.toFixed(4),
    part(tally.refused),
    part(tally.falselyRefused),
    part(tally.cut),
    tally.heldNano === 0 ? "–" : (tally.heldNano / tally.usedNano).toFixed(2),
  ];
}

if (import.meta.main && (await printDelegation()) > 0) process.exitCode = 1;
