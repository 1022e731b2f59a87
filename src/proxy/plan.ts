// The usage of subscription windows, as answers report it, and the calls refused because of it. How
// much of a window the next call uses is unknown before it: such a limit is soft.

import type { MeterSettings } from "../meter/settings.ts";
import { CannotMeter } from "../meter/refusals.ts";
import type { Opened } from "../meter/exchange-request.ts";
import { planWindowsIn } from "../wire/plan-windows.ts";
import type { PlanWindow } from "../wire/plan-windows.ts";
import { refusedAs } from "./refused-as.ts";
import type { RefusableRequest } from "./refused-as.ts";

/** A window of a plan at a provider. */
export interface ProviderWindow extends PlanWindow {
  readonly provider: string;
}

/** The fraction of each window that may be used, by its name; 1 is all of it. */
export type PlanLimits = Readonly<Record<string, number>>;

/** A window without a reported reset is dropped after this long, in milliseconds. */
const LASTS_MS = 18_000_000;
const WINDOWS_MAX = 64;
const PERCENT = 100;

/** The windows of plans. */
export class Plan {
  readonly #limits: PlanLimits;
  readonly #onPlan: (windows: readonly ProviderWindow[]) => void;
  readonly #windows = new Map<string, ProviderWindow & { readonly until: number }>();

  constructor(limits: PlanLimits, onPlan: (windows: readonly ProviderWindow[]) => void) {
    this.#limits = limits;
    this.#onPlan = onPlan;
  }

  /** Reads the headers of an answer. */
  seen(provider = "unknown", headers: Readonly<Record<string, unknown>>): void {
    const now = Date.now();
    const reported = planWindowsIn(headers, now);
    if (reported.length === 0) return;
    for (const window of reported) {
      const key = `${provider} ${window.name}`;
      const until = window.resetsAt ?? now + LASTS_MS;
      if (this.#windows.has(key) || this.#windows.size < WINDOWS_MAX)
        this.#windows.set(key, { ...window, provider, until });
    }
    try {
      this.#onPlan([...this.#windows.values()].map(({ until: _until, ...window }) => window));
    } catch {
      // An error of the user's code must not affect the caller's answer.
    }
  }

  /** Refuses a call if a window of its provider is used beyond its limit. */
  async refuse(settings: MeterSettings, request: RefusableRequest): Promise<Opened | undefined> {
    const window = this.#overLimit(request.provider ?? "unknown");
    if (window === undefined) return undefined;
    return refusedAs(new CannotMeter("plan_reached", this.#messageOf(window)), settings, request);
  }

  #overLimit(provider: string): ProviderWindow | undefined {
    const now = Date.now();
    return [...this.#windows.values()].find((window) => {
      const limit = this.#limits[window.name];
      const isOver = limit !== undefined && window.usedPart >= limit && window.until > now;
      return isOver && window.provider === provider;
    });
  }

  #messageOf({ name, usedPart, resetsAt }: ProviderWindow): string {
    const limit = percent(this.#limits[name] ?? 1);
    const resets = resetsAt === undefined ? "" : `; it resets ${instant(resetsAt)}`;
    return `${percent(usedPart)} of the plan's ${name} window is used, and the limit is ${limit}${resets}`;
  }
}

function percent(part: number): string {
  return `${Math.floor(part * PERCENT)} %`;
}

function instant(atMs: number): string {
  return new Date(Math.min(atMs, 8.64e15)).toISOString().slice(0, 16).replace("T", " ") + " UTC";
}
