// The state of a pool as cells of a slot, and back.

import type { CapQuantities } from "../core/caps.ts";
import { limitsNow } from "../core/frozen.ts";
import type { OveragePolicy, PoolSettings, PoolState } from "../core/pool-state.ts";
import { assign, uniform } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { CalendarPeriod, CarryRule, WindowRule } from "../core/window-rule.ts";
import { COLD, HOT, PART_CELLS, SETTINGS, THRESHOLDS_MAX, ZONE_LENGTH_MAX } from "./layout.ts";

type Cells = Float64Array;

const OVERAGES: readonly (OveragePolicy | undefined)[] = [undefined, "throw", "allow", "reject"];
const PERIODS: readonly CalendarPeriod[] = ["minute", "hour", "day", "week", "month"];
const WINDOW_KINDS = { none: 0, calendar: 1, fixed: 2, sliding: 3 } as const;
const CARRY_KINDS = { nothing: 0, cap: 1, limits: 2 } as const;
const NO_CAP = -1;

/** Writes the cells that every request changes. */
export function writeHot(cells: Cells, at: number, pool: PoolState): void {
  writeQuantities(cells, at + HOT.taken, pool.taken);
  writeQuantities(cells, at + HOT.reserved, pool.reserved);
  cells[at + HOT.openReservations] = pool.openReservations;
}

/** Reads the cells that every request changes. */
export function readHot(cells: Cells, at: number, pool: PoolState): void {
  readQuantities(cells, at + HOT.taken, pool.taken);
  readQuantities(cells, at + HOT.reserved, pool.reserved);
  pool.openReservations = cellAt(cells, at + HOT.openReservations);
}

/** Writes quantities to five cells. */
export function writeQuantities(cells: Cells, at: number, quantities: Quantities): void {
  cells[at] = quantities.tokens;
  cells[at + 1] = quantities.inputTokens;
  cells[at + 2] = quantities.outputTokens;
  cells[at + 3] = quantities.nanoUsd;
  cells[at + 4] = quantities.calls;
}

/** Reads quantities from five cells. */
export function readQuantities(cells: Cells, at: number, target: Quantities): void {
  target.tokens = cellAt(cells, at);
  target.inputTokens = cellAt(cells, at + 1);
  target.outputTokens = cellAt(cells, at + 2);
  target.nanoUsd = cellAt(cells, at + 3);
  target.calls = cellAt(cells, at + 4);
}

/** Rarely changed values that are not part of a pool's state. */
export interface Lineage {
  readonly born: number;
  /** The index of the parent; −1 for the root. */
  readonly parent: number;
  readonly forgotten: boolean;
}

/** Writes the cells that change rarely. */
export function writeCold(cells: Cells, at: number, pool: PoolState, lineage: Lineage): void {
  cells[at + COLD.born] = lineage.born;
  cells[at + COLD.parent] = lineage.parent;
  cells[at + COLD.forgotten] = Number(lineage.forgotten);
  cells[at + COLD.generation] = pool.generation;
  cells[at + COLD.droppedBefore] = pool.droppedBefore;
  cells[at + COLD.windowStartsAt] = pool.windowStartsAt;
  cells[at + COLD.windowEndsAt] = pool.windowEndsAt;
  writeSettings(cells, at + COLD.settings, pool);
  cells[at + COLD.partsLength] = pool.parts.length;
  let place = at + COLD.parts;
  for (const part of pool.parts) {
    cells[place] = part.at;
    writeQuantities(cells, place + 1, part.used);
    place += PART_CELLS;
  }
}

/** Writes what a pool was created with; it never changes. */
export function writeMade(cells: Cells, at: number, settings: PoolSettings, name: string): void {
  writeSettings(cells, at + COLD.settingsMade, settings);
  cells[at + COLD.thresholdsLength] = settings.thresholds.length;
  for (const [index, threshold] of settings.thresholds.entries()) {
    cells[at + COLD.thresholds + index] = threshold;
  }
  cells[at + COLD.nameLength] = name.length;
  const units = new Uint16Array(cells.buffer, cells.byteOffset + (at + COLD.name) * 8, name.length);
  for (let index = 0; index < name.length; index++) units[index] = name.charCodeAt(index);
}

