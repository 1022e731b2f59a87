// `token-budget serve`: the gateway, until a signal ends it.

import { readFileSync } from "node:fs";
import process from "node:process";

import { KeyStore, startGateway } from "../../gateway/index.ts";
import type {
  BudgetGateway,
  GatewayOptions,
  GatewayTls,
  ProviderKeyList,
} from "../../gateway/index.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { PRICES_FLAG } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";
import { explainToCaller, quoted } from "../output/explain-refusal.ts";
import { pricesFor } from "../prices/own-prices.ts";
import { METER_FLAGS, meterFor } from "../run/meter-settings.ts";
import { KeyRenewal } from "../serve/key-renewal.ts";
import { logWriter } from "../serve/log-writer.ts";
import { PROVIDER_KEY_FLAGS, providerKeysFor } from "../serve/provider-keys.ts";
import { TOKEN_FLAGS, tokensFor } from "../serve/token-flags.ts";
import { openStore, STORE_FLAG } from "../store/open-store.ts";

const PORT = 4141;
const PORT_MAX = 65_535;
const DRAIN_S = 30;
const DRAIN_S_MAX = 3600;

/** `token-budget serve`. */
export const serve: CliCommand = {
  name: "serve",
  operands: "",
  operandsMax: 0,
  summary:
    "Runs a gateway for a team: one address, with a key and a budget for each person and program. Create keys with token-budget keys create; provider keys stay on the gateway. Several gateways can share a store.",
  flags: {
    ...STORE_FLAG,
    host: { value: "ADDRESS", help: "the address to listen on (default: 127.0.0.1)" },
    port: { value: "PORT", help: `the port (default: ${PORT})` },
    "tls-cert": { value: "FILE", help: "a certificate with its chain, PEM; read again on SIGHUP" },
    "tls-key": { value: "FILE", help: "the private key of the certificate, PEM" },
    "public-host": {
      value: "HOST",
      isMany: true,
      help: "the host and port at which browsers reach the gateway, such as budget.example",
    },
    ...PROVIDER_KEY_FLAGS,
    ...TOKEN_FLAGS,
    ...PRICES_FLAG,
    ...METER_FLAGS,
    strict: {
      help: "refuse calls with provider-run tools, such as web search, and trust no cache",
    },
    slices: {
      help: "reserve parts of the pools' room in advance, so that most calls need no trip to the store",
    },
    uncapped: { help: "allow calls from pools without any cap" },
    "share-account": {
      help: "let callers list all files and batches of the provider account",
    },
    "open-metrics": { help: "serve /metrics without an admin's key" },
    "forwarded-hops": {
      value: "N",
      help: "how many of your own proxies are in front of the gateway (default: 0)",
    },
    "drain-s": {
      value: "SECONDS",
      help: `how long running calls may take after SIGTERM (default: ${DRAIN_S})`,
    },
    "mail-from": {
      value: "ADDRESS",
      help: "sender address of e-mail alerts; set TOKEN_BUDGET_MAIL_SERVER=smtps://user:password@host too",
    },
    quiet: { help: "do not log requests" },
    json: { help: "print the address as one line of JSON" },
  },
  examples: [
    "token-budget serve --store postgres://localhost/budgets --host 0.0.0.0",
    "token-budget serve --store sqlite:team.db --provider-keys keys.json",
  ],
  async run(given, context) {
    const { err, out } = context;
    const drainMs = wholeOf(given, "drain-s", DRAIN_S, DRAIN_S_MAX) * 1000;
    const { store, close } = await openStore(given, context);
    try {
      const { options, renewal } = await optionsOf(given, context);
      const gateway = await started(() => startGateway(store, options), options);
      renewal.of(gateway);
      const keys = await new KeyStore(store).list();
      if (given.isOn("json")) out(JSON.stringify({ url: gateway.url }));
      err(`token-budget: listening at ${gateway.url}; press Ctrl-C to stop`);
      if (keys.length === 0)
        err(
          `token-budget: there are no keys yet: token-budget keys create --role admin --pool admin${storeOf(given)}`,
        );
      await ended(given, { gateway, renewal }, err);
      err("token-budget: stopping; calls under way are finishing");
      await gateway.close({ drainMs });
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

async function optionsOf(
  given: ParsedArguments,
  context: CliContext,
): Promise<{ readonly options: GatewayOptions; readonly renewal: KeyRenewal }> {
  const metered = meterFor(given, context, pricesFor(given, context), {});
  const { upstreams = {}, sharedCounts: _ofOnePerson, ...meter } = metered;
  const keysNow = (only?: string): Promise<ProviderKeyList> =>
    providerKeysFor(given, context, Object.keys(upstreams), only);
  const renewal = new KeyRenewal(keysNow, context.err);
  const providerKeys = await keysNow();
  if (Object.keys(providerKeys).length === 0)
    throw new UsageError(
      "Missing keys of providers: set OPENAI_API_KEY, ANTHROPIC_API_KEY or another, or pass --provider-keys FILE",
    );
  const hosts = given.texts("public-host");
  const options = {
    ...meter,
    explain: explainToCaller,
    upstreams,
    providerKeys,
    onProviderKeyRefused: (upstream: string) => renewal.refused(upstream),
    host: given.text("host") ?? "127.0.0.1",
    port: wholeOf(given, "port", PORT, PORT_MAX),
    tls: tlsOf(given),
    tokens: await tokensFor(given),
    mail: mailOf(given, context),
    ...(hosts.length > 0 && { hosts }),
    allowsUncapped: given.isOn("uncapped"),
    slices: given.isOn("slices"),
    sharesProviderState: given.isOn("share-account"),
    openMetrics: given.isOn("open-metrics"),
    forwardedHops: wholeOf(given, "forwarded-hops", 0, 10),
    ...(!given.isOn("quiet") && { onRequest: logWriter() }),
  };
  return { options, renewal };
}

function mailOf(given: ParsedArguments, { env }: CliContext): GatewayOptions["mail"] {
  const [url, from] = [env["TOKEN_BUDGET_MAIL_SERVER"], given.text("mail-from")];
  if (url === undefined && from === undefined) return undefined;
  if (url === undefined || from === undefined)
    throw new UsageError("E-mail needs both --mail-from and TOKEN_BUDGET_MAIL_SERVER");
  return { url, from };
}

function tlsOf(given: ParsedArguments): GatewayTls | undefined {
  const [cert, key] = [given.text("tls-cert"), given.text("tls-key")];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new UsageError("TLS needs both --tls-cert and --tls-key");
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

function wholeOf(given: ParsedArguments, flag: string, standard: number, max: number): number {
  const text = given.text(flag);
  if (text === undefined) return standard;
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  throw new UsageError(`Expected --${flag} to be a whole number up to ${max}, got "${text}"`);
}

async function started(
  start: () => Promise<BudgetGateway>,
  { port, host }: GatewayOptions,
): Promise<BudgetGateway> {
  try {
    return await start();
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    if (code === "EADDRINUSE")
      throw new Failure(`port ${port} is in use: stop what listens there, or pass another --port`);
    if (code === "EADDRNOTAVAIL")
      throw new Failure(`this machine has no address ${host}: pass another --host`);
    throw error;
  }
}

/** The store as it was named here, for another command. */
function storeOf(given: ParsedArguments): string {
  const store = given.text("store");
  return store === undefined ? "" : ` --store ${quoted(store)}`;
}

/** Resolves when a signal ends it; on SIGHUP, the certificate and the keys are read again. */
async function ended(
  given: ParsedArguments,
  { gateway, renewal }: { readonly gateway: BudgetGateway; readonly renewal: KeyRenewal },
  err: (line: string) => void,
): Promise<void> {
  const reload = (): void => {
    void renewal.renew();
    try {
      const tls = tlsOf(given);
      if (tls === undefined) return;
      gateway.replaceTls(tls);
      err("token-budget: read the certificate again");
    } catch (error) {
      err(`token-budget: kept the certificate: ${error instanceof Error ? error.message : "?"}`);
    }
  };
  process.on("SIGHUP", reload);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  process.off("SIGHUP", reload);
}
