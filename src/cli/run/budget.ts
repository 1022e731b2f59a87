// The budget of a run: what was typed, what the user's files say, and what an untrusted file makes
// stricter.

import type { Caps } from "../../core/caps.ts";
import { ConfigInvalid } from "../../core/errors.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import { BudgetPool } from "../../pool/budget-pool.ts";
import type { BudgetStore, SlicedBudgetPool, StoredBudgetPool } from "../../stores/index.ts";
import { CAP_FLAGS, typedCaps, lowestOf, WINDOW_FLAGS, typedWindow } from "../settings/caps.ts";
import type { Window } from "../settings/caps.ts";
import { givenOf, UsageError } from "../command-line.ts";
import type { ParsedArguments, CliContext } from "../command-line.ts";
import { textsOf } from "../settings/configuration-file.ts";
import type { Settings } from "../settings/configuration-file.ts";
import { LIMIT_KEYS } from "../settings/configuration-file.ts";
import { CODE_KEYS, readConfiguration, reportFolderFile } from "../settings/configuration.ts";
import type { Configuration } from "../settings/configuration.ts";
import { quoted } from "../output/explain-refusal.ts";
import { instantText, usedOf } from "../output/figures.ts";
import { isByPeriod, lowestAmountOf, periodCapsOf } from "../settings/periods.ts";
import type { PeriodCap } from "../settings/periods.ts";
import { openStore } from "../store/open-store.ts";
import { CappedCalls } from "../../gateway/capped-calls.ts";
import type { PoolSource } from "../../meter/metered-pool.ts";

