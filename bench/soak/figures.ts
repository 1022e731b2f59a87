// What the proxy says of itself. Dollars are nano-dollars here.

/** The figures of a proxy, when nothing is under way. */
export interface Figures {
  /** Bytes of memory. */
  readonly rss: number;
  /** Bytes in use, after garbage was collected. */
  readonly heap: number;
  /** How many files and connections are open. */
  readonly descriptors: number;
  readonly open: number;
  readonly reserved: number;
  readonly used: number;
  /** What all reports say was booked. */
  readonly reported: number;
  /** What was booked, by the model that was asked for. */
  readonly booked: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
}
