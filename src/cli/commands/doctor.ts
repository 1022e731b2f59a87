// `token-budget doctor`: the settings, the store, the prices, and where calls of this shell would
// go.

import { statSync } from "node:fs";
import process from "node:process";

import { PROVIDERS } from "../../wire/providers.ts";
import { bypassesIn } from "../run/bypasses.ts";
import { wrapped } from "../command-line.ts";
import type { CliCommand, CliContext } from "../command-line.ts";
import { PRICES_FLAG, readConfiguration } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output/figures.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import { pricesFor } from "../prices/own-prices.ts";
import { stateFolder } from "../store/private-files.ts";
import { driverAdvice, sqliteDriver } from "../store/sqlite-driver.ts";
import { openStore, STORE_FLAG } from "../store/open-store.ts";

/** One finding. */
interface Finding {
  readonly about: string;
  readonly found: string;
  readonly isFine: boolean;
}

const ABOUT_WIDTH = 9;
const PERMISSIONS = 0o777;
const OLD_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;
/** Variables with a provider's key. */
const KEY_VARIABLE = /^(?!AWS_|TOKEN_BUDGET_)[A-Z0-9_]+_API_KEY$/;

/** `token-budget doctor`. */
export const doctor: CliCommand = {
  name: "doctor",
  operands: "",
  operandsMax: 0,
  summary:
    "Checks your setup: the runtime, the store, the prices, where calls from this shell would go, and what would bypass a budget.",
  flags: { ...STORE_FLAG, ...PRICES_FLAG, ...JSON_FLAG },
  examples: ["token-budget doctor", "token-budget doctor --json"],
  async run(given, context) {
    const { env, out } = context;
    const findings: Finding[] = [
      runtimeOf(),
      stateOf(context),
      await attempt("store", async () => {
        const { store, close } = await openStore(given, context);
        try {
          const pools = await store.pools();
          return {
            found: `${placeOf(given.text("store"), context)}: ${counted(pools.length, "pool")}`,
          };
        } finally {
          await close();
        }
      }),
      await attempt("prices", () => {
        const { asOf } = pricesFor(given, context);
        const days = Math.floor((Date.now() - Date.parse(asOf)) / DAY_MS);
        const isOld = days > OLD_DAYS;
        const help = isOld ? "; to fetch newer ones: token-budget prices update" : "";
        return { found: `as of ${asOf}, ${counted(days, "day")} old${help}`, isFine: !isOld };
      }),
      ...baseUrlsOf(env),
      { about: "metered", found: meteredBy(), isFine: true },
      ...keysOf(env),
      ...bypassesIn(env).map((found) => ({ about: "bypass", found, isFine: false })),
    ];
    if (given.isOn("json")) out(JSON.stringify(findings));
    else for (const finding of findings) show(finding, out);
    return findings.every(({ isFine }) => isFine) ? EXIT.success : EXIT.failure;
  },
};

function runtimeOf(): Finding {
  const driver = sqliteDriver();
  const found = `Node.js ${process.versions.node}, SQLite of ${driver ?? `none: ${driverAdvice()}`}`;
  return { about: "runtime", found, isFine: driver !== undefined };
}

function stateOf({ env }: CliContext): Finding {
  const folder = stateFolder(env);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined)
    return { about: "state", found: `${folder}: created on first use`, isFine: true };
  const mode = stats.mode & PERMISSIONS;
  const isOpen = (mode & 0o077) !== 0 && process.platform !== "win32";
  const found = `${folder}, mode ${mode.toString(8)}${isOpen ? ": other users can read it" : ""}`;
  return { about: "state", found, isFine: !isOpen };
}

function placeOf(typed: string | undefined, context: CliContext): string {
  const named = typed ?? context.env["TOKEN_BUDGET_STORE"] ?? readConfiguration(context).own.store;
  if (named === undefined) return "the file in the state folder";
  // An address may contain a password.
  return named.replace(/\/\/[^@/]*@/, "//…@");
}

const MARK_WIDTH = 3;

/** Returns one finding, in lines that fit a terminal. */
function show({ about, found, isFine }: Finding, out: CliContext["out"]): void {
  const mark = { style: isFine ? "green" : "yellow", text: isFine ? "ok " : "!  " } as const;
  const [first = "", ...more] = wrapped(" ".repeat(MARK_WIDTH) + about.padEnd(ABOUT_WIDTH), found);
  out(mark, first.slice(MARK_WIDTH));
  for (const line of more) out(line);
}

/** Returns where the calls of this shell would go, according to its variables. */
function baseUrlsOf(env: CliContext["env"]): readonly Finding[] {
  const set = PROVIDERS.flatMap(({ id, environment = [] }) =>
    environment.flatMap(({ name }) => {
      const value = env[name];
      if (value === undefined || value === "") return [];
      const isOurs = /^http:\/\/127\.0\.0\.1:\d+\/b\//.test(value);
      const where = isOurs ? "a proxy of token-budget" : value.replace(/\/\/[^@/]*@/, "//…@");
      return [
        { about: "calls", found: `${id}: ${name} leads to ${where}`, isFine: URL.canParse(value) },
      ];
    }),
  );
  const found = "no base URL is set: calls from this shell go to the providers, unmetered";
  return set.length > 0 ? set : [{ about: "calls", found, isFine: true }];
}

/**
 * Returns which providers' clients read a variable, and so are metered under `run` without changes.
 */
function meteredBy(): string {
  const named = PROVIDERS.filter(({ environment = [] }) => environment.length > 0);
  return `under run, by their variables: ${named.map(({ id }) => id).join(", ")}; others need a base URL in code`;
}

function keysOf(env: CliContext["env"]): readonly Finding[] {
  const names = Object.keys(env).filter((name) => KEY_VARIABLE.test(name) && env[name] !== "");
  const found = names.length === 0 ? "no provider key is set" : `set: ${names.join(", ")}`;
  return [{ about: "keys", found, isFine: true }];
}

async function attempt(
  about: string,
  look: () => { found: string; isFine?: boolean } | Promise<{ found: string; isFine?: boolean }>,
): Promise<Finding> {
  try {
    return { about, isFine: true, ...(await look()) };
  } catch (error) {
    return { about, found: error instanceof Error ? error.message : String(error), isFine: false };
  }
}
