// Templates: the settings of pools that are opened without any, by a pattern of their path.

import { changeCaps, capsView, readCaps } from "../../core/caps.ts";
import type { Caps, CapsView } from "../../core/caps.ts";
import type { Clock } from "../../core/clock.ts";
import { readClock } from "../../core/clock.ts";
import type { OveragePolicy } from "../../core/pool-state.ts";
import type { WindowOption } from "../../core/window-rule.ts";
import { readOptions } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";
import { CHILD_OPTIONS, readChildSettings } from "../../pool/options.ts";
import { ACCOUNTABLE_OPTIONS, readAccountable } from "./attribution.ts";
import type { Accountable } from "./attribution.ts";
import type { TemplatedPool } from "./command.ts";
import { readPath } from "./path.ts";
import { storedWindow, windowText } from "./stored-settings.ts";
import type { StoredSettings } from "./stored-settings.ts";

/** A template as a store keeps it. */
export interface TemplateText {
  readonly pattern: string;
  readonly text: string;
}

/** The settings of a template. */
export interface TemplateOptions extends Accountable {
  /**
   * The cap of each pool, by axis.
   *
   * @default no caps
   */
  readonly caps?: Caps | undefined;
  /**
   * What happens to a commit above its reservation.
   *
   * @default that of the parent
   */
  readonly overage?: OveragePolicy | undefined;
  /**
   * The period after which used starts at zero.
   *
   * @default none
   */
  readonly window?: WindowOption | undefined;
  /**
   * The time zone of a calendar window.
   *
   * @default UTC
   */
  readonly timeZone?: string | undefined;
}

/** A template, with its time, actor and reason. */
export interface Template {
  readonly pattern: string;
  readonly caps: CapsView;
  readonly overage?: OveragePolicy;
  readonly window?: object;
  /** When it was set, in milliseconds since 1970. */
  readonly at: number;
  readonly actor?: string;
  readonly reason?: string;
}

interface TemplateData extends Omit<Template, "pattern" | "window"> {
  readonly window: string;
}

const TEMPLATE = {
  caps: CHILD_OPTIONS.caps,
  overage: CHILD_OPTIONS.overage,
  window: CHILD_OPTIONS.window,
  timeZone: CHILD_OPTIONS.timeZone,
  ...ACCOUNTABLE_OPTIONS,
} satisfies TableFor<TemplateOptions>;
const WILDCARD = "*";

/**
 * Reads a template.
 * @throws {TypeError | RangeError} if the pattern or an option is invalid.
 */
export function readTemplate(
  pattern: string,
  options: TemplateOptions,
  clock: Clock,
): TemplateText {
  readOptions(options, TEMPLATE);
  const { actor, reason, ...rest } = options;
  const { caps, overage, window } = readChildSettings(rest);
  const data: TemplateData = {
    caps: capsView(caps),
    ...(overage !== undefined && { overage }),
    window: windowText(window),
    at: Math.floor(readClock(clock)),
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
  };
  readAccountable({ actor, reason });
  return { pattern: readPath(pattern), text: JSON.stringify(data) };
}

/** Converts templates to the form that callers see, by pattern. */
export function templatesView(templates: readonly TemplateText[]): readonly Template[] {
  const views = templates.map(({ pattern, text }) => {
    const { window, ...rest } = dataOf(text);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object, as windowText says
    return { pattern, ...rest, ...(window !== "" && { window: JSON.parse(window) as object }) };
  });
  return views.toSorted((one, other) => (one.pattern < other.pattern ? -1 : 1));
}

/** Returns the settings for the pools of a path; pools without a template are omitted. */
export function templatedOn(
  templates: readonly TemplateText[],
  path: string,
): readonly TemplatedPool[] {
  const settings: TemplatedPool[] = [];
  const names = path.split("/");
  for (let depth = 1; depth <= names.length; depth++) {
    const at = names.slice(0, depth);
    const nearest = templates
      .filter(({ pattern }) => isMatch(pattern.split("/"), at))
      .toSorted((one, other) => (placeOf(one.pattern) < placeOf(other.pattern) ? -1 : 1))[0];
    if (nearest !== undefined)
      settings.push({ path: at.join("/"), settings: settingsIn(nearest.text) });
  }
  return settings;
}

function isMatch(pattern: readonly string[], names: readonly string[]): boolean {
  return (
    pattern.length === names.length &&
    pattern.every((name, index) => name === WILDCARD || name === names[index])
  );
}

/** A name takes precedence over a wildcard, from the root on. */
function placeOf(pattern: string): string {
  return pattern
    .split("/")
    .map((name) => (name === WILDCARD ? "1" : "0"))
    .join("");
}

function settingsIn(text: string): StoredSettings {
  const { caps, overage, window } = dataOf(text);
  return { caps: changeCaps({}, readCaps(caps, true)), overage, window: storedWindow(window) };
}

function dataOf(text: string): TemplateData {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by readTemplate
  return JSON.parse(text) as TemplateData;
}
