// Where everything lies in the shared buffer. Numbers are cells (8 bytes, Float64Array) or words
// (4 bytes, Int32Array); a cell is two words.
//
//   preamble │ a row a thread │ owners of reservations │ reservations │ a slice a thread │ two
//   slots a thread
//
// A slot holds the whole state of the tree at one instant:
//
//   header │ stamps of pools │ hot cells, cold cells of pools │ open bits │ queue │ granted │ lots

/** The capacity of a shared budget. It cannot grow. */
export interface Capacity {
  /** Threads that use the budget at the same time, the one that makes it included. */
  readonly threads: number;
  /** Pools of the tree, the root included. */
  readonly pools: number;
  /** Reservations that are open or waited for at the same time, in all threads and pools. */
  readonly reservations: number;
}

/** "token-budget", in the first eight bytes: what `attach` knows a buffer by. */
export const MAGIC: readonly [number, number] = [0x746f6b65, 0x62756467];
/** Raised with every change of this file. */
export const LAYOUT_VERSION = 2;

/** Words of the preamble. */
export const PREAMBLE = {
  magic: 0,
  layoutVersion: 2,
  threads: 3,
  pools: 4,
  reservations: 5,
  leaseMs: 6,
  /** After how many requests in a row on a pool a thread takes a slice of it; 0 for never. */
  slicesAfter: 7,
  /** Four words that are like no other buffer's. */
  id: 8,
  /** The one word that is swapped (see slot-swap.ts), on a cache line of its own. */
  current: 32,
  end: 64,
} as const;

/** Words of a thread's row. */
export const ROW = {
  /**
   * Who has the row: 0 for no thread, else the row's number + 1 and above it how often it was
   * taken.
   */
  owner: 0,
  /** How often the row has been taken. */
  taken: 1,
  /** Raised regularly while the thread lives. */
  beat: 2,
  /** Raised, and notified, when the thread has something to look at. */
  wake: 3,
  /** Whether the thread wants to be woken when a threshold is crossed. */
  listening: 4,
  /** The number of the thread that has taken the row: see keeper.ts; 0 for none. */
  thread: 5,
  /** The owner of the thread that will report this one's end; 0 for none. */
  watcher: 6,
  words: 16,
} as const;

/**
 * Cells of a reservation. Written by its owner before it is open or waits, and never while it is.
 */
export const RESERVATION = {
  pool: 0,
  /** The number of the operation that made it: no two have the same. */
  ticket: 1,
  asOf: 2,
  quantities: 3,
  cells: 8,
} as const;

/** Cells of a slot's header. The `…At` are numbers of operations: equal stamps, equal contents. */
export const HEADER = {
  /** How many operations the tree has seen. */
  operations: 0,
  resets: 1,
  /** How many places of pools have been used. */
  pools: 2,
  /** Reservations that are open or waited for. */
  inUse: 3,
  queueLength: 4,
  grantedLength: 5,
  windowed: 6,
  /** The last operation that changed anything but hot cells. */
  restAt: 7,
  coldAt: 8,
  bitsAt: 9,
  queueAt: 10,
  lotsAt: 11,
  /** Up to which row there are lots in use, or were. */
  lotRows: 12,
  cells: 16,
} as const;

/** Cells that every request on a pool changes. */
export const HOT = { taken: 0, reserved: 5, openReservations: 10, cells: 11 } as const;

/**
 * Cells of settings: five caps (−1 for none), five limits of what is carried over, and the rest.
 */
export const SETTINGS = {
  caps: 0,
  overage: 5,
  windowKind: 6,
  period: 7,
  anchorMs: 8,
  zoneLength: 9,
  zone: 10,
  /** 0 for nothing, 1 for up to a cap, 2 for the limits. */
  carryKind: 16,
  carry: 17,
  cells: 22,
} as const;
/** A part of a window: when, and five quantities. */
export const PART_CELLS = 6;
/** Bytes of a time zone's name: all there are of its cells. */
export const ZONE_LENGTH_MAX = 48;
export const THRESHOLDS_MAX = 16;

