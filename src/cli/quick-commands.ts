// The commands that need no more than a store, in one file of the program as it is built: each file
// more takes a millisecond, which a status line has not.

export { allow } from "./allow-command.ts";
export { archive } from "./archive-command.ts";
export { completion } from "./completion.ts";
export { history } from "./history-command.ts";
export { ledger } from "./ledger-command.ts";
export { freeze, remove, reset, set, thaw } from "./pool-commands.ts";
export { status } from "./status-command.ts";
export { statusline } from "./statusline-command.ts";
export { template } from "./template-command.ts";
export { top } from "./top.ts";
