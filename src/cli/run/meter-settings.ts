// How the calls of a run are metered, by its flags and the user's configuration.

import { join } from "node:path";

import type { Amount } from "../../core/amount.ts";
import { toNanoUsd } from "../../core/nano-usd.ts";
import type { PriceBook } from "../../prices/index.ts";
import type { ProxyOptions } from "../../proxy/index.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import { readConfiguration } from "../settings/configuration.ts";
import { upstreamsOf } from "./child-environment.ts";
import { stateFolder } from "../store/private-files.ts";
import { isOnTheNetwork } from "../store/open-store.ts";
import { openSharedCounts } from "./shared-counts.ts";

/** A shorter answer breaks an agent's tool call (docs/decisions/0053). */
const OUTPUT_TOKENS_MIN = 2048;
/** The longest time with an overage of less than a tenth in the recorded sessions (0056). */
const CACHE_TRUST_MS = 120_000;
/** Less than the time after which SDKs give up on an answer. */
const WAIT_MS = 120_000;

/** The flags that say how calls are metered. */
export const METER_FLAGS: Readonly<Record<string, Flag>> = {
  upstream: {
    value: "NAME=URL",
    isMany: true,
    help: "base URL of openai, anthropic, google or another name",
  },
  model: {
    value: "NAME=MODEL",
    isMany: true,
    help: "the model of a deployment or alias, such as my-gpt=gpt-4o",
  },
  route: {
    value: "PATH=DOLLARS",
    isMany: true,
    help: "cost of a request that cannot be metered, such as /v1/containers=0.03",
  },
  "free-local": { help: "models without a price on this machine cost nothing" },
  unmetered: { help: "allow requests that may cost money but cannot be metered" },
};

/**
 * Returns the meter options of a run, or of a proxy without a command. `led` has the addresses in
 * variables.
 *
 * @throws {UsageError} if a flag is invalid.
 */
export function meterFor(
  given: ParsedArguments,
  context: CliContext,
  prices: PriceBook,
  led: Readonly<Record<string, string>> = upstreamsOf(context.env),
): ProxyOptions {
  const { env, err } = context;
  const { own } = readConfiguration(context);
  const isStrict = given.isOn("strict");
  return {
    prices,
    upstreams: { ...own.upstreams, ...led, ...pairsOf(given, "upstream", "URL") },
    // Agents offer provider-run tools with every call. A window for each would cost dollars.
    unbounded: isStrict ? "refuse" : "overage",
    // What Anthropic has just cached is held at the price of reading it: a small risk.
    cacheReads: isStrict ? "bounded" : "expected",
    cacheTrustMs: CACHE_TRUST_MS,
    // Counts are shared in the store by all its users, or in a file by all runs of this user.
    ...(!isOnTheNetwork(given, context) && {
      sharedCounts: () => openSharedCounts(join(stateFolder(env), "counts")),
    }),
    outputTokensMin: OUTPUT_TOKENS_MIN,
    // A model newer than the price table must not stop every call.
    unknownModel: "dearest",
    models: { ...own.models, ...pairsOf(given, "model", "MODEL") },
    routes: routeFlags(given),
    localModels: given.isOn("free-local") ? "free" : "priced",
    unmetered: given.isOn("unmetered") ? "pass" : "refuse",
    // Concurrent calls wait for what others hold and will not use.
    wait: { timeoutMs: WAIT_MS },
    ...(given.isOn("guard") && {
      onTunnelRefused(host) {
        err(`token-budget: refused a connection to ${host}: it would bypass the budget`);
      },
    }),
  };
}

/**
 * Reads flags of the form NAME=VALUE.
 * @throws {UsageError} if one has another form.
 */
function pairsOf(given: ParsedArguments, flag: string, value: string): Record<string, string> {
  return Object.fromEntries(
    given.texts(flag).map((text) => {
      const at = text.indexOf("=");
      if (at < 1 || at === text.length - 1)
        throw new UsageError(
          `Expected --${flag} to be a name and a value, NAME=${value}, got "${text}"`,
        );
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function routeFlags(given: ParsedArguments): Record<string, Amount> {
  const routes = Object.entries(pairsOf(given, "route", "DOLLARS"));
  for (const [path, usd] of routes) {
    toNanoUsd(usd, "--route");
    if (!path.startsWith("/"))
      throw new UsageError(`Expected the path of --route to begin with "/", got "${path}"`);
  }
  return Object.fromEntries(routes.map(([path, usd]) => [path, { usd }]));
}