/** Cells of a pool that change rarely, and the settings and name that it was made with. */
export const COLD = {
  /** The operation that made the pool. */
  born: 0,
  /** The place of the pool above, −1 for the root. */
  parent: 1,
  forgotten: 2,
  generation: 3,
  droppedBefore: 4,
  windowStartsAt: 5,
  windowEndsAt: 6,
  settings: 7,
  settingsMade: 29,
  thresholdsLength: 51,
  thresholds: 52,
  nameLength: 68,
  /** 128 UTF-16 units. */
  name: 69,
  partsLength: 101,
  /** 60 parts at most. */
  parts: 102,
  cells: 462,
} as const;

/**
 * Reservations that a thread may keep for itself without using them, so that taking one is cheap.
 */
export const SPARE_SLOTS = 8;

/**
 * Cells of a lot: what a thread holds of a pool by slices, and the slice that it has there now. A
 * lot is free while `born` is 0.
 */
export const LOT = {
  /** The operation that took the lot. */
  born: 0,
  /** The place of the pool. */
  pool: 1,
  /** How many resets the tree had seen: what is held is as of then. */
  asOf: 2,
  openReservations: 3,
  reserved: 4,
  /** The operation that made the slice; 0 while there is none. */
  slice: 9,
  /** What was put into the slice. */
  granted: 10,
  /** The thread that has the lot. */
  owner: 15,
  cells: 16,
} as const;
/** For so many pools, or resets, a thread can hold by slices at a time. */
export const LOTS_PER_ROW = 4;

/**
 * Cells of a thread's slice: a word that is swapped (see thread-slice.ts) on cache lines of its
 * own, and two states of the slice.
 */
export const SLICE = {
  states: [16, 32],
  /** Of a state: the operation that made the slice. */
  slice: 0,
  openReservations: 1,
  left: 2,
  reserved: 7,
  cells: 48,
} as const;

/** The offsets that follow from a capacity. */
export interface Layout extends Capacity {
  /** Places for reservations: what threads keep free does not count against the capacity. */
  readonly places: number;
  readonly rowsWord: number;
  readonly ownersWord: number;
  readonly reservationsCell: number;
  readonly slicesCell: number;
  readonly slotsCell: number;
  readonly slotCells: number;
  /** The bits of the current word that say which slot it is; the rest counts versions. */
  readonly slotMask: number;
  readonly bitsWords: number;
  /** Cells within a slot. */
  readonly hotAtCell: number;
  readonly coldAtCell: number;
  readonly hotCell: number;
  readonly coldCell: number;
  readonly bitsCell: number;
  readonly queueCell: number;
  readonly grantedCell: number;
  readonly lotsCell: number;
  readonly bytes: number;
}

/**
 * Lays a buffer out. Offsets are made with integer operations throughout: engines keep an integer
 * that came of a division as a double, and everything that is computed from it.
 */
export function layoutOf({ threads, pools, reservations }: Capacity): Layout {
  // Besides what it keeps free, a thread may have taken a place for the step that it is in.
  const places = roundUp(reservations + threads * (SPARE_SLOTS + 1), 64);
  const rowsWord = PREAMBLE.end;
  const ownersWord = rowsWord + threads * ROW.words;
  const reservationsCell = (ownersWord + places) >> 1;
  const slicesCell = roundUp(reservationsCell + places * RESERVATION.cells, 16);
  const slotsCell = slicesCell + threads * SLICE.cells;
  const hotAtCell = HEADER.cells;
  const coldAtCell = hotAtCell + pools;
  const hotCell = coldAtCell + pools;
  const coldCell = hotCell + pools * HOT.cells;
  const bitsCell = coldCell + pools * COLD.cells;
  const queueCell = bitsCell + (places >> 6);
  const grantedCell = queueCell + (roundUp(reservations, 2) >> 1);
  const lotsCell = grantedCell + reservations;
  const slotCells = roundUp(lotsCell + threads * LOTS_PER_ROW * LOT.cells, 16);
  const slots = 1 << Math.ceil(Math.log2(2 * threads));
  return {
    threads,
    pools,
    reservations,
    places,
    rowsWord,
    ownersWord,
    reservationsCell,
    slicesCell,
    slotsCell,
    slotCells,
    slotMask: slots - 1,
    bitsWords: places >> 5,
    hotAtCell,
    coldAtCell,
    hotCell,
    coldCell,
    bitsCell,
    queueCell,
    grantedCell,
    lotsCell,
    bytes: (slotsCell + 2 * threads * slotCells) * 8,
  };
}

function roundUp(count: number, multiple: number): number {
  return (Math.ceil(count / multiple) * multiple) | 0;
}
