/** What the program ends with, besides the code of the command that it ran. */
export const EXIT = {
  success: 0,
  /** Something went wrong: a store that does not answer, a pool that is not there. */
  failure: 1,
  /** A mistyped command line. */
  usage: 2,
  /** The budget was gone, and `--kill` ended the command. */
  budget: 123,
  /** The command cannot be run. */
  notExecutable: 126,
  /** There is no such command. */
  notFound: 127,
  /** And the number of the signal that ended the command. */
  signal: 128,
} as const;
