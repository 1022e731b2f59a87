// `npm run bench:sessions -- [FOLDER] [--every N] [--only AGENT] [--exact] [--why]`: how much of a cap coding agents can spend before a call of
// theirs is refused, by recorded sessions (numbers alone) through the real meter with what `token-budget run` uses. With --exact
// beside what the same runs come to where every call is held for the input that it has; with --why, what the last one did not fit for.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { MeteredFetchOptions } from "../../dist/meter/index.js";
import { printLine, printTable } from "../print.ts";
import { exactlyHeld } from "./exact.ts";
import { readSessions } from "./recording.ts";
import type { Agent, Session } from "./recording.ts";
import { REASON_COLUMNS, reasonCells } from "./refused.ts";
import { replay } from "./replay.ts";
import type { Run } from "./replay.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    only: { type: "string" },
    cap: { type: "string", multiple: true },
    policy: { type: "string" },
    least: { type: "string", default: "2048" },
    trust: { type: "string", default: "120000" },
    exact: { type: "boolean", default: false },
    why: { type: "boolean", default: false },
  },
});
const FOLDER = positionals[0] ?? join(import.meta.dirname, "../../../shared/sessions");
const EVERY = Number(values.every);
const CAPS = values.cap?.map(Number) ?? [1, 5, 20];

const RUN: MeteredFetchOptions = {
  unknownModel: "dearest",
  outputTokensMin: Number(values.least),
};
/** What `token-budget run` gives the meter, with `--strict` and without. */
const POLICIES: Readonly<Record<string, MeteredFetchOptions>> = {
  "--strict": { unbounded: "refuse", ...RUN },
  default: {
    unbounded: "overage",
    cacheReads: "expected",
    cacheTrustMs: Number(values.trust),
    ...RUN,
  },
};
const AGENTS: readonly Agent[] = ["claude-code", "codex", "gemini-cli"];
/** A cap with fewer runs than this says nothing. */
const RUNS_MIN = 3;

const COLUMNS = [
  "agent",
  "run",
  "cap",
  "runs",
  "spent, median",
  "tenth percentile",
  "refused at once",
  "bills above the cap",
  "by, at most",
  "answers cut",
  "counts a run",
  "caches lost",
  "calls",
  ...(values.exact ? ["counted exactly"] : []),
  ...(values.why ? REASON_COLUMNS : []),
];

if (!existsSync(join(FOLDER, "sessions.json"))) {
  printLine(
    `SKIPPED: no sessions.json in ${FOLDER}; give its folder: npm run bench:sessions -- FOLDER`,
  );
} else {
  const sessions = readSessions(FOLDER) ?? [];
  const rows: string[][] = [];
  for (const agent of AGENTS) {
    if (values.only !== undefined && values.only !== agent) continue;
    const own = sessions.filter((session) => session.agent === agent);
    for (const [policy, options] of Object.entries(POLICIES)) {
      if (values.policy !== undefined && values.policy !== policy) continue;
      for (const cap of CAPS) rows.push(...(await rowOf(own, agent, policy, cap, options)));
    }
  }
  printTable(COLUMNS, rows);
}

/** The sessions that cost more than a cap, each replayed under it. */
async function rowOf(
  own: readonly Session[],
  agent: Agent,
  policy: string,
  cap: number,
  options: MeteredFetchOptions,
): Promise<string[][]> {
  const over = own.filter(({ usd }) => usd > cap).filter((_session, at) => at % EVERY === 0);
  if (over.length < RUNS_MIN) return [];
  const runs: Run[] = [];
  for (const [id, session] of over.entries()) runs.push(await replay(session, id, cap, options));
  const trustMs = options.cacheReads === "expected" ? (options.cacheTrustMs ?? 0) : 0;
  return [
    [
      agent,
      policy,
      `$${cap}`,
      ...figuresOf(runs, cap),
      ...(values.exact ? [exactly(over, cap, trustMs)] : []),
      ...(values.why ? reasonCells(runs, cap) : []),
    ],
  ];
}

/** Median and tenth percentile where every call is held for the input that it has. */
function exactly(over: readonly Session[], cap: number, trustMs: number): string {
  const parts = over
    .map((one) => exactlyHeld(one, cap, { trustMs, outputTokensMin: Number(values.least) }) / cap)
    .toSorted((one, other) => one - other);
  return `${percent(quantile(parts, 0.5))}, ${percent(quantile(parts, 0.1))}`;
}

function figuresOf(runs: readonly Run[], cap: number): string[] {
  const parts = runs.map(({ billedUsd }) => billedUsd / cap).toSorted((one, other) => one - other);
  const above = parts.filter((part) => part > 1 + 1e-9);
  const sum = (name: "cut" | "counts" | "rewritten" | "calls"): number =>
    runs.reduce((total, run) => total + run[name], 0);
  return [
    String(runs.length),
    percent(quantile(parts, 0.5)),
    percent(quantile(parts, 0.1)),
    String(runs.filter(({ calls }) => calls === 0).length),
    String(above.length),
    above.length === 0 ? "–" : percent((above.at(-1) ?? 1) - 1),
    String(sum("cut")),
    (sum("counts") / runs.length).toFixed(1),
    String(sum("rewritten")),
    String(sum("calls")),
  ];
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(part * sorted.length)] ?? 0;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
}
