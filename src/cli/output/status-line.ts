// The line that `statusline` shows, as text.

import type { BudgetSnapshot } from "../../core/snapshot.ts";
import { dollars, shortUsedOf, usedPart } from "./figures.ts";
import { inWords } from "./forecast.ts";
import type { Pace } from "./pace.ts";

const NAME_LENGTH_MAX = 20;
/** Below this fraction of the cap there is enough room, unless the pace says otherwise. */
const ROOM_PART = 0.5;
const SECOND_LENGTH = 16;

/** Returns one line of at most 80 columns: short if there is room until the pool resets. */
export function statusLineOf(
  snapshot: Pick<BudgetSnapshot, "path" | "used" | "caps" | "carried" | "window">,
  { spentUsd, usdPerHour, lastsMs }: Pace,
  now: Date,
): string {
  const { path, window } = snapshot;
  const endsAt = lastsMs === undefined ? undefined : now.getTime() + lastsMs;
  const endsFirst = endsAt !== undefined && (window === undefined || endsAt < window.endsAt);
  const used = `${shortened(path)} ${shortUsedOf(snapshot)}`;
  const part = usedPart(snapshot);
  const hasRoom = part < ROOM_PART && (window === undefined || !endsFirst);
  if (hasRoom) return used;
  const ends =
    part >= 1
      ? "spent"
      : `ends in ${inWords(lastsMs ?? 0).replace("less than a minute", "< 1 min")}`;
  return [
    used,
    ...(spentUsd > 0 ? [`${dollars(usdPerHour)}/h (10 min)`] : []),
    ...(part >= 1 || endsFirst ? [ends] : []),
    ...(window === undefined ? [] : [`resets ${timeText(window.endsAt, now)}`]),
  ].join(" | ");
}

/** A local time, with its date unless it is within a day. */
function timeText(atMs: number, now: Date): string {
  const minutes = new Date(atMs).getTimezoneOffset();
  const text = new Date(atMs - minutes * 60_000).toISOString().slice(0, SECOND_LENGTH);
  const [day = "", time = ""] = text.split("T");
  return atMs - now.getTime() <= 24 * 60 * 60_000 ? time : day.slice(5);
}

function shortened(path: string): string {
  return path.length <= NAME_LENGTH_MAX ? path : `…${path.slice(1 - NAME_LENGTH_MAX)}`;
}
