// What was found out about one request, and holds for others at the same address that differ from
// it in their turns alone: only their length is new.

import type { Attribution } from "../core/attribution.ts";
import type { TokensOfTurns } from "../wire/input-bound.ts";
import { fieldOf } from "../wire/json/untrusted.ts";
import type { Asked, Turns, Wire, WireRequest } from "../wire/wire.ts";
import type { BoundParts } from "./bound-request.ts";
import type { Bounded } from "./bounded.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import type { KnownTools } from "./known-tools.ts";
import type { MeterSettings } from "./settings.ts";

/** The longest request, without its turns, that is remembered, in characters. */
const FRAME_MAX = 32_768;

/** A request, without its turns. */
export interface KnownRequest {
  readonly settings: MeterSettings;
  readonly wire: Wire;
  readonly url: URL;
  /** The value of the header `anthropic-beta`. */
  readonly beta: string | undefined;
  readonly priced: BoundParts;
  readonly bounded: Bounded;
  /** The text before its turns, and behind them. */
  readonly head: string;
  readonly tail: string;
  readonly turns: Turns;
  readonly marks: CacheMarks;
  readonly tokensOf: TokensOfTurns;
  /** The most input tokens, by the context window. */
  readonly inputTokensMax: number;
  /** The factor of its service, and the band of its input length. */
  readonly factor: number;
  readonly band: number;
  /** The output that is held for. */
  readonly units: number;
  readonly outputTokens: number;
  readonly about: Attribution;
  /** When its price was looked up last, on the clock of `performance.now()`. */
  pricedAt: number;
}

/** A request that was held whole, and into which nothing was written. */
export interface OpenedRequest {
  readonly settings: MeterSettings;
  readonly wire: Wire;
  readonly request: Pick<ExchangeRequest, "address">;
  readonly read: WireRequest & { readonly text: string };
  readonly asked: Asked;
  readonly priced: BoundParts;
  readonly bounded: Bounded;
}

/** Returns what holds for requests that are like this one; undefined if its length is not all. */
export function knownRequest(
  opened: OpenedRequest,
  { membersOf, inputTokensOf, aboutOf }: KnownTools,
): KnownRequest | undefined {
  const { settings, wire, read, asked, priced, bounded } = opened;
  const { url, text, body, header } = read;
  const { turns } = wire;
  const { tokensAmong, ...input } = asked.input;
  const marks = cacheMarksOf(text);
  const given = turns && fieldOf(body, turns.name);
  if (turns === undefined || tokensAmong === undefined || marks === "unsure") return undefined;
  if (!Array.isArray(given) || !turns.areText(given) || !isByLength(opened)) return undefined;
  const place = membersOf(text, text.indexOf("{")).findLast(({ key }) => key === turns.name);
  if (place === undefined) return undefined;
  const { valueStart, valueEnd } = place;
  if (text.length - (valueEnd - valueStart) > FRAME_MAX) return undefined;
  const { price, output, request } = bounded;
  const units = output.kind === "limited" ? output.max : 0;
  const most = { ...asked, input: { ...asked.input, tokens: Number.MAX_SAFE_INTEGER } };
  const facts = { ...priced, asked: most, model: priced.about.model, betas: priced.betas };
  // What is kept refers to no turns: the texts of a request are most of it.
  const outputTokens = bounded.outputFor(units);
  const bodiless = { ...asked, input: { ...input, texts: () => [] } };
  return {
    settings,
    wire,
    url,
    beta: header?.("anthropic-beta"),
    priced: { ...priced, asked: bodiless, about: { ...priced.about, body: undefined } },
    bounded: {
      ...bounded,
      reasons: () => [],
      outputFor: () => outputTokens,
      request: { ...request, body: undefined },
    },
    head: ownCopy(text.slice(0, valueStart)),
    tail: ownCopy(text.slice(valueEnd)),
    turns,
    marks,
    tokensOf: tokensAmong(given),
    inputTokensMax: inputTokensOf(facts) ?? 0,
    factor: price.factorFor(asked.service).factor,
    band: price.bandOf(bounded.bound.inputTokens),
    units,
    outputTokens,
    about: aboutOf(request.model, settings.label),
    pricedAt: performance.now(),
  };
}

/** Whether nothing but the length of its turns makes the bound of a request another one. */
function isByLength({ settings, read, asked, priced, bounded }: OpenedRequest): boolean {
  const { input, besides = [], counted } = asked;
  const { rates = {} } = bounded.price;
  const hasFees =
    input.searchesMax + input.fileSearchesMax + input.codeSessionsMax > 0 ||
    rates.requests !== undefined;
  const readsOn = input.passes > 1 || input.unbounded.length > 0 || input.upToWindow.length > 0;
  const isAlone = read.session === undefined && read.provider.signsRequests !== true;
  return (
    isAlone &&
    settings.estimator === undefined &&
    settings.tokenizer === undefined &&
    priced.prices.length === 1 &&
    !input.hasMedia &&
    !input.isMany &&
    !readsOn &&
    !hasFees &&
    besides.length === 0 &&
    counted === undefined &&
    asked.clarifications.length === 0 &&
    input.toolLimits.length === 0 &&
    bounded.output.kind === "limited" &&
    bounded.output.max > 0 &&
    (bounded.bound.cacheReadTokens ?? 0) === 0
  );
}

/** What a text says of writes to a cache, if it says so without escapes. */
export type CacheMarks = "none" | "short" | "unsure";

/** Returns what a text says of writes to a cache. */
export function cacheMarksOf(text: string): CacheMarks {
  if (text.includes("\\u")) return "unsure";
  if (!text.includes('"cache_control"')) return "none";
  return text.includes('"1h"') ? "unsure" : "short";
}

/** A part of a text keeps the whole of it, which may be long. */
function ownCopy(part: string): string {
  return String(JSON.parse(JSON.stringify(part)));
}
