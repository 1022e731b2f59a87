// What is wrong with the books of replayed exchanges.

import type { ExchangeReport, MeterOptions } from "../../src/meter/index.ts";
import { parsedOf } from "../../src/wire/json/untrusted.ts";
import { exchangesIn } from "./exchanges.ts";
import type { RecordedExchange } from "./exchanges.ts";
import { billOf, usdOf, whyDollarsDiffer, whyTokensDiffer } from "./explained.ts";
import { openHolds, replayed } from "./replay.ts";
import type { Replayed } from "./replay.ts";

/** What was found in a folder. */
export interface Verdict {
  /** How many exchanges there are, by what became of them. */
  readonly counts: Readonly<Record<Count, number>>;
  /** What must not be, each with its exchange. */
  readonly faults: Readonly<Record<Fault, readonly string[]>>;
  /** Differences that have a reason, by the reason. */
  readonly explained: ReadonlyMap<string, readonly string[]>;
  /** Refusals by their code and their reason. */
  readonly refusals: ReadonlyMap<string, readonly Refusal[]>;
}

/** A request that was refused. */
interface Refusal {
  readonly id: string;
  /** What it is refused for, as far as it is the same for many. */
  readonly kind: string;
}

type Count =
  | "exchanges"
  | "passed"
  | "awaited"
  | "refused"
  | "metered"
  | "changed"
  | "tokensCompared"
  | "tokensEqual"
  | "dollarsCompared"
  | "dollarsEqual"
  | "dollarsExplained";

type Fault =
  | "threw"
  | "other bytes for the caller"
  | "left open"
  | "input above the hold"
  | "output above the hold"
  | "dollars above the hold"
  | "other tokens"
  | "dollars below the bill"
  | "other dollars";

/** What was released is booked as nothing. */
const NOTHING = { inputTokens: 0, outputTokens: 0, usd: 0 };
const LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** Whether a request limits its output, so that the hold of it can be compared. */
function isLimited({ request }: RecordedExchange): boolean {
  const text = request.text ?? "";
  const body = parsedOf(text);
  if (typeof body !== "object" || body === null) return false;
  const isNamed = LIMITS.some((name) => typeof Reflect.get(body, name) === "number");
  return isNamed || /"(?:maxOutputTokens|max_output_tokens|maxTokens)"\s*:\s*\d/.test(text);
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= 2e-9 + 1e-9 * Math.abs(one);
}

/** Replays all exchanges of a folder, and judges the books. */
export async function judged(folder: string, options: MeterOptions = {}): Promise<Verdict> {
  const court = new Court();
  const before = openHolds();
  for await (const exchange of exchangesIn(folder))
    court.hear(exchange, await replayed(exchange, options));
  const left = openHolds() - before - court.counts.awaited;
  if (left !== 0) court.faults["left open"].push(`${left} holds`);
  return court;
}

class Court implements Verdict {
  readonly counts: Record<Count, number> = {
    exchanges: 0,
    passed: 0,
    awaited: 0,
    refused: 0,
    metered: 0,
    changed: 0,
    tokensCompared: 0,
    tokensEqual: 0,
    dollarsCompared: 0,
    dollarsEqual: 0,
    dollarsExplained: 0,
  };
  readonly faults: Record<Fault, string[]> = {
    threw: [],
    "other bytes for the caller": [],
    "left open": [],
    "input above the hold": [],
    "output above the hold": [],
    "dollars above the hold": [],
    "other tokens": [],
    "dollars below the bill": [],
    "other dollars": [],
  };
  readonly explained = new Map<string, string[]>();
  readonly refusals = new Map<string, Refusal[]>();

  hear(exchange: RecordedExchange, found: Replayed): void {
    const { counts } = this;
    const { id } = exchange;
    counts.exchanges++;
    if (found.kind === "threw") this.faults.threw.push(`${id} ${found.error}`);
    else if (found.kind === "passed" || found.kind === "awaited") counts[found.kind]++;
    else if (found.kind === "refused") {
      counts.refused++;
      const { error } = found.report;
      const code = error !== undefined && "reason" in error ? error.reason : error?.name;
      listIn(this.refusals, String(code)).push({
        id,
        kind: kindOf(exchange, String(error?.message)),
      });
    } else {
      counts.metered++;
      if (found.isChanged) counts.changed++;
      if (!found.isSame) this.faults["other bytes for the caller"].push(id);
      if (exchange.response.status < 300) this.#compare(exchange, found.report);
    }
  }

  #compare(exchange: RecordedExchange, report: ExchangeReport): void {
    const { id } = exchange;
    const { held = NOTHING, booked = NOTHING } = report;
    const { usage } = exchange.expected;
    if (usage?.input === undefined || usage.output === undefined) return;
    const { others = [] } = usage;
    const input = others.reduce((sum, pass) => sum + pass.input, usage.input);
    const output = others.reduce((sum, pass) => sum + pass.output, usage.output);
    const limited = isLimited(exchange);
    if (input > held.inputTokens)
      this.faults["input above the hold"].push(`${id} ${input} of ${held.inputTokens}`);
    if (limited && output > held.outputTokens)
      this.faults["output above the hold"].push(`${id} ${output} of ${held.outputTokens}`);
    this.counts.tokensCompared++;
    if (booked.inputTokens === input && booked.outputTokens === output) this.counts.tokensEqual++;
    else {
      const seen = `${id} ${booked.inputTokens}/${booked.outputTokens}, expected ${input}/${output}`;
      this.#differs("other tokens", whyTokensDiffer(exchange, report), seen);
    }
    const [bill, expected] = [billOf(exchange), usdOf(exchange.expected)];
    if (bill === undefined || expected === undefined) return;
    if (limited && bill > held.usd + 2e-9)
      this.faults["dollars above the hold"].push(`${id} ${bill} of ${held.usd}`);
    this.counts.dollarsCompared++;
    if (isNear(expected, booked.usd)) this.counts.dollarsEqual++;
    else {
      const seen = `${id} ${report.outcome}: ${booked.usd}, expected ${expected}`;
      const isBelow = booked.usd < bill && report.outcome !== "bounded";
      const reason = whyDollarsDiffer(exchange, report);
      if (reason !== undefined) this.counts.dollarsExplained++;
      this.#differs(isBelow ? "dollars below the bill" : "other dollars", reason, seen);
    }
  }

  #differs(fault: Fault, reason: string | undefined, what: string): void {
    if (reason === undefined) this.faults[fault].push(what);
    else listIn(this.explained, reason).push(what);
  }
}

/** What a refusal is for: its route without names of models, or its message up to the help in it. */
function kindOf({ url, api }: RecordedExchange, message: string): string {
  const { host, pathname } = new URL(url);
  if (message.includes("is not metered"))
    return `${api}: ${host}${pathname.replaceAll(/[^/]{12,}(?=[/:])|(?<=\/)[^/]*\d[^/]{4,}(?=\/)/g, "*")}`;
  const [reason = ""] = message.split(/[;:] (?=give|the nearest|set )/);
  return reason;
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made: T[] = [];
  map.set(key, made);
  return made;
}
