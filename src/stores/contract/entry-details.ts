// The details of a ledger entry beyond the booked amount: data that no rule reads, and the short
// text as which stores keep it.

import type { Axis } from "../../core/axis.ts";
import type { CapsView } from "../../core/caps.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import { Quantities } from "../../core/quantities.ts";
import { USAGE_CLASSES } from "../../core/usage.ts";
import type { Usage, UsageClass } from "../../core/usage.ts";

/**
 * The settings that a change set, as the ledger shows them; omitted ones did not change. `usd` is
 * dollars.
 */
export interface ChangeView {
  /** Caps that were set, and `null` for removed ones. */
  readonly caps?: { readonly [A in Axis]?: number | null };
  /** Amounts by which caps were changed. */
  readonly by?: CapsView;
  /** When they are reverted; milliseconds since 1970. */
  readonly until?: number;
  /** Whether the pool was frozen or thawed. */
  readonly frozen?: boolean;
  /** The id of the reservation whose lease was ended. */
  readonly ended?: string;
  readonly overage?: OveragePolicy;
  /** The new window; `null` if it was removed. */
  readonly window?: object | null;
}

/** The other details of an entry. */
export interface EntryDetails {
  /** The provider that was paid. */
  readonly provider?: string | undefined;
  /** The usage by the classes that are priced separately; classes without a count are omitted. */
  readonly usage?: Usage | undefined;
  /** Of a commit: the reserved amount. */
  readonly held?: Quantities | undefined;
  /** Of a commit: how long its reservation was held, in milliseconds. */
  readonly durationMs?: number | undefined;
  /** The actor and the reason of a change (R17). */
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Of a change: the changed settings. */
  readonly change?: ChangeView | undefined;
}

/** The data that the ledger records in addition to an amount. */
export interface EntryMetadata {
  readonly model?: string | undefined;
  readonly label?: string | undefined;
  readonly details?: EntryDetails | undefined;
}

// One part for each detail, named by its first letter. Words contain no tab.
const BETWEEN = "\t";

/**
 * Returns details as text without line ends; empty for none. The held amount is omitted if it
 * equals `booked`, the amount next to the details.
 */
export function detailsText(details: EntryDetails | undefined, booked?: Quantities): string {
  if (details === undefined) return "";
  const { provider, usage, held, durationMs, actor, reason, change } = details;
  const parts: string[] = [];
  if (provider !== undefined) parts.push(`p${provider}`);
  if (usage !== undefined) {
    const counts = USAGE_CLASSES.flatMap((name) => {
      const count = usage[name] ?? 0;
      return count === 0 ? [] : [`${name}:${count}`];
    });
    if (counts.length > 0) parts.push(`u${counts.join(" ")}`);
  }
  const bookedText = booked && heldText(booked);
  if (held !== undefined) {
    const text = heldText(held);
    parts.push(`h${text === bookedText ? "" : text}`);
  }
  if (durationMs !== undefined) parts.push(`d${durationMs}`);
  if (actor !== undefined) parts.push(`a${actor}`);
  if (reason !== undefined) parts.push(`r${reason}`);
  // JSON escapes a tab in a text.
  if (change !== undefined) parts.push(`c${JSON.stringify(change)}`);
  return parts.join(BETWEEN);
}

/** Parses the text of `detailsText`, next to the same amount. */
export function detailsOf(text: string, booked?: Quantities): EntryDetails | undefined {
  if (text === "") return undefined;
  const details: { -readonly [K in keyof EntryDetails]: EntryDetails[K] } = {};
  for (const part of text.split(BETWEEN)) {
    const value = part.slice(1);
    switch (part[0]) {
      case "p":
        details.provider = value;
        break;
      case "u":
        details.usage = usageOf(value);
        break;
      case "h":
        details.held = value === "" ? booked : heldOf(value);
        break;
      case "d":
        details.durationMs = Number(value);
        break;
      case "a":
        details.actor = value;
        break;
      case "r":
        details.reason = value;
        break;
      case "c":
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by detailsText
        details.change = JSON.parse(value) as ChangeView;
        break;
      default:
      // A detail of a later version.
    }
  }
  return details;
}

function usageOf(text: string): Usage {
  const usage: { [C in UsageClass]?: number } = {};
  for (const each of text.split(" ")) {
    const [named, count] = each.split(":");
    const name = USAGE_CLASSES.find((known) => known === named);
    if (name !== undefined) usage[name] = Number(count);
  }
  return usage;
}

function heldText({ tokens, inputTokens, outputTokens, nanoUsd, calls }: Quantities): string {
  return `${tokens} ${inputTokens} ${outputTokens} ${nanoUsd} ${calls}`;
}

function heldOf(text: string): Quantities {
  const [tokens, inputTokens, outputTokens, nanoUsd, calls] = text.split(" ").map(Number);
  return new Quantities(tokens ?? 0, inputTokens ?? 0, outputTokens ?? 0, nanoUsd ?? 0, calls ?? 0);
}
