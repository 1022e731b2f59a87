// Metrics for Prometheus, in its text format. Labels are limited: values that callers invent, such
// as names of models, are counted separately only for the first hundred.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import type { ExchangeReport } from "../meter/report.ts";
import type { AccessEntry } from "./access-log.ts";
import { loggedModel } from "./access-log.ts";

const MODELS_MAX = 100;
const OTHERS = "other";
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const MS = 1000;

const TO_ESCAPE = /[\\"\n]/;

type Labels = Readonly<Record<string, string>>;

/** What a gateway counts. */
export class GatewayMetrics {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #models = new Set<string>();
  readonly #buckets: number[] = SECONDS.map(() => 0);
  #durations = 0;
  #seconds = 0;
  /** Requests in progress. */
  open = 0;

  /** Counts an answered request. */
  answered({ upstream = "none", status, ms }: AccessEntry): void {
    const group = status === 0 ? "gone" : `${Math.floor(status / 100)}xx`;
    this.#add("requests", { upstream, status: group }, 1);
    const seconds = ms / MS;
    this.#durations++;
    this.#seconds += seconds;
    // From the longest bucket down, as far as the call is in them.
    for (let at = SECONDS.length - 1; at >= 0 && seconds <= (SECONDS[at] ?? 0); at--)
      this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
  }

  /** Counts an exchange that has ended or was refused. */
  exchanged(report: ExchangeReport): void {
    const { outcome, booked, usage, exceeded, unbooked, error } = report;
    const provider = report.provider ?? "unknown";
    this.#add("exchanges", { provider, outcome }, 1);
    if (outcome === "refused") this.#add("refusals", { reason: reasonOf(error) }, 1);
    const about = { provider, model: this.#modelOf(report.model) };
    if (booked !== undefined) this.#add("usd", about, booked.usd);
    if (usage !== undefined && booked !== undefined) {
      this.#add("tokens", { ...about, kind: "input" }, booked.inputTokens);
      this.#add("tokens", { ...about, kind: "output" }, booked.outputTokens);
    }
    if (exceeded) this.#add("exceeded", { provider }, 1);
    if (unbooked !== undefined) this.#add("unbooked", { provider }, 1);
  }

  /** Counts a rejected caller. */
  turnedAway(status: number): void {
    this.#add("turned_away", { status: String(status) }, 1);
  }

  /** Returns all of it, in the text format. */
  text(): string {
    const lines: string[] = [];
    for (const [name, { help }] of Object.entries(COUNTERS)) {
      const full = `token_budget_${name}_total`;
      lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} counter`);
      for (const [labels, value] of this.#counts.get(name) ?? [])
        lines.push(`${full}${labels} ${value}`);
    }
    const duration = "token_budget_request_duration_seconds";
    lines.push(
      `# HELP ${duration} From the request to the end of the answer.`,
      `# TYPE ${duration} histogram`,
      ...SECONDS.map((most, at) => `${duration}_bucket{le="${most}"} ${this.#buckets[at] ?? 0}`),
      `${duration}_bucket{le="+Inf"} ${this.#durations}`,
      `${duration}_sum ${this.#seconds}`,
      `${duration}_count ${this.#durations}`,
      "# HELP token_budget_open_requests Requests that are being answered.",
      "# TYPE token_budget_open_requests gauge",
      `token_budget_open_requests ${this.open}`,
      "# HELP token_budget_heap_bytes Memory of JavaScript in use.",
      "# TYPE token_budget_heap_bytes gauge",
      `token_budget_heap_bytes ${process.memoryUsage().heapUsed}`,
    );
    return `${lines.join("\n")}\n`;
  }

  #add(name: keyof typeof COUNTERS, labels: Labels, by: number): void {
    let counts = this.#counts.get(name);
    if (counts === undefined) this.#counts.set(name, (counts = new Map()));
    const text = labelText(labels);
    counts.set(text, (counts.get(text) ?? 0) + by);
  }

  #modelOf(model: string | undefined): string {
    const name = loggedModel(model) ?? "none";
    if (this.#models.has(name)) return name;
    if (this.#models.size >= MODELS_MAX) return OTHERS;
    this.#models.add(name);
    return name;
  }
}

const COUNTERS = {
  requests: { help: "Requests that were answered, by upstream and class of status." },
  exchanges: { help: "Metered calls, by provider and how they were settled." },
  refusals: { help: "Calls that were not forwarded, by reason." },
  usd: { help: "Dollars that were booked." },
  tokens: { help: "Tokens that were booked." },
  exceeded: { help: "Calls that were booked over a cap." },
  unbooked: { help: "Calls whose spending could not be booked at once." },
  turned_away: { help: "Requests without a valid key, by status." },
} as const;

function reasonOf(error: unknown): string {
  const reason: unknown = Reflect.get(Object(error), "reason");
  const code: unknown = Reflect.get(Object(error), "code");
  const text = typeof reason === "string" ? reason : code;
  return typeof text === "string" ? text.toLowerCase() : "other";
}

function labelText(labels: Labels): string {
  // Several times per call, so no lists are allocated.
  let text = "";
  for (const name in labels) text += `${text === "" ? "{" : ","}${name}="${escaped(labels[name])}"`;
  return `${text}}`;
}

function escaped(value = ""): string {
  if (!TO_ESCAPE.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
