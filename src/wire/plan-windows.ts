// The windows of a subscription, as headers of answers tell them: how much of each is used, and
// when it starts over. Of Claude's plans there is a header for each window
// (`anthropic-ratelimit-unified-5h-utilization`, a fraction, `…-reset` in seconds since 1970), of
// ChatGPT's two that say how long they are (`x-codex-primary-used-percent`, `…-window-minutes`,
// `…-reset-at`).
// https://code.claude.com/docs/en/costs · https://developers.openai.com/codex/pricing

/** One window of a subscription. */
export interface PlanWindow {
  /** Its length, such as `"5h"` and `"7d"`; with what it is for where that is not everything. */
  readonly name: string;
  /** How much of it is used: 1 is all. */
  readonly usedPart: number;
  /** When it starts over, in milliseconds since 1970; undefined if unknown. */
  readonly resetsAt: number | undefined;
}

type Headers = Readonly<Record<string, unknown>>;

const CLAUDE_PREFIX = "anthropic-ratelimit-unified-";
const CLAUDE = /^anthropic-ratelimit-unified-(\w{1,30})-utilization$/;
const CODEX = ["primary", "secondary"] as const;
const PERCENT = 100;
const MINUTES = { d: 1440, h: 60 };

/** Reads the windows that the headers of an answer tell; their names are in lower case. */
export function planWindowsIn(headers: Headers, nowMs: number): readonly PlanWindow[] {
  return [...claudeWindows(headers), ...codexWindows(headers, nowMs)];
}

function claudeWindows(headers: Headers): readonly PlanWindow[] {
  const windows: PlanWindow[] = [];
  for (const header in headers) {
    // Nearly all answers are of no plan.
    const name = header.startsWith(CLAUDE_PREFIX) ? CLAUDE.exec(header)?.[1] : undefined;
    const usedPart = name === undefined ? undefined : numberIn(headers[header]);
    if (name === undefined || usedPart === undefined) continue;
    const reset = numberIn(headers[`${CLAUDE_PREFIX}${name}-reset`]);
    windows.push({ name, usedPart, resetsAt: reset && reset * 1000 });
  }
  return windows;
}

function codexWindows(headers: Headers, nowMs: number): readonly PlanWindow[] {
  return CODEX.flatMap((which) => {
    const used = numberIn(headers[`x-codex-${which}-used-percent`]);
    if (used === undefined) return [];
    const minutes = numberIn(headers[`x-codex-${which}-window-minutes`]);
    const at = numberIn(headers[`x-codex-${which}-reset-at`]);
    const after = numberIn(headers[`x-codex-${which}-reset-after-seconds`]);
    const resetsAt = at === undefined ? after && nowMs + after * 1000 : at * 1000;
    return [{ name: nameOf(minutes) ?? which, usedPart: used / PERCENT, resetsAt }];
  });
}

/** The length of a window in the largest unit that it is a multiple of. */
function nameOf(minutes: number | undefined): string | undefined {
  if (minutes === undefined || minutes === 0) return undefined;
  if (minutes % MINUTES.d === 0) return `${minutes / MINUTES.d}d`;
  return minutes % MINUTES.h === 0 ? `${minutes / MINUTES.h}h` : `${minutes}m`;
}

function numberIn(value: unknown): number | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
