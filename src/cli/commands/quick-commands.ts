// The commands that need no more than a store, in one file of the program as it is built: each file
// more takes a millisecond, which a status line has not.

export { allow } from "./allow.ts";
export { archive } from "./archive.ts";
export { completion } from "./completion.ts";
export { amendCommand, holdsCommand, releaseCommand } from "./hold-commands.ts";
export { history } from "./history.ts";
export {
  grantCommand,
  refuseCommand,
  requestCommand,
  requestsCommand,
} from "./increase-commands.ts";
export { ledger } from "./ledger.ts";
export { freeze, remove, resetCommand, set, thaw } from "./pool-commands.ts";
export { refusals } from "./refusals.ts";
export { status } from "./status.ts";
export { statusline } from "./statusline.ts";
export { template } from "./template.ts";
export { top } from "./top.ts";
