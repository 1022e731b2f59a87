// Subscription windows on the command line: limits by flag, and the last reported usage, stored for
// `status` and `statusline`.

import { join } from "node:path";

import type { PlanLimits, ProviderWindow } from "../../proxy/index.ts";
import { countAt, fieldOf, listAt, parsedOf, textAt } from "../../wire/json/untrusted.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import { inWords } from "../output/forecast.ts";
import { readPrivateFile, stateFolder, writePrivateFile } from "../store/private-files.ts";

/** The flag that limits them. */
export const PLAN_FLAG: Readonly<Record<string, Flag>> = {
  plan: {
    value: "LIMITS",
    help: "refuse calls once this much of a subscription window is used, such as 5h=40%,7d=80%; soft, because the share of a call is known only afterward",
  },
};

const PERCENT = 100;
/** A window without a reported reset is outdated after this long. */
const LASTS_MS = 18_000_000;
const LIMIT = /^(\w{1,30})=(\d{1,3}(?:\.\d+)?)%?$/;

/**
 * Reads the limits of --plan.
 * @throws {UsageError} if one is invalid.
 */
export function planLimits(given: ParsedArguments): PlanLimits {
  const text = given.text("plan");
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [, name = "", percent = ""] = LIMIT.exec(part.trim()) ?? [];
      if (name === "" || Number(percent) > PERCENT)
        throw new UsageError(
          `Expected --plan to be windows with percents, such as 5h=40%,7d=80%, got "${text}"`,
        );
      return [name, Number(percent) / PERCENT];
    }),
  );
}

/** The plan windows of a run, and their stored state. */
export class KnownPlan {
  readonly #path: string;
  #windows: readonly ProviderWindow[] = [];
  #written = "";

  constructor(env: CliContext["env"]) {
    this.#path = join(stateFolder(env), "plan.json");
  }

  /** Reads an answer's report, and stores it. Never throws. */
  see(windows: readonly ProviderWindow[]): void {
    this.#windows = windows;
    // A call changes a window only a little: only visible changes are stored.
    const shown = planText(windows, 0);
    if (shown === this.#written) return;
    this.#written = shown;
    try {
      writePrivateFile(this.#path, JSON.stringify({ at: Date.now(), windows }));
    } catch {
      // The run shows it at its end anyway.
    }
  }

  /** What was reported in this run; empty if nothing was. */
  get windows(): readonly ProviderWindow[] {
    return this.#windows;
  }

  /** Returns what the last run read, if it is still valid. Never throws. */
  kept(now: number): readonly ProviderWindow[] {
    try {
      const file = parsedOf(readPrivateFile(this.#path) ?? "");
      const at = countAt(file, "at") ?? 0;
      return listAt(file, "windows").flatMap((each) => {
        const [name, provider] = [textAt(each, "name"), textAt(each, "provider")];
        const usedPart = fieldOf(each, "usedPart");
        const resetsAt = countAt(each, "resetsAt");
        if (name === undefined || provider === undefined || typeof usedPart !== "number") return [];
        const stands = now < (resetsAt ?? at + LASTS_MS);
        return stands ? [{ name, provider, usedPart, resetsAt }] : [];
      });
    } catch {
      return [];
    }
  }
}

/** Returns the windows in one line, such as `anthropic 5h 23 % (resets in 2 h), 7d 61 %`. */
export function planText(windows: readonly ProviderWindow[], now: number): string {
  const byProvider = new Map<string, string[]>();
  for (const { provider, name, usedPart, resetsAt } of windows) {
    const isAhead = now > 0 && resetsAt !== undefined && resetsAt > now;
    const resets = isAhead ? ` (resets in ${inWords(resetsAt - now)})` : "";
    const text = `${name} ${Math.floor(usedPart * PERCENT)} %${resets}`;
    byProvider.set(provider, [...(byProvider.get(provider) ?? []), text]);
  }
  return [...byProvider].map(([provider, texts]) => `${provider} ${texts.join(", ")}`).join("; ");
}
