// The proxy's own refusals, in the form of the meter's: in the shape of the provider's errors, and
// reported.

import type { Opened } from "../meter/exchange-request.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { CannotMeter, refusedAnswer } from "../meter/refusals.ts";
import { reportRefusal } from "../meter/settle-exchange.ts";
import { formatOf } from "../wire/formats.ts";
import { providerFor, UNKNOWN_PROVIDER } from "../wire/providers.ts";
import { routeOf } from "../wire/routes.ts";
import type { Wire } from "../wire/wire.ts";

/** A request that may be refused. */
export interface RefusableRequest {
  readonly method: string;
  readonly url: URL;
  readonly provider: string | undefined;
}

/**
 * Returns the format that errors of a provider have at a path: that of the path, or the first one
 * of the provider where no format is read there. Undefined for a provider that is not known.
 */
export async function errorFormatAt({
  method,
  url,
  provider,
}: RefusableRequest): Promise<Wire | undefined> {
  if (provider === undefined || provider === "unknown") return undefined;
  const known = providerFor(provider);
  const route = routeOf(method, url.pathname, known);
  const name = route.kind === "billable" ? route.wire : known.routes[0]?.[1];
  return name === undefined ? undefined : await formatOf(name);
}

/** Refuses a request that is billed; undefined for one that costs nothing, or is not known. */
export async function refusedAs(
  error: CannotMeter,
  settings: MeterSettings,
  { method, url, provider = "unknown" }: RefusableRequest,
): Promise<Opened | undefined> {
  const known = provider === "unknown" ? UNKNOWN_PROVIDER : providerFor(provider);
  const route = routeOf(method, url.pathname, known);
  if (route.kind !== "billable") return undefined;
  const wire = await formatOf(route.wire);
  const answer = refusedAnswer(error, wire, settings);
  reportRefusal(settings, error, { wire: wire.name, provider, status: answer.status });
  return { kind: "refused", answer, error };
}

/** Refuses a response of a session whose caller has lost its access. */
export async function refusedSession(
  error: CannotMeter,
  settings: MeterSettings,
  request: RefusableRequest,
): Promise<Opened> {
  const answer = refusedAnswer(error, undefined, settings);
  return (await refusedAs(error, settings, request)) ?? { kind: "refused", answer, error };
}

/** The beginning of an `authorization` that is an AWS signature. */
const SIGNATURE = "AWS4-";

/**
 * Refuses a request signed for a host: the provider would reject it, because it arrives at another
 * host than the signature covers.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function refuseSigned(
  authorization: string | undefined,
  settings: MeterSettings,
  request: RefusableRequest,
): Promise<Opened | undefined> | undefined {
  if (authorization?.startsWith(SIGNATURE) !== true) return undefined;
  const message =
    "the request is signed for the host of this proxy (AWS Signature 4), and the provider would reject it; use an API key of Bedrock (AWS_BEARER_TOKEN_BEDROCK), or meter the client itself: budgetPlugin of token-budget/bedrock, anthropicMiddleware of token-budget/anthropic";
  return refusedAs(new CannotMeter("request_unreadable", message), settings, request);
}
