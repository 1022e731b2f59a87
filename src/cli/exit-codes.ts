/** Exit codes of the program, apart from that of the command it ran. */
export const EXIT = {
  success: 0,
  /** A failure: a store that does not answer, or a missing pool. */
  failure: 1,
  /** A mistyped command line. */
  usage: 2,
  /** The budget was spent, and `--kill` ended the command. */
  budget: 123,
  /** The command cannot be run. */
  notExecutable: 126,
  /** There is no such command. */
  notFound: 127,
  /** Plus the number of the signal that ended the command. */
  signal: 128,
} as const;