/**
 * Checks that settings fit in their cells.
 * @throws {RangeError} if they do not.
 */
export function checkSettingsFit({ thresholds, window }: PoolSettings): void {
  if (thresholds.length > THRESHOLDS_MAX) {
    throw new RangeError(
      `Expected \`thresholds\` to be at most ${THRESHOLDS_MAX} in a shared budget, got ${thresholds.length}`,
    );
  }
  checkWindowFits(window);
}

/**
 * Checks that a window fits in its cells.
 * @throws {RangeError} if it does not.
 */
export function checkWindowFits(window: WindowRule | undefined): void {
  if (window?.kind === "calendar" && window.timeZone.length > ZONE_LENGTH_MAX) {
    throw new RangeError(
      `Expected \`timeZone\` to be at most ${ZONE_LENGTH_MAX} characters in a shared budget`,
    );
  }
}

/** Reads the index of the parent, and the operation that created the pool. */
export function readLineage(cells: Cells, at: number): Lineage {
  return {
    born: cellAt(cells, at + COLD.born),
    parent: cellAt(cells, at + COLD.parent) | 0,
    forgotten: cellAt(cells, at + COLD.forgotten) === 1,
  };
}

/** Reads what a pool was created with. */
export function readMade(cells: Cells, at: number): { settings: PoolSettings; name: string } {
  const length = cellAt(cells, at + COLD.thresholdsLength);
  const thresholds = [...cells.subarray(at + COLD.thresholds, at + COLD.thresholds + length)];
  const units = new Uint16Array(
    cells.buffer,
    cells.byteOffset + (at + COLD.name) * 8,
    cellAt(cells, at + COLD.nameLength),
  );
  return {
    settings: { ...readSettings(cells, at + COLD.settingsMade), thresholds },
    name: String.fromCharCode(...units),
  };
}

/** Reads the cells that change rarely into a pool's state. */
export function readCold(cells: Cells, at: number, pool: PoolState): void {
  const generation = cellAt(cells, at + COLD.generation);
  const windowStartsAt = cellAt(cells, at + COLD.windowStartsAt);
  // A reset or a roll zeroed used, so thresholds can be reached again.
  if (generation !== pool.generation || windowStartsAt >= pool.windowEndsAt) {
    assign(pool.thresholdsTold, uniform(0));
  }
  pool.generation = generation;
  pool.droppedBefore = cellAt(cells, at + COLD.droppedBefore);
  pool.windowStartsAt = windowStartsAt;
  pool.windowEndsAt = cellAt(cells, at + COLD.windowEndsAt);
  const { caps, overage, window } = readSettings(cells, at + COLD.settings);
  pool.caps = caps;
  pool.capsView = undefined;
  pool.overage = overage;
  pool.window = window;
  pool.parts = readParts(cells, at);
  pool.limits = limitsNow(pool);
}

function readParts(cells: Cells, at: number): PoolState["parts"] {
  return Array.from({ length: cellAt(cells, at + COLD.partsLength) }, (_, index) => {
    const place = at + COLD.parts + index * PART_CELLS;
    const used = uniform(0);
    readQuantities(cells, place + 1, used);
    return { at: cellAt(cells, place), used };
  });
}

type Settings = Omit<PoolSettings, "thresholds">;

