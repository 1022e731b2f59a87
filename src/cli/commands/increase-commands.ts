// Commands with which one person asks for more budget, and another grants or refuses it.

import type { Decision, IncreaseRequest, IncreaseState } from "../../gateway/increase-requests.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { CliCommand, CliContext, Flag, ParsedArguments } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { instantText, quantity } from "../output/figures.ts";
import { increasesOf } from "../store/increase-books.ts";
import { JSON_FLAG, noPool } from "../store/kept-pool.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";
import { ACCOUNT_FLAGS, accountOf, untilOf } from "./pool-commands.ts";

const HOUR_MS = 3_600_000;
const HOURS_DEFAULT = 24;
const STATES: readonly IncreaseState[] = ["open", "granted", "refused"];
const UNTIL_FLAG: Readonly<Record<string, Flag>> = {
  until: {
    value: "TIME",
    help: "when it ends: 2026-11-30T18:00, 12h or 3d (default: 24h)",
  },
};
const { actor } = ACCOUNT_FLAGS;
const WHO: Readonly<Record<string, Flag>> = actor === undefined ? {} : { actor };

/** `token-budget request`. */
export const requestCommand: CliCommand = {
  name: "request",
  operands: "POOL",
  operandsMax: 1,
  summary:
    "Asks for more budget for a pool, for a time. Someone who may change the pool grants or refuses it; until then, nothing changes.",
  flags: {
    usd: { value: "DOLLARS", help: "how many dollars more" },
    ...UNTIL_FLAG,
    reason: { value: "TEXT", help: "why, for the person who decides" },
    ...WHO,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ['token-budget request acme/ada --usd 20 --until 12h --reason "release day"'],
  async run(given, context) {
    const [path] = given.operands;
    const usd = dollarsOf(given);
    const reason = given.text("reason");
    if (path === undefined) throw new UsageError("Missing pool: name one");
    if (usd === undefined) throw new UsageError("Missing amount: pass --usd 20");
    if (reason === undefined)
      throw new UsageError('Missing reason: say why you need more; pass --reason "…"');
    const hours = hoursOf(given) ?? HOURS_DEFAULT;
    const open = await openBooks(given, context);
    try {
      // A server says itself which pools a key may name.
      if (open.store !== undefined && (await open.books.find(path)) === undefined)
        await noPool(open.books, path);
      const wanted = { usd, hours, reason };
      const asked = await (await increasesOf(open)).ask(path, accountOf(given).actor, wanted);
      show(asked, given, context);
      return EXIT.success;
    } finally {
      await open.close();
    }
  },
};

/** `token-budget requests`. */
export const requestsCommand: CliCommand = {
  name: "requests",
  operands: "[POOL]",
  operandsMax: 1,
  summary: "Lists requests for more budget, of a pool and the pools below it, the newest first.",
  flags: {
    state: { value: "STATE", help: `only those that are ${STATES.join(", ")}` },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["token-budget requests", "token-budget requests acme --state open"],
  async run(given, context) {
    const text = given.text("state");
    const state = STATES.find((each) => each === text);
    if (text !== undefined && state === undefined)
      throw new UsageError(`Expected --state to be one of ${STATES.join(", ")}, got "${text}"`);
    const open = await openBooks(given, context);
    try {
      const [subtree] = given.operands;
      const found = await (await increasesOf(open)).list({ subtree, state });
      if (given.isOn("json")) context.out(JSON.stringify(found));
      else if (found.length === 0) context.out("No requests");
      else for (const each of found) context.out(lineOf(each));
      return EXIT.success;
    } finally {
      await open.close();
    }
  },
};

/** `token-budget grant`. */
export const grantCommand: CliCommand = {
  name: "grant",
  operands: "ID",
  operandsMax: 1,
  summary:
    "Grants a request for more budget, by its id. The caps of its pool are raised at once, until the requested time.",
  flags: {
    usd: { value: "DOLLARS", help: "how many dollars more (default: what was asked for)" },
    until: { value: "TIME", help: "when it ends: 2026-11-30T18:00, 12h or 3d (default: as asked)" },
    reason: { value: "TEXT", help: "a note with the decision" },
    ...WHO,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["token-budget grant req_0mgabc123f00", "token-budget grant req_0mgabc123f00 --usd 10"],
  run: (given, context) => {
    const decision = { isGranted: true, usd: dollarsOf(given), hours: hoursOf(given) };
    return decide(given, context, decision);
  },
};

/** `token-budget refuse`. */
export const refuseCommand: CliCommand = {
  name: "refuse",
  operands: "ID",
  operandsMax: 1,
  summary: "Refuses a request for more budget, by its id.",
  flags: {
    reason: { value: "TEXT", help: "a note with the decision" },
    ...WHO,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ['token-budget refuse req_0mgabc123f00 --reason "wait until Monday"'],
  run: (given, context) => decide(given, context, { isGranted: false }),
};

async function decide(
  given: ParsedArguments,
  context: CliContext,
  decision: Omit<Decision, "actor" | "note">,
): Promise<number> {
  const [id] = given.operands;
  if (id === undefined)
    throw new UsageError("Missing id of the request: token-budget requests shows them");
  const open = await openBooks(given, context);
  try {
    const account = accountOf(given);
    const requests = await increasesOf(open);
    const decided = await requests
      .decide(id, { ...decision, actor: account.actor, note: account.reason })
      .catch(asFailure);
    if (decided === undefined)
      throw new Failure(`no request ${id} that you may decide; token-budget requests lists them`);
    show(decided, given, context);
    return EXIT.success;
  } finally {
    await open.close();
  }
}

/** It was decided before, in another way. */
function asFailure(error: unknown): never {
  if (error instanceof Error && error.name === "AlreadyDecided") throw new Failure(error.message);
  throw error;
}

function show(request: IncreaseRequest, given: ParsedArguments, { out }: CliContext): void {
  out(given.isOn("json") ? JSON.stringify(request) : lineOf(request));
}

function lineOf(request: IncreaseRequest): string {
  const { id, pool, usd, hours, reason, by, at, state, decidedBy, note, until } = request;
  const decided = decidedBy === undefined ? [] : [`${state} by ${decidedBy}`];
  const ends = until === undefined ? [] : [`until ${instantText(until)}`];
  return [
    id,
    new Date(at).toISOString(),
    state.padEnd(7),
    pool,
    `+${quantity("usd", usd)} for ${Number(hours.toFixed(1))} h`,
    `by ${by}: ${reason}`,
    ...decided,
    ...ends,
    ...(note === undefined ? [] : [note]),
  ].join("  ");
}

/** @throws {UsageError} if it is not an amount of dollars. */
function dollarsOf(given: ParsedArguments): number | undefined {
  const text = given.text("usd");
  if (text === undefined) return undefined;
  const usd = Number(text);
  if (/^\d*\.?\d+$/.test(text) && usd > 0) return usd;
  throw new UsageError(`Expected --usd to be more than 0, in dollars, got "${text}"`);
}

function hoursOf(given: ParsedArguments): number | undefined {
  const until = untilOf(given);
  return until === undefined ? undefined : (until - Date.now()) / HOUR_MS;
}
