// `token-budget status`: what pools have used, hold and have left.

import type { StoredSnapshot } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, Painted } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../output/figures.ts";
import { inWords } from "../output/forecast.ts";
import { JSON_FLAG, noPool, noPoolsYet, partsOf } from "../store/kept-pool.ts";
import { paceOf } from "../output/pace.ts";
import { KnownPlan, planText } from "../run/plan-windows.ts";
import { listPools, POOLS_COUNTED } from "../store/pool-list.ts";
import { SELECTION_FLAGS, selectionOf } from "../store/pool-selection.ts";
import type { AllBooks } from "../store/books.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";

/** How far back a forecast looks. */
const WATCHED_MS = 15 * 60_000;
const POOLS_A_PAGE = 50;

type Told = StoredSnapshot & { readonly lastsMs: number | undefined };

/** `token-budget status`. */
export const status: CliCommand = {
  name: "status",
  operands: "[POOL]",
  operandsMax: 1,
  summary: "Shows what pools have used, hold and have left.",
  flags: {
    ...SELECTION_FLAGS,
    limit: {
      value: "N",
      help: `pools per page (default: ${POOLS_A_PAGE}; --json lists all, the first ${POOLS_A_PAGE} with a forecast)`,
    },
    page: { value: "N", help: "which page (default: 1)" },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget status",
    "token-budget status daily --json",
    "token-budget status --search team- --sort used --limit 10",
  ],
  async run(given, context) {
    const selection = selectionOf(given);
    const isJson = given.isOn("json");
    const limit = wholeOf(given, "limit") ?? (isJson ? Number.MAX_SAFE_INTEGER : POOLS_A_PAGE);
    const start = ((wholeOf(given, "page") ?? 1) - 1) * limit;
    const { books, close } = await openBooks(given, context);
    try {
      const [name] = given.operands;
      const part = { below: name, first: start, count: limit };
      const { pools, total, isMore } = await listPools(books, selection, part, POOLS_COUNTED);
      const isEmpty = total === 0 && !(await hasAny(books, name));
      if (name !== undefined && isEmpty) await noPool(books, name);
      const told = await toldOf(books, pools);
      if (isJson) context.out(JSON.stringify(told));
      else if (isEmpty) context.out(noPoolsYet(books));
      else if (told.length === 0) context.out("No pool matches");
      else for (const each of told) context.out(...statusParts(each));
      const now = Date.now();
      const plan = planText(new KnownPlan(context.env).kept(now), now);
      if (plan !== "" && !isJson && name === undefined) context.out(`plan: ${plan}`);
      const more = total - start - told.length;
      if ((more > 0 || isMore) && !isJson)
        context.out(
          `… and ${isMore ? "many" : count(more)} more: --page ${start / limit + 2}, or --search, --only, --sort`,
        );
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

/** Whether there is any pool, or one below `name`. */
async function hasAny(books: AllBooks, name: string | undefined): Promise<boolean> {
  return (await books.page({ below: name, limit: 1 })).pools.length > 0;
}

/** The first pools get a forecast, which takes two more queries each. */
function toldOf(books: AllBooks, found: readonly StoredSnapshot[]): Promise<readonly Told[]> {
  return Promise.all(
    found.map(async (snapshot, at) => {
      const isCapped = snapshot.remaining.usd !== undefined && at < POOLS_A_PAGE;
      const pool = isCapped ? await books.find(snapshot.path) : undefined;
      const pace = pool && (await paceOf(pool, snapshot, WATCHED_MS));
      return Object.assign({ lastsMs: pace?.lastsMs }, snapshot);
    }),
  );
}

function statusParts({ lastsMs: forecast, ...snapshot }: Told): readonly (string | Painted)[] {
  // A pool over its cap has no forecast.
  const lasts =
    forecast === undefined || forecast === 0
      ? []
      : [`; at this rate it lasts ${inWords(forecast)}`];
  return [...partsOf(snapshot), ...lasts];
}

function wholeOf(given: ParsedArguments, flag: string): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`Expected --${flag} to be a whole number from 1, got "${text}"`);
}
