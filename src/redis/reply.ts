// Parses the replies of the script: one text for each command, with several lines.

import { AXES } from "../core/axis.ts";
import type { Axis } from "../core/axis.ts";
import { capOutOfRange } from "../core/caps.ts";
import type { CapQuantities } from "../core/caps.ts";
import { toUsd } from "../core/nano-usd.ts";
import type { OveragePolicy } from "../core/pool-state.ts";
import { FIELD_OF_AXIS, Quantities } from "../core/quantities.ts";
import type { Refusal, RefusalReason } from "../core/refusal.ts";
import { totalTooLarge } from "../core/rules.ts";
import type { Settled } from "../core/rules.ts";
import { BOOKED } from "../stores/books/apply-settlements.ts";
import type { LevelChange, Outcome } from "../stores/contract/command.ts";
import type { LedgerKind, StoredEntry } from "../stores/contract/ledger.ts";
import { detailsOf } from "../stores/contract/entry-details.ts";
import { tooManyRaises } from "../stores/books/raises.ts";
import type { Raise } from "../stores/books/raises.ts";
import { storedWindow } from "../stores/contract/stored-settings.ts";
import { REPLIES } from "./protocol.ts";

const LINES_A_LEVEL = 5;
const FIRST_LINE_OF_REFUSAL = 3;

/** Parses a reply; `path` is that of the command. */
export function outcomeOf(text: string, path: string): Outcome {
  switch (text[0]) {
    case REPLIES.done:
      return { kind: "done", levels: levelsOf(text) };
    case REPLIES.settled:
      return settledOf(text);
    case REPLIES.held: {
      const [, amount = "", units] = text.split("\n");
      return { kind: "held", quantities: quantitiesInReply(amount), units: Number(units) };
    }
    case REPLIES.refused:
      return { kind: "refused", refusal: refusalOf(text.split("\n"), 1) };
    case REPLIES.drawn:
      return drawnOf(text, path);
    case REPLIES.waiting: {
      const lines = text.split("\n");
      return { kind: "waiting", rollsAt: instantOf(lines[1]), refusal: refusalOf(lines, 2) };
    }
    case REPLIES.settledBefore:
      return { kind: "settled before", outcome: text === "b\nreleased" ? "released" : "committed" };
    case REPLIES.found:
      return { kind: "found", amount: quantitiesInReply(text.slice(2)) };
    case REPLIES.opened:
      return openedOf(text.split("\n"));
    case REPLIES.figures:
      return figuresOf(text.split("\n"), path);
    case REPLIES.inUse:
      return { kind: "in use", openReservations: Number(text.slice(2)) };
    case REPLIES.gone:
      return { kind: "gone" };
    case REPLIES.notFound:
      return { kind: "not found" };
    case REPLIES.idTaken:
      return { kind: "id taken" };
    case REPLIES.totalOutOfRange: {
      const [, level = "", axis] = text.split("\n");
      return { kind: "out of range", message: totalTooLarge(level, axisOf(axis)).message };
    }
    case REPLIES.capOutOfRange: {
      const [, level = "", axis] = text.split("\n");
      return { kind: "out of range", message: capOutOfRange(level, axisOf(axis)).message };
    }
    case REPLIES.raisesOutOfRange:
      return { kind: "out of range", message: tooManyRaises().message };
    default:
      throw new TypeError(`The script has answered with ${JSON.stringify(text)}`);
  }
}

/** Returns the ledger entries in an entry of the stream, the first of which has its id. */
export function ledgerLinesOf(entryId: string, at: string, text: string): StoredEntry[] {
  const lines: StoredEntry[] = [];
  const firstSeq = Number.parseInt(entryId, 10);
  let draw: DrawHead | undefined;
  for (const part of text.split("\f").slice(0, -1)) {
    if (part.startsWith("\t")) {
      draw = drawHeadOf(part);
      continue;
    }
    const seq = firstSeq + lines.length;
    const line = draw === undefined || draw.left-- === 0 ? part : entryOfDraw(draw, part);
    if (draw !== undefined && draw.left < 0) draw = undefined;
    lines.push(storedEntryIn(seq, Number(at), line));
  }
  return lines;
}

/** The fields that all entries of a draw share. */
interface DrawHead {
  /** How many of them are still to come. */
  left: number;
  readonly id: string;
  readonly path: string;
  readonly stamp: string;
}

function drawHeadOf(text: string): DrawHead {
  const [count = "", id = "", path = "", ...stamp] = text.slice(1).split("\n");
  return { left: Number(count), id, path, stamp: stamp.join("\n") };
}

/** Returns an entry of a draw in the form of a single one. */
function entryOfDraw({ id, path, stamp }: DrawHead, text: string): string {
  const [place, kind, amount, unknown, ...about] = text.split("\n");
  return [`${id}.${place}`, kind, path, amount, "", unknown, stamp, "", ...about, ""].join("\n");
}

function storedEntryIn(seq: number, at: number, text: string): StoredEntry {
  const [id = "", kind, path = "", amount = "", asked, unknown, ...more] = text.split("\n");
  const [bookedAt, asOf, of, model, last = ""] = more;
  const [label, ...details] = last.split("\t");
  return {
    seq,
    id,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written from a LedgerKind
    kind: kind as LedgerKind,
    path,
    at,
    amount: quantitiesInReply(amount),
    unknown: unknown === "1",
    of: of === "" ? undefined : of,
    // Omitted if it is that of the entry.
    bookedAt: bookedAt === "" ? at : Number(bookedAt),
    asOf: Number(asOf),
    model: model === "" ? undefined : model,
    label: label === "" ? undefined : label,
    details: detailsOf(details.join("\t"), quantitiesInReply(asked || amount)),
  };
}

