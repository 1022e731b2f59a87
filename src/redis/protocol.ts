// The protocol between the store and the script: one table of operations and one of replies.
// request.ts writes requests from the first, reply.ts reads replies by the second, and the script
// gets the number of words of each operation from it (scripts/embed-lua.ts).

import { AXES } from "../core/axis.ts";
import type { CapQuantities, CapQuantitiesChange } from "../core/caps.ts";
import { FIELD_OF_AXIS } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Command, SliceEntry, TemplatedPool } from "../stores/contract/command.ts";
import { detailsText } from "../stores/contract/entry-details.ts";
import type { EntryMetadata } from "../stores/contract/entry-details.ts";
import { settingsTextOf, windowText } from "../stores/contract/stored-settings.ts";
import type { StoredSettings } from "../stores/contract/stored-settings.ts";

const NO_SETTINGS: StoredSettings = { caps: {}, overage: undefined, window: undefined };

/** An operation of the script: its letter, and its words in order, after letter and path. */
interface Operation<C> {
  readonly letter: string;
  readonly words: { readonly [name: string]: (command: C) => string };
}

type Operations = { readonly [K in Command["kind"]]: Operation<Extract<Command, { kind: K }>> };

/**
 * All operations. Quantities are decimal text, money is in nano-dollars, and lists are separated by
 * line ends. The script reads a word by its position: the first after letter and path is `words[at
 * + 2]`.
 */
export const OPERATIONS: Operations = {
  open: {
    letter: "o",
    words: {
      made: ({ settings = NO_SETTINGS }) => settingsTextOf(settings),
      caps: ({ settings = NO_SETTINGS }) => capsText(settings.caps),
      overage: ({ settings = NO_SETTINGS }) => settings.overage ?? "",
      window: ({ settings = NO_SETTINGS }) => windowText(settings.window),
      madeAbove: () => settingsTextOf(NO_SETTINGS),
      ifThere: ({ ifThere }) => flagText(ifThere === true),
      templates: ({ path, above = [] }) =>
        templatesText(above.filter((each) => each.path !== path)),
    },
  },
  record: {
    letter: "r",
    words: {
      id: ({ id }) => id,
      ask: ({ ask }) => amountText(ask),
      policy: ({ policy }) => policy,
      watched: ({ watched }) => watchedText(watched),
      about: ({ about }) => aboutText(about),
    },
  },
  late: {
    letter: "t",
    words: {
      id: ({ id }) => id,
      ask: ({ ask }) => amountText(ask),
      at: ({ at }) => String(at),
      throws: ({ throws }) => flagText(throws),
      watched: ({ watched }) => watchedText(watched),
      about: ({ about }) => aboutText(about),
    },
  },
  reserve: {
    letter: "v",
    words: {
      id: ({ id }) => id,
      ask: ({ ask }) => amountText(ask),
      leaseMs: ({ leaseMs }) => String(leaseMs),
      sent: ({ sent }) => flagText(sent === true),
    },
  },
  grant: {
    letter: "g",
    words: {
      id: ({ id }) => id,
      fixed: ({ fixed }) => amountText(fixed),
      unit: ({ unit }) => amountText(unit),
      min: ({ min }) => String(min),
      max: ({ max }) => String(max),
      leaseMs: ({ leaseMs }) => String(leaseMs),
      sent: ({ sent }) => flagText(sent === true),
    },
  },
  wait: {
    letter: "w",
    words: {
      id: ({ id }) => id,
      ask: ({ ask }) => amountText(ask),
      leaseMs: ({ leaseMs }) => String(leaseMs),
      placeMs: ({ placeMs }) => String(placeMs),
      last: ({ last }) => flagText(last),
      sent: ({ sent }) => flagText(sent === true),
    },
  },
  leave: { letter: "l", words: { id: ({ id }) => id } },
  withdraw: { letter: "u", words: { id: ({ id }) => id } },
  commit: {
    letter: "c",
    words: {
      id: ({ id }) => id,
      actual: ({ actual }) => amountText(actual),
      unknown: ({ unknown }) => flagText(unknown),
      policy: ({ policy }) => policy ?? "",
      watched: ({ watched }) => watchedText(watched),
      about: ({ about, actual }) => aboutText(about, actual),
    },
  },
  release: {
    letter: "x",
    words: { id: ({ id }) => id, about: ({ about }) => aboutText(about) },
  },
  renew: {
    letter: "n",
    words: {
      ids: ({ ids }) => ids.join("\n"),
      leaseMs: ({ leaseMs }) => String(leaseMs),
      sent: ({ sent }) => flagText(sent === true),
    },
  },
  amend: {
    letter: "a",
    words: {
      id: ({ id }) => id,
      of: ({ of }) => of,
      actual: ({ actual }) => amountText(actual),
      watched: ({ watched }) => watchedText(watched),
      besides: ({ about }) => besidesText(about),
    },
  },
  find: { letter: "f", words: { of: ({ of }) => of } },
  draw: {
    letter: "q",
    words: {
      id: ({ id }) => id,
      seq: ({ seq }) => String(seq),
      settled: ({ settled }) => amountText(settled),
      unknown: ({ unknown }) => amountText(unknown),
      holds: ({ holds }) => amountText(holds),
      keep: ({ keep }) => amountText(keep),
      open: ({ open }) => String(open),
      asks: ({ asks }) => asks.map(amountText).join("\n"),
      want: ({ want }) => amountText(want),
      least: ({ least }) => amountText(least),
      recallMs: ({ recallMs }) => String(recallMs),
      leaseMs: ({ leaseMs }) => String(leaseMs),
      end: ({ end }) => flagText(end),
      watched: ({ watched }) => watchedText(watched),
      count: ({ lines }) => String(lines.length),
      entries: ({ lines }) => entriesText(lines),
    },
  },
  reset: {
    letter: "z",
    words: { id: ({ id }) => id, about: ({ about }) => aboutText(about) },
  },
  delete: {
    letter: "d",
    words: { id: ({ id }) => id, about: ({ about }) => aboutText(about) },
  },
  configure: {
    letter: "y",
    words: {
      id: ({ id }) => id,
      caps: ({ caps }) => (caps === undefined ? "" : changeText(caps)),
      overage: ({ overage }) => overage ?? "",
      window: ({ window }) => (window === undefined ? "=" : windowText(window ?? undefined)),
      watched: ({ watched }) => watchedText(watched),
      by: ({ by }) => (by === undefined ? "" : differenceText(by)),
      about: ({ about }) => aboutText(about),
      until: ({ until }) => (until === undefined ? "" : String(until)),
      frozen: ({ frozen }) => (frozen === undefined ? "" : flagText(frozen)),
    },
  },
  check: { letter: "k", words: { ask: ({ ask }) => amountText(ask) } },
  snapshot: { letter: "s", words: {} },
};

