// Commands as the script reads them: words, quantities as decimal text, money in nano-dollars.

import { AXES } from "../core/axis.ts";
import type { CapQuantities, CapQuantitiesChange } from "../core/caps.ts";
import { FIELD_OF_AXIS } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { WindowSpan } from "../core/window.ts";
import type {
  Command,
  ConfigureCommand,
  DrawCommand,
  OpenCommand,
  SliceLine,
  TemplatedPool,
} from "../stores/contract/command.ts";
import { detailsText } from "../stores/contract/line-details.ts";
import type { LineAbout } from "../stores/contract/line-details.ts";
import { settingsTextOf, windowText } from "../stores/contract/stored-settings.ts";
import type { StoredSettings } from "../stores/contract/stored-settings.ts";

const NO_SETTINGS: StoredSettings = { caps: {}, overage: undefined, window: undefined };

/** A batch as words: its paths and commands. */
export interface RequestWords {
  readonly paths: readonly string[];
  readonly words: readonly string[];
}

/** Writes a batch as words. */
export function wordsOf(commands: readonly Command[]): RequestWords {
  const places = new Map<string, string>();
  const words: string[] = [];
  for (const command of commands) {
    let place = places.get(command.path);
    if (place === undefined) {
      place = String(places.size + 1);
      places.set(command.path, place);
    }
    addWords(words, command, place);
  }
  return { paths: withThoseAbove([...places.keys()]), words };
}

/** Paths, and behind them those of the pools above that are not among them. */
export function withThoseAbove(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1))
      all.add(path.slice(0, end));
  }
  return [...all];
}

/** The words of spans of windows, with how many there are. */
export function spanWords(spans: ReadonlyMap<string, WindowSpan>): string[] {
  const words = [String(spans.size)];
  for (const [text, { startsAt, endsAt }] of spans)
    words.push(text, String(startsAt), String(endsAt));
  return words;
}

function addWords(words: string[], command: Command, path: string): void {
  switch (command.kind) {
    case "open":
      words.push("o", path, ...openWords(command));
      return;
    case "record":
      words.push(
        "r",
        path,
        command.id,
        amountText(command.ask),
        command.policy,
        watchedText(command.watched),
        aboutText(command.about),
      );
      return;
    case "reserve":
      words.push("v", path, command.id, amountText(command.ask), String(command.leaseMs));
      return;
    case "grant":
      words.push("g", path, command.id, amountText(command.fixed), amountText(command.unit));
      words.push(String(command.min), String(command.max), String(command.leaseMs));
      return;
    case "wait":
      words.push("w", path, command.id, amountText(command.ask), String(command.leaseMs));
      words.push(String(command.placeMs), flagText(command.last));
      return;
    case "leave":
      words.push("l", path, command.id);
      return;
    case "withdraw":
      words.push("u", path, command.id);
      return;
    case "commit":
      words.push("c", path, command.id, amountText(command.actual), flagText(command.unknown));
      words.push(command.policy ?? "", watchedText(command.watched), aboutText(command.about));
      return;
    case "release":
      words.push("x", path, command.id, aboutText(command.about));
      return;
    case "renew":
      words.push("n", path, command.ids.join("\n"), String(command.leaseMs));
      return;
    case "amend":
      words.push("a", path, command.id, command.of, amountText(command.actual));
      words.push(watchedText(command.watched), besidesText(command.about));
      return;
    case "find":
      words.push("f", path, command.of);
      return;
    case "draw":
      words.push("q", path, ...drawWords(command));
      return;
    case "reset":
      words.push("z", path, command.id, aboutText(command.about));
      return;
    case "delete":
      words.push("d", path, command.id, aboutText(command.about));
      return;
    case "configure":
      words.push("y", path, ...configureWords(command));
      return;
    case "check":
      words.push("k", path, amountText(command.ask));
      return;
    default:
      words.push("s", path);
  }
}

function openWords({ path, settings = NO_SETTINGS, above = [], ifThere }: OpenCommand): string[] {
  const { caps, overage, window } = settings;
  const made = settingsTextOf(settings);
  const templated = above.filter((each) => each.path !== path);
  return [
    made,
    capsText(caps),
    overage ?? "",
    windowText(window),
    settingsTextOf(NO_SETTINGS),
    flagText(ifThere === true),
    templated.length === 0 ? "" : JSON.stringify(templated.map(templateWords)),
  ];
}

/** What a pool above is made with: texts only, as cjson reads them. */
function templateWords({ path, settings }: TemplatedPool): string[] {
  const { caps, overage, window } = settings;
  return [path, settingsTextOf(settings), capsText(caps), overage ?? "", windowText(window)];
}

function drawWords(command: DrawCommand): string[] {
  const { id, seq, settled, unknown, holds, keep, open, asks, want, least } = command;
  const { recallMs, leaseMs, end, watched, lines } = command;
  return [
    id,
    String(seq),
    ...[settled, unknown, holds, keep].map(amountText),
    String(open),
    asks.map(amountText).join("\n"),
    amountText(want),
    amountText(least),
    String(recallMs),
    String(leaseMs),
    flagText(end),
    watchedText(watched),
    lines.map(lineText).join(""),
  ];
}

/** A line of a draw; ids, time and what it came to are the script's. */
function lineText({ kind, amount, unknown, about }: SliceLine): string {
  return `${kind}\n${amountText(amount)}\n${flagText(unknown)}\n${aboutText(about)}\f`;
}

function configureWords(command: ConfigureCommand): string[] {
  const { id, caps, by, until, frozen, overage, window, watched, about } = command;
  return [
    id,
    caps === undefined ? "" : changeText(caps),
    overage ?? "",
    window === undefined ? "=" : windowText(window ?? undefined),
    watchedText(watched),
    by === undefined ? "" : differenceText(by),
    aboutText(about),
    until === undefined ? "" : String(until),
    frozen === undefined ? "" : flagText(frozen),
  ];
}

/** Five integers; they stay below 2^53, so that their text is exact and has no exponent. */
function amountText({ tokens, inputTokens, outputTokens, nanoUsd, calls }: Quantities): string {
  return `${tokens} ${inputTokens} ${outputTokens} ${nanoUsd} ${calls}`;
}

/** Caps, with `-` on axes that have none. */
function capsText(caps: CapQuantities): string {
  return AXES.map((axis) => caps[FIELD_OF_AXIS[axis]] ?? "-").join(" ");
}

/** A change of caps, with `=` on axes that stay, and `-` on those whose cap is taken away. */
function changeText(change: CapQuantitiesChange): string {
  return AXES.map((axis) => {
    const cap = change[FIELD_OF_AXIS[axis]];
    return cap === undefined ? "=" : (cap ?? "-");
  }).join(" ");
}

/** Amounts by which caps change, with `=` on axes that stay. */
function differenceText(by: CapQuantities): string {
  return AXES.map((axis) => by[FIELD_OF_AXIS[axis]] ?? "=").join(" ");
}

function watchedText(watched: readonly string[] | undefined): string {
  return watched?.join("\n") ?? "";
}

/** Two lines, which the script writes as they are. */
function aboutText(about: LineAbout = {}): string {
  const { model = "", label = "" } = about;
  return `${model}\n${label}${besidesText(about)}`;
}

/** What follows the label in its line: words hold no tab. */
function besidesText({ details }: LineAbout = {}): string {
  const text = detailsText(details);
  return text === "" ? "" : `\t${text}`;
}

function flagText(flag: boolean): string {
  return flag ? "1" : "0";
}
