// The commands that only need a store, in one file of the built program: each further file takes a
// millisecond, which is too much for a status line.

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