/** A pool that is open for a run. */
export interface OpenRunPool {
  readonly pool: BudgetPool | StoredBudgetPool | SlicedBudgetPool;
  /** Where calls draw from: the pool, or one below it that caps a model or provider. */
  readonly source: PoolSource;
  /** The pool, if it outlives this run. */
  readonly kept: StoredBudgetPool | undefined;
  /** Reports to the store what was settled in a slice; resolves once the store has it. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Whether a command shares its pool in slices (R15). */
export const SLICES_FLAG = {
  slices: {
    help: "take room of the pool in advance and decide locally, for many calls a second (needs a stored pool)",
  },
} as const;

interface Limits {
  readonly caps: Caps;
  readonly window: Window;
}

/** What a run may spend, and from which pool. */
export interface RunBudget {
  /** The name of a stored pool; undefined for one of the run's own. */
  readonly name: string | undefined;
  readonly limits: Limits;
  /** The limits of pools below it, each a child of the previous one, by name. */
  readonly below: readonly (Limits & { readonly name: string })[];
  readonly label: string | undefined;
}

const WINDOW = ["per", "from", "time-zone"] as const;
const NOTHING = givenOf({}, [], []);

/**
 * Returns what a run may spend: flags override the user's own files. Of an untrusted file, the
 * lower of both caps applies, and settings that no other source has.
 *
 * @throws {UsageError} if nothing says how much.
 */
export function readBudget(given: ParsedArguments, context: CliContext): RunBudget {
  const read = readConfiguration(context);
  const { usd, configuration, taken } = usdByPeriod(given, read);
  const named = usd === undefined ? given : withTexts(given, { usd });
  const [longest, ...shorter] = periodCapsOf(named);
  if (longest === undefined) return readPlainBudget(given, context, read, []);
  const limitsOf = ({ usd: amount, per }: PeriodCap): Limits => ({
    caps: { usd: amount },
    window: typedWindow(withTexts(given, { per })),
  });
  const typed = withTexts(given, { ...longest });
  const plain = readPlainBudget(typed, context, configuration, taken);
  const below = shorter.map((cap) => Object.assign({ name: cap.per }, limitsOf(cap)));
  return { ...plain, below };
}

/** Caps by period, and the other settings of the files. */
interface ByPeriod {
  readonly usd: string | undefined;
  readonly configuration: Configuration;
  /** The settings of the file of the working folder that are in `usd`. */
  readonly taken: readonly string[];
}

/** The caps by period of a file, if neither flags nor a nearer file set an amount. */
function usdByPeriod(given: ParsedArguments, configuration: Configuration): ByPeriod {
  const { own, foreign } = configuration;
  const pool = given.text("pool");
  const none = { usd: undefined, configuration, taken: [] };
  if (given.text("usd") !== undefined) return none;
  const isElsewhere = pool !== undefined && pool !== own.pool;
  if (isByPeriod(own.usd) && !isElsewhere)
    return { ...none, usd: own.usd, configuration: { own: without(own, ["usd"]), foreign } };
  const isMine = LIMIT_KEYS.some((flag) => given.text(flag) ?? own[flag]) || (pool ?? own.pool);
  if (!isByPeriod(foreign.usd) || isMine) return none;
  const rest = { own, foreign: without(foreign, ["usd"]) };
  return { usd: foreign.usd, configuration: rest, taken: ["usd"] };
}

function withTexts(
  given: ParsedArguments,
  texts: Readonly<Record<string, string>>,
): ParsedArguments {
  return { ...given, text: (flag) => texts[flag] ?? given.text(flag) };
}

function readPlainBudget(
  given: ParsedArguments,
  context: CliContext,
  { own, foreign }: Configuration,
  taken: readonly string[],
): RunBudget {
  const typedPool = given.text("pool");
  // Limits in a file apply to its own pool.
  const isElsewhere = typedPool !== undefined && typedPool !== own.pool;
  const mine = orElse(given, withPlainUsd(isElsewhere ? without(own, LIMIT_KEYS) : own));
  const isCapped = Object.keys(typedCaps(mine)).length > 0;
  const unused: readonly (keyof Settings)[] = [
    ...(mine.text("pool") === undefined ? [] : (["pool", ...LIMIT_KEYS] as const)),
    // A window would renew the user's own caps repeatedly.
    ...(isCapped ? WINDOW : []),
    ...(mine.text("label") === undefined ? [] : (["label"] as const)),
  ];
  const stricter = withPlainUsd(without(foreign, unused));
  const inForce = [...taken, ...Object.keys(stricter)];
  reportFolderFile(context, { stricter: inForce, wanted: CODE_KEYS });
  const all = orElse(mine, stricter);
  const caps = lowestOf(typedCaps(mine), typedCaps(orElse(NOTHING, stricter)));
  const isLimited = Object.keys(caps).length > 0;
  if (!isLimited && all.text("per") !== undefined)
    throw new UsageError("Missing cap: --per needs --usd, --tokens or --calls");
  const name = all.text("pool");
  if (name === undefined && !isLimited)
    throw new UsageError("Missing cap: pass --usd 5, --tokens N or --calls N");
  return { name, limits: { caps, window: typedWindow(all) }, below: [], label: all.text("label") };
}

/**
 * Opens the pool of a run.
 * @throws {UsageError} if it exists with other limits.
 */
export async function openRunPool(
  { name, limits, below }: RunBudget,
  given: ParsedArguments,
  context: CliContext,
): Promise<OpenRunPool> {
  if (name === undefined) {
    if (given.isOn("slices"))
      throw new UsageError("--slices needs a pool that is shared: pass --pool NAME");
    const root = new BudgetPool({ name: "run", ...settingsOf(limits) });
    const pool = below.reduce((above, each) => above.child(each.name, settingsOf(each)), root);
    return { pool, source: pool, kept: undefined, flush: nothing, close: nothing };
  }
  const { store, close } = await openStore(given, context);
  try {
    let pool = await openKept(store, name, limits, given);
    for (const each of below) {
      // oxlint-disable-next-line no-await-in-loop -- each is a child of the one before
      pool = await openKept(store, `${pool.path}/${each.name}`, each, given);
    }
    if (!given.isOn("slices")) {
      const calls = new CappedCalls({ store, open: (path) => store.pool(path) });
      return { pool, source: calls.sourceOf(pool), kept: pool, flush: nothing, close };
    }
    const slices = new Map<string, SlicedBudgetPool>();
    const open = async (path: string): Promise<SlicedBudgetPool> => {
      const sliced = slices.get(path) ?? (await store.pool(path, { slices: true }));
      slices.set(path, sliced);
      return sliced;
    };
    const sliced = await open(pool.path);
    const calls = new CappedCalls({ store, open });
    const flush = async (): Promise<void> => {
      await Promise.all(Array.from(slices.values(), (each) => each.flush()));
    };
    return { pool: sliced, source: calls.sourceOf(sliced), kept: pool, flush, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

function settingsOf({ caps, window }: Limits): Limits["window"] & {
  readonly caps: Caps;
  readonly overage: "allow";
} {
  return { caps, ...window, overage: "allow" };
}

async function openKept(
  store: BudgetStore,
  name: string,
  limits: Limits,
  given: ParsedArguments,
): Promise<StoredBudgetPool> {
  const isLimited = Object.keys(limits.caps).length > 0;
  try {
    return await store.pool(name, isLimited ? settingsOf(limits) : undefined);
  } catch (error) {
    if (!ConfigInvalid.is(error)) throw error;
    const pool = await store.pool(name);
    // The settings of a file are for a new pool; `token-budget set` may have changed it since.
    if (typedLimits(given).length === 0) return pool;
    throw differs(await pool.snapshot(), limits, given);
  }
}

/** An existing pool with other caps or another window than were typed. */
function differs(snapshot: BudgetSnapshot, { caps }: Limits, given: ParsedArguments): UsageError {
  const typed = isByPeriod(given.text("usd")) ? [`--usd ${caps.usd}`] : typedLimits(given);
  const { path, window } = snapshot;
  const starts = window === undefined ? "" : `, starts over ${instantText(window.endsAt)}`;
  return new UsageError(
    `Pool "${path}" already exists with other caps or another window: ${usedOf(snapshot)}${starts}`,
    `To change it: token-budget set ${quoted(path)} ${typed.join(" ")}`,
    "To use it as it is: omit these flags",
  );
}

function typedLimits(given: ParsedArguments): readonly string[] {
  return Object.keys({ ...CAP_FLAGS, ...WINDOW_FLAGS }).flatMap((flag) => {
    const value = given.text(flag);
    return value === undefined ? [] : [`--${flag} ${value}`];
  });
}

/** Returns the typed values, completed from the settings. */
function orElse(given: ParsedArguments, settings: Settings): ParsedArguments {
  const texts = textsOf(settings);
  return { ...given, text: (flag) => given.text(flag) ?? texts[flag] };
}

/** Of several caps by period, the lowest applies once. */
function withPlainUsd(settings: Settings): Settings {
  const { usd } = settings;
  return isByPeriod(usd) ? { ...settings, usd: lowestAmountOf(usd) } : settings;
}

function without(settings: Settings, keys: readonly (keyof Settings)[]): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !keys.some((each) => each === key)),
  );
}