function writeSettings(cells: Cells, at: number, { caps, overage, window }: Settings): void {
  writeCaps(cells, at + SETTINGS.caps, caps);
  cells[at + SETTINGS.overage] = OVERAGES.indexOf(overage);
  cells[at + SETTINGS.windowKind] = WINDOW_KINDS[window?.kind ?? "none"];
  writeCarry(cells, at, window?.carry);
  if (window?.kind === "sliding") {
    cells[at + SETTINGS.period] = window.lengthMs;
  } else if (window?.kind === "fixed") {
    cells[at + SETTINGS.period] = window.everyMs;
    cells[at + SETTINGS.anchorMs] = window.anchorMs;
  } else if (window?.kind === "calendar") {
    const name = window.timeZone;
    cells[at + SETTINGS.period] = PERIODS.indexOf(window.period);
    cells[at + SETTINGS.anchorMs] = window.offsetMs;
    cells[at + SETTINGS.zoneLength] = name.length;
    const bytes = zoneBytes(cells, at, name.length);
    for (let index = 0; index < name.length; index++) bytes[index] = name.charCodeAt(index);
  }
}

/** Writes caps to five cells. */
function writeCaps(cells: Cells, at: number, caps: CapQuantities): void {
  cells[at] = caps.tokens ?? NO_CAP;
  cells[at + 1] = caps.inputTokens ?? NO_CAP;
  cells[at + 2] = caps.outputTokens ?? NO_CAP;
  cells[at + 3] = caps.nanoUsd ?? NO_CAP;
  cells[at + 4] = caps.calls ?? NO_CAP;
}

/** Reads caps from five cells. */
function readCaps(cells: Cells, at: number): CapQuantities {
  const caps: { -readonly [F in keyof CapQuantities]: CapQuantities[F] } = {};
  const read = (axis: number): number => cellAt(cells, at + axis);
  if (read(0) !== NO_CAP) caps.tokens = read(0);
  if (read(1) !== NO_CAP) caps.inputTokens = read(1);
  if (read(2) !== NO_CAP) caps.outputTokens = read(2);
  if (read(3) !== NO_CAP) caps.nanoUsd = read(3);
  if (read(4) !== NO_CAP) caps.calls = read(4);
  return caps;
}

function writeCarry(cells: Cells, at: number, carry: CarryRule | undefined): void {
  const kind = carry === undefined ? "nothing" : carry === true ? "cap" : "limits";
  cells[at + SETTINGS.carryKind] = CARRY_KINDS[kind];
  if (carry !== undefined && carry !== true) writeCaps(cells, at + SETTINGS.carry, carry);
}

function readCarry(cells: Cells, at: number): { readonly carry?: CarryRule } {
  const kind = cellAt(cells, at + SETTINGS.carryKind);
  if (kind === CARRY_KINDS.nothing) return {};
  return { carry: kind === CARRY_KINDS.cap ? true : readCaps(cells, at + SETTINGS.carry) };
}

function readSettings(cells: Cells, at: number): Settings {
  return {
    caps: readCaps(cells, at + SETTINGS.caps),
    overage: OVERAGES[cellAt(cells, at + SETTINGS.overage)],
    window: readWindow(cells, at),
  };
}

function readWindow(cells: Cells, at: number): WindowRule | undefined {
  const kind = cellAt(cells, at + SETTINGS.windowKind);
  const period = cellAt(cells, at + SETTINGS.period);
  if (kind === WINDOW_KINDS.sliding) return { kind: "sliding", lengthMs: period };
  const carry = readCarry(cells, at);
  if (kind === WINDOW_KINDS.fixed) {
    const anchorMs = cellAt(cells, at + SETTINGS.anchorMs);
    return { kind: "fixed", everyMs: period, anchorMs, ...carry };
  }
  if (kind !== WINDOW_KINDS.calendar) return undefined;
  const name = String.fromCharCode(
    ...zoneBytes(cells, at, cellAt(cells, at + SETTINGS.zoneLength)),
  );
  const offsetMs = cellAt(cells, at + SETTINGS.anchorMs);
  return {
    kind: "calendar",
    period: PERIODS[period] ?? "month",
    timeZone: name,
    offsetMs,
    ...carry,
  };
}

function zoneBytes(cells: Cells, at: number, length: number): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset + (at + SETTINGS.zone) * 8, length);
}

function cellAt(cells: Cells, at: number): number {
  return cells[at]!;
}
