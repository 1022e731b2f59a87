// `token-budget proxy`: the proxy of `run` without a command, for programs that are not started
// from a shell. Its port and its key do not change.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

import { startProxy } from "../../proxy/index.ts";
import type { BudgetProxy, ProxyOptions } from "../../proxy/index.ts";
import { CAP_FLAGS, WINDOW_FLAGS } from "../settings/caps.ts";
import { clientSettings } from "../run/client-settings.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { PRICES_FLAG } from "../settings/configuration.ts";
import { upstreamsOf } from "../run/child-environment.ts";
import { EXIT } from "../exit-codes.ts";
import { explainerFor } from "../output/explain-refusal.ts";
import { usedOf } from "../output/figures.ts";
import { KnownPlan, PLAN_FLAG, planLimits } from "../run/plan-windows.ts";
import { pricesFor } from "../prices/own-prices.ts";
import { METER_FLAGS, meterFor } from "../run/meter-settings.ts";
import { PriceGuesses } from "../prices/price-guesses.ts";
import { readPrivateFile, stateFolder, writePrivateFile } from "../store/private-files.ts";
import { openRunPool, readBudget, SLICES_FLAG } from "../run/budget.ts";
import { STORE_FLAG } from "../store/open-store.ts";

const PORT = 4141;
const PORT_MAX = 65_535;
const KEY = /^[\w-]{8,128}$/;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `token-budget proxy`. */
export const proxy: CliCommand = {
  name: "proxy",
  operands: "",
  operandsMax: 0,
  summary:
    "Runs the proxy alone until Ctrl-C, for editors and desktop apps that you do not start from a shell. Prints which settings to paste where. Port and key stay the same between starts.",
  flags: {
    pool: { value: "NAME", help: "the pool that calls draw from (default: desktop)" },
    ...CAP_FLAGS,
    ...WINDOW_FLAGS,
    ...STORE_FLAG,
    ...SLICES_FLAG,
    label: { value: "TEXT", help: "label of the ledger entries (default: proxy)" },
    ...PRICES_FLAG,
    ...METER_FLAGS,
    ...PLAN_FLAG,
    port: { value: "PORT", help: `the port on 127.0.0.1 (default: ${PORT})` },
    "new-key": { help: "make a new key; the old key is refused" },
    strict: {
      help: "refuse calls with provider-run tools, such as web search, and trust no cache",
    },
    quiet: { help: "do not print the settings to paste" },
    json: { help: "print the settings as one line of JSON" },
  },
  examples: [
    "token-budget proxy --usd 5/day",
    "token-budget proxy --pool desktop --usd 50 --per month --port 4200",
  ],
  async run(given, context) {
    const { err, out } = context;
    const named: ParsedArguments = {
      ...given,
      text: (flag) => given.text(flag) ?? (flag === "pool" ? "desktop" : undefined),
    };
    const open = await openRunPool(readBudget(named, context), named, context);
    try {
      const running = await started(open.source, given, context);
      if (given.isOn("json")) out(JSON.stringify(clientSettings(running)));
      else if (!given.isOn("quiet")) for (const line of shown(running)) out(line);
      err(`token-budget: listening at ${new URL(running.url).origin}; press Ctrl-C to stop`);
      await ended();
      await running.close();
      await open.flush();
      const snapshot = await open.pool.snapshot();
      err(`token-budget: ${usedOf(snapshot)} (pool "${snapshot.path}")`);
      return EXIT.success;
    } finally {
      await open.close();
    }
  },
};

async function started(
  pool: Parameters<typeof startProxy>[0],
  given: ParsedArguments,
  context: CliContext,
): Promise<BudgetProxy> {
  const prices = pricesFor(given, context);
  const guesses = new PriceGuesses(prices.asOf);
  const plan = new KnownPlan(context.env);
  const port = portOf(given);
  const options: ProxyOptions = {
    ...meterFor(given, context, prices, upstreamsBut(port, context.env)),
    port,
    key: keyFor(given, context),
    explain: explainerFor(true),
    label: given.text("label") ?? "proxy",
    plan: planLimits(given),
    onPlan: (windows) => plan.see(windows),
    onExchange: (report) => guesses.report(report, context.err),
  };
  try {
    return await startProxy(pool, options);
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "EADDRINUSE") throw error;
    throw new Failure(
      `port ${port} is in use, perhaps by another token-budget proxy; stop that, or choose another port with --port`,
    );
  }
}

/**
 * Returns the addresses in variables, without those of this proxy itself: the profile of the shell
 * may contain the settings shown here, and the proxy would forward every call to itself.
 */
export function upstreamsBut(port: number, env: CliContext["env"]): Record<string, string> {
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const others = Object.entries(upstreamsOf(env)).filter(
    ([, address]) => !own.has(new URL(address).host),
  );
  return Object.fromEntries(others);
}

function portOf(given: ParsedArguments): number {
  const text = given.text("port") ?? String(PORT);
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port <= PORT_MAX) return port;
  throw new UsageError(`Expected --port to be a port from 1 to ${PORT_MAX}, got "${text}"`);
}

/** Returns the stored key, or stores a new one. */
function keyFor(given: ParsedArguments, { env }: CliContext): string {
  const path = join(stateFolder(env), "proxy-key");
  const kept = given.isOn("new-key") ? undefined : readPrivateFile(path)?.trim();
  if (kept !== undefined && KEY.test(kept)) return kept;
  const key = randomBytes(16).toString("base64url");
  writePrivateFile(path, `${key}\n`);
  return key;
}

function shown(running: BudgetProxy): readonly string[] {
  const all: string[] = [];
  for (const { program, where, lines } of clientSettings(running))
    all.push(`# ${program}: ${where}`, ...lines, "");
  return all;
}

/** Resolves when a signal ends it. */
async function ended(): Promise<void> {
  const over = new AbortController();
  await Promise.race(
    SIGNALS.map((signal) => once(process, signal, { signal: over.signal }).catch(() => undefined)),
  );
  over.abort();
}
