// The layout of the shared buffer. Numbers are cells (8 bytes, Float64Array) or words (4 bytes,
// Int32Array); a cell is two words.
//
//   preamble │ a row per thread │ owners of reservations │ reservations │ a slice per thread │
//   two slots per thread
//
// A slot holds the whole state of the tree at one instant:
//
//   header │ stamps of pools │ hot cells, cold cells of pools │ open bits │ queue │ granted │ lots

/** The capacity of a shared budget. It cannot grow. */
export interface Capacity {
  /**
   * The maximum number of threads that use the budget at the same time, including the one that
   * creates it.
   */
  readonly threads: number;
  /** The maximum number of pools of the tree, including the root. */
  readonly pools: number;
  /**
   * The maximum number of reservations that are open or waiting at the same time, in all threads
   * and pools.
   */
  readonly reservations: number;
}

/** "token-budget", in the first eight bytes; `attach` recognizes a buffer by it. */
export const MAGIC: readonly [number, number] = [0x746f6b65, 0x62756467];
/** Raised with every change to this file. */
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
  /** Four random words that identify the buffer. */
  id: 8,
  /** The one word that is exchanged (see slot-swap.ts), on a cache line of its own. */
  current: 32,
  end: 64,
} as const;

/** Words of a thread's row. */
export const ROW = {
  /**
   * The owner of the row: 0 for no thread, otherwise the row's number + 1, with the number of times
   * it was taken above it.
   */
  owner: 0,
  /** How often the row was taken. */
  taken: 1,
  /** Raised regularly while the thread is alive. */
  beat: 2,
  /** Raised, and notified, when the thread should look at the budget. */
  wake: 3,
  /** Whether the thread wants to be woken when a threshold is crossed. */
  listening: 4,
  /** The number of the thread in this row (see keeper.ts); 0 for none. */
  thread: 5,
  /** The owner of the row whose thread will report the end of this one; 0 for none. */
  watcher: 6,
  words: 16,
} as const;

/**
 * Cells of a reservation. Its owner writes them before it is open or waiting, and never while it
 * is.
 */
export const RESERVATION = {
  pool: 0,
  /** The unique number of the operation that made it. */
  ticket: 1,
  asOf: 2,
  quantities: 3,
  cells: 8,
} as const;

/** Cells of a slot's header. The `…At` are numbers of operations: equal stamps, equal contents. */
export const HEADER = {
  /** How many operations the tree has counted. */
  operations: 0,
  resets: 1,
  /** How many pool indexes were ever used. */
  pools: 2,
  /** Reservations that are open or waiting. */
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
  /** The number of lot rows that are, or were, in use. */
  lotRows: 12,
  cells: 16,
} as const;

/** Cells that every request on a pool changes. */
export const HOT = { taken: 0, reserved: 5, openReservations: 10, cells: 11 } as const;

/** Cells of settings: five caps (−1 for none), five limits of carry-over, and the rest. */
export const SETTINGS = {
  caps: 0,
  overage: 5,
  windowKind: 6,
  period: 7,
  anchorMs: 8,
  zoneLength: 9,
  zone: 10,
  /** 0 for no carry-over, 1 for up to one cap, 2 for the limits. */
  carryKind: 16,
  carry: 17,
  cells: 22,
} as const;
/** A part of a sliding window: its start, and five quantities. */
export const PART_CELLS = 6;
/** The maximum number of bytes of a time zone's name. */
export const ZONE_LENGTH_MAX = 48;
export const THRESHOLDS_MAX = 16;

/** Cells of a pool that change rarely, and the settings and name it was created with. */
export const COLD = {
  /** The operation that created the pool. */
  born: 0,
  /** The index of the parent; −1 for the root. */
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

/** Free reservations that a thread may keep in reserve, so that taking one is cheap. */
export const SPARE_SLOTS = 8;

/**
 * Cells of a lot: what a thread holds of a pool through slices, and its current slice of the pool.
 * A lot is free while `born` is 0.
 */
export const LOT = {
  /** The operation that took the lot. */
  born: 0,
  /** The index of the pool. */
  pool: 1,
  /** How many resets the tree had counted when the holds were made. */
  asOf: 2,
  openReservations: 3,
  reserved: 4,
  /** The operation that made the slice; 0 for no slice. */
  slice: 9,
  /** The amount of the slice. */
  granted: 10,
  /** The thread that owns the lot. */
  owner: 15,
  cells: 16,
} as const;
/** How many lots a thread can have at a time: one for each pool, or for each reset of it. */
export const LOTS_PER_ROW = 4;

/**
 * Cells of a thread's slice: a word that is exchanged (see thread-slice.ts) on cache lines of its
 * own, and two states of the slice.
 */
export const SLICE = {
  states: [16, 32],
  /** Of a state: the operation that made its slice. */
  slice: 0,
  openReservations: 1,
  left: 2,
  reserved: 7,
  cells: 48,
} as const;

/** The offsets for a given capacity. */
export interface Layout extends Capacity {
  /** Indexes for reservations; what threads keep in reserve does not count against the capacity. */
  readonly places: number;
  readonly rowsWord: number;
  readonly ownersWord: number;
  readonly reservationsCell: number;
  readonly slicesCell: number;
  readonly slotsCell: number;
  readonly slotCells: number;
  /** The bits of the current word that identify the slot; the rest is a version. */
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
 * Computes the layout of a buffer. Offsets use integer operations throughout: engines store the
 * result of a division as a double, and then everything computed from it.
 */
export function layoutOf({ threads, pools, reservations }: Capacity): Layout {
  // In addition to its reserve, a thread may have taken an index for the current step.
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
