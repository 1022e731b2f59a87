// The settings of a pool as a store keeps them, and their conversion to and from text.

import type { CapQuantities } from "../../core/caps.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import type { CalendarPeriod, CarryRule, WindowRule } from "../../core/window-rule.ts";
import { calendarData, settingsText } from "../../pool/options.ts";

/** The settings that a stored pool is created with. */
export interface StoredSettings {
  readonly caps: CapQuantities;
  readonly overage: OveragePolicy | undefined;
  readonly window: WindowRule | undefined;
}

/** Returns a window rule as text; empty for none. */
export function windowText(window: WindowRule | undefined): string {
  if (window === undefined) return "";
  if (window.kind === "sliding") return JSON.stringify({ slidingMs: window.lengthMs });
  return window.kind === "calendar"
    ? JSON.stringify(calendarData(window))
    : JSON.stringify({ everyMs: window.everyMs, anchorMs: window.anchorMs, carry: window.carry });
}

type WindowData =
  | {
      readonly period: CalendarPeriod;
      readonly timeZone: string;
      readonly offsetMs?: number;
      readonly carry?: CarryRule;
    }
  | { readonly slidingMs: number }
  | { readonly everyMs: number; readonly anchorMs: number; readonly carry?: CarryRule };

const RULES_MAX = 1000;
const rules = new Map<string, WindowRule>();

/** Parses the text of `windowText`. */
export function storedWindow(text: string): WindowRule | undefined {
  if (text === "") return undefined;
  let rule = rules.get(text);
  if (rule === undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by windowText
    const data = JSON.parse(text) as WindowData;
    rule = ruleOf(data);
    if (rules.size >= RULES_MAX) rules.clear();
    rules.set(text, rule);
  }
  return rule;
}

/**
 * Returns settings as one line of text: equal for equal settings, and readable in an error message.
 */
export function settingsTextOf(settings: StoredSettings): string {
  return settingsText(settings);
}

function ruleOf(data: WindowData): WindowRule {
  if ("period" in data) return { kind: "calendar", offsetMs: 0, ...data };
  if ("slidingMs" in data) return { kind: "sliding", lengthMs: data.slidingMs };
  return { kind: "fixed", ...data };
}
