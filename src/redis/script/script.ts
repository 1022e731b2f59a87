// The one script that executes a batch. It mirrors the rules of core and stores, section by
// section; the conformance suite and seeded traces against the reference model prove that it does.

import { createHash } from "node:crypto";

import { BOOKS } from "./books.ts";
import { COMMANDS } from "./commands.ts";
import { QUANTITIES } from "./quantities.ts";
import { RULES } from "./rules.ts";
import { SETTLEMENTS } from "./settlements.ts";
import { WAITING_ROOM } from "./waiting-room.ts";

/** The script, in Lua 5.1. */
export const SCRIPT: string = [QUANTITIES, BOOKS, RULES, SETTLEMENTS, WAITING_ROOM, COMMANDS].join(
  "",
);

/** The name under which a server keeps the script. */
export const SCRIPT_SHA: string = createHash("sha1").update(SCRIPT).digest("hex");
