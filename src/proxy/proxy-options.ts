// The options of a proxy, and how they are read.

import { randomBytes } from "node:crypto";

import { asGiven, optionalFunction, readOptions, whole } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { FORWARDING_OPTIONS } from "./forwarding-options.ts";
import type { ForwardingOptions } from "./forwarding-options.ts";
import { METER_OPTIONS, meterSettingsOf } from "../meter/options.ts";
import type { MeterOptions } from "../meter/options.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { Plan } from "./plan.ts";
import type { PlanLimits, ProviderWindow } from "./plan.ts";
import { readUpstreams } from "./upstreams.ts";
import type { Upstream } from "./upstreams.ts";

/** Options of `startProxy`. */
export interface ProxyOptions extends MeterOptions, ForwardingOptions {
  /**
   * The port on 127.0.0.1.
   *
   * @default 0, a free port
   */
  readonly port?: number | undefined;
  /**
   * The secret in the base path, which keeps others from spending.
   *
   * @default 128 random bits
   */
  readonly key?: string | undefined;
  /**
   * Addresses by name, in addition to those of the known providers (`openai`, `anthropic`,
   * `google`, `mistral`, `groq` and others) or instead of them: `{ openai:
   * "https://gateway.example/v1" }`. No other address is reachable.
   *
   * @default the known providers
   */
  readonly upstreams?: Readonly<Record<string, string>> | undefined;
  /**
   * Opens tunnels for programs that read `HTTPS_PROXY`, to any host except those of known
   * providers, and calls this with each refused host.
   *
   * @default no tunnels
   */
  readonly onTunnelRefused?: ((host: string) => void) | undefined;
  /**
   * How much of a subscription's windows may be used, as its provider reports it with each answer:
   * `{ "5h": 0.4, "7d": 0.8 }`. The next call above that is refused. The limit is soft: how much of
   * a window a call uses is unknown before it.
   *
   * @default no limits
   */
  readonly plan?: PlanLimits | undefined;
  /**
   * Called with those windows whenever an answer reports them.
   *
   * @default none, nothing is called
   */
  readonly onPlan?: ((windows: readonly ProviderWindow[]) => void) | undefined;
}

const KEY = /^[\w-]{8,128}$/;
const PROXY = {
  ...METER_OPTIONS,
  ...FORWARDING_OPTIONS,
  port: whole(0, 65_535, 0),
  key: readKey,
  upstreams: (upstreams: ProxyOptions["upstreams"] = {}) => readUpstreams(upstreams),
  onTunnelRefused: optionalFunction<ProxyOptions["onTunnelRefused"]>,
  plan: asGiven<ProxyOptions["plan"]>,
  onPlan: optionalFunction<ProxyOptions["onPlan"]>,
} satisfies TableFor<ProxyOptions>;

/** The options of a proxy with every default in place. */
export interface ProxySettings {
  readonly key: string;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly onTunnelRefused: ((host: string) => void) | undefined;
  readonly plan: Plan;
  readonly bodyBytesMax: number;
  readonly idleTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/**
 * Returns the options with their defaults.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 */
export function readProxyOptions(options: ProxyOptions): {
  readonly port: number;
  readonly meter: MeterSettings;
  readonly settings: ProxySettings;
} {
  const { plan = {}, onPlan = ignore, port, ...read } = readOptions(options, PROXY);
  const settings = { ...read, plan: new Plan(plan, onPlan) };
  return { port, meter: meterSettingsOf(read), settings };
}

function readKey(key: string = randomBytes(16).toString("base64url")): string {
  if (KEY.test(key)) return key;
  throw new RangeError("Expected `key` to be 8 to 128 letters, digits, _ and -");
}

function ignore(): void {}