function settledOf(text: string): Outcome {
  const end = text.indexOf("\f");
  const settled = settledIn(text.slice(2, end)) ?? BOOKED;
  return { kind: "settled", settled, levels: levelsOf(text) };
}

/** Parses a settlement; undefined for a booking with nothing to report. */
function settledIn(text: string): Settled | undefined {
  const lines = text.split("\n");
  const [booked, throws, overage] = lines;
  if (overage === undefined) return undefined;
  return {
    booked: booked === "1",
    throws: throws === "1",
    overage: quantitiesInReply(overage),
    exceeded:
      lines.length > FIRST_LINE_OF_REFUSAL ? refusalOf(lines, FIRST_LINE_OF_REFUSAL) : undefined,
  };
}

function drawnOf(text: string, path: string): Outcome {
  const [head = "", settled = "", ...refused] = text.slice(0, text.indexOf("\f")).split("\v");
  const [, held = "", admitted = "", isFinal, isRecalled, policy] = head.split("\n");
  return {
    kind: "drawn",
    held: quantitiesInReply(held),
    admitted,
    refused: refused.map((each) => outcomeOf(each, path)),
    isFinal: isFinal === "1",
    isRecalled: isRecalled === "1",
    policy: policyOf(policy) ?? "throw",
    settled: settledIn(settled),
    levels: levelsOf(text),
  };
}

function levelsOf(text: string): readonly LevelChange[] | undefined {
  const start = text.indexOf("\f");
  if (start === -1 || start === text.length - 1) return undefined;
  const lines = text.slice(start + 2).split("\n");
  const levels: LevelChange[] = [];
  for (let at = 0; at < lines.length; at += LINES_A_LEVEL) {
    const [path = "", capsBefore = "", caps = "", usedBefore = "", used = ""] = lines.slice(at);
    levels.push({
      path,
      capsBefore: capsOf(capsBefore),
      caps: capsOf(caps),
      usedBefore: quantitiesInReply(usedBefore),
      used: quantitiesInReply(used),
    });
  }
  return levels;
}

function refusalOf(lines: readonly string[], first: number): Refusal {
  const [pool = "", axisText, attempted, cap, used, reserved, reason, resetsAt] =
    lines.slice(first);
  const axis = axisOf(axisText);
  const shown = (quantity: number): number => (axis === "usd" ? toUsd(quantity) : quantity);
  return {
    pool,
    axis,
    attempted: shown(Number(attempted)),
    cap: shown(Number(cap)),
    used: shown(Number(used)),
    reserved: shown(Number(reserved)),
    remaining: shown(Number(cap) - Number(used) - Number(reserved)),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the script
    reason: reason as RefusalReason,
    ...(resetsAt !== "" && { resetsAt: Number(resetsAt) }),
  };
}

function openedOf([, made = "", caps = "", overage, window = ""]: readonly string[]): Outcome {
  const settings = { caps: capsOf(caps), overage: policyOf(overage), window: storedWindow(window) };
  return { kind: "opened", made, settings };
}

function figuresOf(lines: readonly string[], path: string): Outcome {
  const [, taken = "", reserved = "", unknown = "", caps = "", overage, window = ""] = lines;
  const [starts, ends, openReservations, generation, frozen, raises = ""] = lines.slice(7);
  const [inSlices = "", left = ""] = lines.slice(13);
  const rule = storedWindow(window);
  return {
    kind: "figures",
    figures: {
      path,
      taken: quantitiesInReply(taken),
      reserved: quantitiesInReply(reserved),
      unknown: quantitiesInReply(unknown),
      caps: capsOf(caps),
      overage: policyOf(overage),
      window: rule,
      windowStartsAt: instantOf(starts),
      windowEndsAt: instantOf(ends),
      openReservations: Number(openReservations),
      generation: Number(generation),
      left: left === "" ? undefined : quantitiesInReply(left),
      frozen: frozen === "1",
      raises: raisesOf(raises),
      inSlices: inSlices === "" ? undefined : quantitiesInReply(inSlices),
    },
  };
}

/** Parses five quantities, separated by spaces. */
export function quantitiesInReply(text: string): Quantities {
  const [tokens, inputTokens, outputTokens, nanoUsd, calls] = text.split(" ").map(Number);
  return new Quantities(tokens ?? 0, inputTokens ?? 0, outputTokens ?? 0, nanoUsd ?? 0, calls ?? 0);
}

function capsOf(text: string): CapQuantities {
  const caps: { [F in keyof Quantities]?: number } = {};
  for (const [index, cap] of text.split(" ").entries()) {
    const axis = AXES[index];
    if (cap !== "-" && axis !== undefined) caps[FIELD_OF_AXIS[axis]] = Number(cap);
  }
  return caps;
}

function raisesOf(text: string): readonly Raise[] {
  if (text === "") return [];
  return text.split(";").map((each) => {
    const end = each.indexOf(" ");
    return { until: Number(each.slice(0, end)), by: capsOf(each.slice(end + 1)) };
  });
}

function axisOf(place: string | undefined): Axis {
  return AXES[Number(place) - 1] ?? "tokens";
}

function policyOf(text: string | undefined): OveragePolicy | undefined {
  return text === "throw" || text === "allow" || text === "reject" ? text : undefined;
}

function instantOf(text: string | undefined): number | undefined {
  return text === "" ? undefined : Number(text);
}
