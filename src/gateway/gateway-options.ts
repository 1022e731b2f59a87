// The options of a gateway, and how they are read.

import { describe } from "../core/describe.ts";
import { asGiven, flag, optionalFunction, readOptions, whole } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { FORWARDING_OPTIONS } from "../proxy/forwarding-options.ts";
import type { ForwardingOptions } from "../proxy/forwarding-options.ts";
import { METER_OPTIONS, meterSettingsOf } from "../meter/options.ts";
import type { MeterOptions } from "../meter/options.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { readUpstreams } from "../proxy/upstreams.ts";
import type { Upstream } from "../proxy/upstreams.ts";
import type { SenderOptions } from "./alerts/alert-sender.ts";
import { checkMailServer } from "./alerts/send-mail.ts";
import type { MailServer } from "./alerts/send-mail.ts";
import type { AccessEntry } from "./access-log.ts";
import { ProviderKeys } from "./provider-keys.ts";
import type { ProviderKeyList } from "./provider-keys.ts";
import { SignedTokens } from "./signed-tokens.ts";
import type { TokenOptions } from "./signed-tokens.ts";
import { OWN_NAMES } from "./targets.ts";

/** A certificate, and its private key, as PEM. */
export interface GatewayTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Options of `startGateway`. */
export interface GatewayOptions extends MeterOptions, ForwardingOptions {
  /**
   * The address to listen on; `"0.0.0.0"` for all of IPv4.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string | undefined;
  /**
   * The port.
   *
   * @default 0, a free port
   */
  readonly port?: number | undefined;
  /**
   * The certificate for TLS.
   *
   * @default plain HTTP
   */
  readonly tls?: GatewayTls | undefined;
  /**
   * The keys of providers by the name of their upstream, one or more for each: `{ openai: ["sk-…"],
   * anthropic: ["sk-ant-…", "sk-ant-…"] }`. Calls to other upstreams are refused.
   *
   * @default none
   */
  readonly providerKeys?: ProviderKeyList | undefined;
  /**
   * Addresses by name, in addition to those of the known providers or instead of them.
   *
   * @default the known providers
   */
  readonly upstreams?: Readonly<Record<string, string>> | undefined;
  /**
   * JSON Web Tokens that are accepted in addition to keys.
   *
   * @default none
   */
  readonly tokens?: TokenOptions | undefined;
  /**
   * The hosts, with their ports, under which browsers reach the console and the API:
   * `["budget.example"]`.
   *
   * @default the address that it listens on, and localhost
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Whether callers may see all files, batches and responses of the account at a provider.
   *
   * @default false: only those whose id they know
   */
  readonly sharesProviderState?: boolean | undefined;
  /**
   * Whether calls may draw from a pool without a cap on it or above it.
   *
   * @default false
   */
  readonly allowsUncapped?: boolean | undefined;
  /**
   * Whether the gateway takes slices of pools and decides in them locally, so that most calls need
   * no round trip to the store (R15).
   *
   * @default false
   */
  readonly slices?: boolean | undefined;
  /**
   * Whether `/metrics` can be read without an admin's key.
   *
   * @default false
   */
  readonly openMetrics?: boolean | undefined;
  /**
   * How many of your own proxies are in front of the gateway, each of which adds the address of its
   * client to `x-forwarded-for`.
   *
   * @default 0
   */
  readonly forwardedHops?: number | undefined;
  /**
   * The mail server, and the sender.
   *
   * @default no alerts by e-mail
   */
  readonly mail?: MailServer | undefined;
  /**
   * Whether this gateway sends alerts; of several, one at a time does.
   *
   * @default true
   */
  readonly sendsAlerts?: boolean | undefined;
  /**
   * How alerts are sent.
   *
   * @default once a second, at 50 %, 80 % and 100 % of a cap
   */
  readonly alerts?: Omit<SenderOptions, "mail"> | undefined;
  /**
   * Called with the name of an upstream that rejects one of its keys (401), for
   * `replaceProviderKeys`. Its errors are dropped.
   *
   * @default none, nothing is called
   */
  readonly onProviderKeyRefused?: ((upstream: string) => void) | undefined;
  /**
   * Called after each request. Its errors are dropped.
   *
   * @default none, nothing is called
   */
  readonly onRequest?: ((entry: AccessEntry) => void) | undefined;
}

const HOPS_MAX = 10;
const GATEWAY = {
  ...METER_OPTIONS,
  ...FORWARDING_OPTIONS,
  host: (host: string = "127.0.0.1") => host,
  port: whole(0, 65_535, 0),
  tls: asGiven<GatewayTls>,
  providerKeys: (keys: ProviderKeyList = {}) => new ProviderKeys(keys),
  upstreams: readGatewayUpstreams,
  tokens: (tokens: TokenOptions | undefined) => tokens && new SignedTokens(tokens),
  hosts: (hosts: readonly string[] | undefined) => hosts?.map((each) => each.toLowerCase()),
  sharesProviderState: flag(false),
  allowsUncapped: flag(false),
  slices: flag(false),
  openMetrics: flag(false),
  forwardedHops: whole(0, HOPS_MAX, 0),
  onProviderKeyRefused: optionalFunction<GatewayOptions["onProviderKeyRefused"]>,
  onRequest: optionalFunction<GatewayOptions["onRequest"]>,
  mail: readMail,
  sendsAlerts: flag(true),
  alerts: (alerts: Omit<SenderOptions, "mail"> = {}) => alerts,
} satisfies TableFor<GatewayOptions>;

/** The options after reading. */
export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly tls: GatewayTls | undefined;
  readonly meter: MeterSettings;
  readonly providerKeys: ProviderKeys;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly tokens: SignedTokens | undefined;
  readonly hosts: readonly string[] | undefined;
  readonly sharesProviderState: boolean;
  readonly allowsUncapped: boolean;
  readonly slices: boolean;
  readonly openMetrics: boolean;
  readonly forwardedHops: number;
  readonly onRequest: (entry: AccessEntry) => void;
  readonly mail: MailServer | undefined;
  readonly sendsAlerts: boolean;
  readonly alerts: Omit<SenderOptions, "mail">;
  readonly bodyBytesMax: number;
  readonly idleTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/**
 * Returns the options with their defaults.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 */
export function readGatewayOptions(options: GatewayOptions): GatewaySettings {
  const { onRequest = ignore, onProviderKeyRefused, ...read } = readOptions(options, GATEWAY);
  checkUpstreams(read.providerKeys.upstreams, read.upstreams);
  read.providerKeys.onRefused = (upstream) => {
    try {
      onProviderKeyRefused?.(upstream);
    } catch {
      // It is the user's own code.
    }
  };
  return { ...read, onRequest, meter: meterSettingsOf(read) };
}

/** @throws {RangeError} if keys are for an unknown upstream. */
export function checkUpstreams(
  names: readonly string[],
  upstreams: GatewaySettings["upstreams"],
): void {
  for (const name of names)
    if (!upstreams.has(name))
      throw new RangeError(
        `Expected the keys of a known upstream, got ${describe(name)}; set its address in \`upstreams\``,
      );
}

function readGatewayUpstreams(
  upstreams: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Upstream> {
  const known = readUpstreams(upstreams);
  for (const name of Object.keys(upstreams))
    if (OWN_NAMES.has(name))
      throw new RangeError(
        `Expected a name other than ${describe(name)}, which is a path of the gateway`,
      );
  return known;
}

function readMail(mail: MailServer | undefined): MailServer | undefined {
  if (mail !== undefined) checkMailServer(mail);
  return mail;
}

function ignore(): void {}
