// `token-budget top`: all pools, live, on a terminal or as lines of JSON.

import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";

import type { BudgetStore, StoredSnapshot } from "../stores/index.ts";
import type { Command, Surroundings } from "./command-line.ts";
import { UsageError } from "./command-line.ts";
import { EXIT } from "./exit-codes.ts";
import { matching, SELECTION_FLAGS, selectionOf } from "./pool-selection.ts";
import type { Selection } from "./pool-selection.ts";
import { rowsFor, screenOf } from "./screen.ts";
import type { Shown } from "./screen.ts";
import { openStore, STORE_FLAG } from "./state.ts";
import { keysIn, View } from "./top-view.ts";

const EVERY_MS = 1000;
/** How much longer than it reads it rests. */
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
export const top: Command = {
  name: "top",
  operands: "",
  operandsMax: 0,
  summary:
    "Watches all pools, live. Keys: q or Ctrl-C ends it, arrows and PgUp/PgDn move, / searches, s sorts.",
  flags: {
    ...SELECTION_FLAGS,
    ...STORE_FLAG,
    json: { help: "a line of JSON every second, without a terminal" },
  },
  examples: ["token-budget top", "token-budget top --json | head -n 60"],
  async run(given, surroundings) {
    const isJson = given.isOn("json");
    const selection = selectionOf(given);
    if (!process.stdout.isTTY && !isJson)
      throw new UsageError("This is for a terminal; elsewhere, there is token-budget top --json");
    const { store, close } = await openStore(given, surroundings);
    try {
      await (isJson
        ? tell(store, selection, surroundings)
        : watch(store, new View(selection), surroundings));
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

/** Tells all pools every second, until nobody reads or it is ended. */
async function tell(
  store: BudgetStore,
  selection: Selection,
  { out }: Surroundings,
): Promise<void> {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  for (const signal of SIGNALS) process.once(signal, end);
  process.stdout.once("error", end);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one line a second
      out(JSON.stringify(matching(await store.pools(), selection)));
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(EVERY_MS, undefined, { signal: ended.signal });
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
}

/** Draws until it is ended, and leaves the terminal as it was. */
async function watch(store: BudgetStore, view: View, surroundings: Surroundings): Promise<void> {
  const rates = new Rates();
  const { stdin, stdout } = process;
  let latest: readonly StoredSnapshot[] | undefined;
  const draw = (): void => {
    if (latest === undefined) return;
    const pools = matching(latest, view.selection);
    const { columns, rows } = stdout;
    view.fit(pools.length, rowsFor(rows));
    const shown = rates.of(pools.slice(view.first, view.first + rows), performance.now());
    const place = { first: view.first, total: pools.length, note: view.note };
    const lines = screenOf(shown, { columns, rows }, new Date(), place).map(({ text, style }) =>
      style === undefined ? text : styleText(style, text, { stream: stdout }),
    );
    // One write, over what was there: nothing flickers.
    stdout.write(HOME + lines.join(`${TO_LINE_END}\n`) + TO_LINE_END + TO_SCREEN_END);
  };
  await new Promise<void>((resolve, reject) => {
    let isOver = false;
    let ticking: NodeJS.Timeout | undefined;
    const end = (error?: unknown): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(ticking);
      stdout.off("resize", draw);
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
      latest = await store.pools();
      if (isOver) return;
      draw();
      // Ten thousand pools take their time, which is left to those who spend.
      const restMs = REST_PART * (performance.now() - startedAt);
      ticking = setTimeout(again, Math.max(EVERY_MS, restMs));
    };
    const again = (): void => {
      read().catch(end);
    };
    const onKey = (typed: Buffer): void => {
      // What was typed while this was busy comes as one.
      if (keysIn(typed.toString()).some((key) => view.press(key))) end();
      else draw();
    };
    stdout.write(ENTER);
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on("data", onKey);
    stdout.on("resize", draw);
    for (const signal of SIGNALS) process.on(signal, end);
    again();
  });
  surroundings.err("");
}

/** What was used in the last minute, by pool. */
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