/** The meaning of a reply's first letter. */
export const REPLIES = {
  done: "d",
  settled: "t",
  held: "h",
  refused: "r",
  drawn: "D",
  waiting: "w",
  settledBefore: "b",
  found: "f",
  opened: "o",
  figures: "s",
  inUse: "j",
  gone: "g",
  notFound: "n",
  idTaken: "i",
  totalOutOfRange: "e",
  capOutOfRange: "q",
  raisesOutOfRange: "m",
} as const;

/** The settings of new pools above, as JSON; empty for none. */
function templatesText(templates: readonly TemplatedPool[]): string {
  return templates.length === 0 ? "" : JSON.stringify(templates.map(templateWords));
}

/** The settings of a new pool above: only texts, for cjson. */
function templateWords({ path, settings }: TemplatedPool): string[] {
  const { caps, overage, window } = settings;
  return [path, settingsTextOf(settings), capsText(caps), overage ?? "", windowText(window)];
}

/**
 * The entries of a draw, each with its position; the script adds ids, time and path. Most end as
 * the entry before, so that their text is made of half as many pieces.
 */
function entriesText(lines: readonly SliceEntry[]): string {
  let text = "";
  let place = 0;
  let before: SliceEntry | undefined;
  let end = "";
  for (const line of lines) {
    const { kind, amount, unknown, about } = line;
    if (about !== before?.about || unknown !== before?.unknown)
      end = `${flagText(unknown)}\n${aboutText(about)}\f`;
    text += `${++place}\n${kind}\n${amountText(amount)}\n${end}`;
    before = line;
  }
  return text;
}

/** Five integers below 2^53, so that their text is exact and has no exponent. */
function amountText({ tokens, inputTokens, outputTokens, nanoUsd, calls }: Quantities): string {
  return `${tokens} ${inputTokens} ${outputTokens} ${nanoUsd} ${calls}`;
}

/** Caps, with `-` for uncapped axes. */
function capsText(caps: CapQuantities): string {
  return AXES.map((axis) => caps[FIELD_OF_AXIS[axis]] ?? "-").join(" ");
}

/** A change of caps, with `=` for axes that do not change, and `-` for removed caps. */
function changeText(change: CapQuantitiesChange): string {
  return AXES.map((axis) => {
    const cap = change[FIELD_OF_AXIS[axis]];
    return cap === undefined ? "=" : (cap ?? "-");
  }).join(" ");
}

/** Amounts by which caps change, with `=` for axes that do not change. */
function differenceText(by: CapQuantities): string {
  return AXES.map((axis) => by[FIELD_OF_AXIS[axis]] ?? "=").join(" ");
}

function watchedText(watched: readonly string[] | undefined): string {
  return watched?.join("\n") ?? "";
}

/** Two lines, which the script stores unchanged. */
function aboutText(about: EntryMetadata = {}, booked?: Quantities): string {
  const { model = "", label = "" } = about;
  return `${model}\n${label}${besidesText(about, booked)}`;
}

/** The details, which follow the label in its line: words contain no tab. */
function besidesText({ details }: EntryMetadata = {}, booked?: Quantities): string {
  const text = detailsText(details, booked);
  return text === "" ? "" : `\t${text}`;
}

function flagText(flag: boolean): string {
  return flag ? "1" : "0";
}
