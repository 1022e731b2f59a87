// `token-budget top`: all pools, live, on a terminal or as lines of JSON.

import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";

import type { StoredSnapshot } from "../../stores/index.ts";
import type { CliCommand, CliContext } from "../command-line.ts";
import { UsageError } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { matching, SELECTION_FLAGS, selectionOf } from "../store/pool-selection.ts";
import type { Selection } from "../store/pool-selection.ts";
import { listPools, POOLS_COUNTED } from "../store/pool-list.ts";
import type { Listed } from "../store/pool-list.ts";
import { rowsFor, screenOf } from "../output/top-screen.ts";
import type { Shown } from "../output/top-screen.ts";
import type { AllBooks } from "../store/books.ts";
import { noPoolsYet } from "../store/kept-pool.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";
import { keysIn, View } from "../output/top-view.ts";

const EVERY_MS = 1000;
/** The ratio of pauses to reading time. */
const REST_PART = 4;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How far back a rate looks. */
const WATCHED_MS = 60_000;
const ENTER = "\u001B[?1049h\u001B[?25l";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H";
const TO_LINE_END = "\u001B[K";
const TO_SCREEN_END = "\u001B[J";

/** `token-budget top`. */
export const top: CliCommand = {
  name: "top",
  operands: "",
  operandsMax: 0,
  summary:
    "Watches all pools, live. Keys: q or Ctrl-C quits, arrows and PgUp/PgDn move, / searches, s sorts.",
  flags: {
    ...SELECTION_FLAGS,
    ...BOOKS_FLAGS,
    json: { help: "print a line of JSON every second; needs no terminal" },
  },
  examples: ["token-budget top", "token-budget top --json | head -n 60"],
  async run(given, context) {
    const isJson = given.isOn("json");
    const selection = selectionOf(given);
    if (!process.stdout.isTTY && !isJson)
      throw new UsageError("top needs a terminal; in scripts, use token-budget top --json");
    const { books, close } = await openBooks(given, context);
    try {
      await (isJson ? tell(books, selection, context) : watch(books, new View(selection), context));
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

/** Prints all pools every second, until its pipe is closed or a signal ends it. */
async function tell(books: AllBooks, selection: Selection, { out }: CliContext): Promise<void> {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  for (const signal of SIGNALS) process.once(signal, end);
  process.stdout.once("error", end);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one line a second
      out(JSON.stringify(matching(await books.pools(), selection)));
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(EVERY_MS, undefined, { signal: ended.signal });
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
}

/** Draws until it is ended, and restores the terminal. */
async function watch(books: AllBooks, view: View, context: CliContext): Promise<void> {
  const rates = new Rates();
  const { stdin, stdout } = process;
  let isOver = false;
  const latest = oneAtATime();
  const draw = async (): Promise<void> => {
    const { columns, rows } = stdout;
    const read = (): Promise<Listed> =>
      listPools(books, view.selection, { first: view.first, count: rows }, POOLS_COUNTED);
    let { pools, total, isMore } = await read();
    const { first } = view;
    view.fit(total, rowsFor(rows));
    if (view.first !== first) ({ pools, total, isMore } = await read());
    if (isOver) return;
    const shown = rates.of(pools, performance.now());
    const whenEmpty = noPoolsYet(books);
    const place = { first: view.first, total, isMore, note: view.note, whenEmpty };
    const lines = screenOf(shown, { columns, rows }, new Date(), place).map(({ text, style }) =>
      style === undefined ? text : styleText(style, text, { stream: stdout }),
    );
    // One write over the old screen, so that nothing flickers.
    stdout.write(HOME + lines.join(`${TO_LINE_END}\n`) + TO_LINE_END + TO_SCREEN_END);
  };
  await new Promise<void>((resolve, reject) => {
    let ticking: NodeJS.Timeout | undefined;
    const end = (error?: unknown): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(ticking);
      stdout.off("resize", show);
      stdin.off("data", onKey);
      for (const signal of SIGNALS) process.off(signal, end);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.pause();
      stdout.write(LEAVE);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    const read = async (): Promise<void> => {
      const startedAt = performance.now();
      await latest(draw);
      if (isOver) return;
      // Reading ten thousand pools takes a while, which must not slow down spending processes.
      const restMs = REST_PART * (performance.now() - startedAt);
      ticking = setTimeout(again, Math.max(EVERY_MS, restMs));
    };
    const again = (): void => {
      read().catch(end);
    };
    const show = (): void => {
      latest(draw).catch(end);
    };
    const onKey = (typed: Buffer): void => {
      // Keys typed while this was busy arrive together.
      if (keysIn(typed.toString()).some((key) => view.press(key))) end();
      else show();
    };
    stdout.write(ENTER);
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on("data", onKey);
    stdout.on("resize", show);
    for (const signal of SIGNALS) process.on(signal, end);
    again();
  });
  context.err("");
}

/** Usage in the last minute, by pool. */
class Rates {
  readonly #seen = new Map<string, { readonly at: number; readonly usd: number }[]>();

  of(snapshots: readonly StoredSnapshot[], at: number): Shown[] {
    return snapshots.map((snapshot) => {
      const { path, used } = snapshot;
      const seen = (this.#seen.get(path) ?? []).filter((each) => at - each.at <= WATCHED_MS);
      seen.push({ at, usd: used.usd });
      this.#seen.set(path, seen);
      const [first = { at, usd: used.usd }] = seen;
      return { snapshot, spent: used.usd - first.usd, overMs: at - first.at };
    });
  }
}

/** Runs one task at a time, and once more if it was requested meanwhile. */
function oneAtATime(): (task: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  return (task) => {
    if (waiting > 0) return last;
    waiting++;
    last = last.then(() => {
      waiting--;
      return task();
    });
    return last;
  };
}
