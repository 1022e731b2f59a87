// The one script that executes a batch. It mirrors the rules of core and stores, section by
// section; the conformance suite and seeded traces against the reference model prove that it does.

import { createHash } from "node:crypto";

import { AMENDMENTS } from "./amendments.ts";
import { BATCH_LUA } from "./batch.ts";
import { BOOKS } from "./books.ts";
import { COMMANDS_LUA } from "./commands.ts";
import { DRAWS } from "./draws.ts";
import { FIGURES, POOL_ROW } from "./figures.ts";
import { QUANTITIES } from "./quantities.ts";
import { RARE_COMMANDS } from "./rare-commands.ts";
import { RULES } from "./rules.ts";
import { SETTLEMENTS } from "./settlements.ts";
import { SLICE_LEVELS, SLICES } from "./slices.ts";
import { WAITING_ROOM } from "./waiting-room.ts";
import { WRITING } from "./writing.ts";

const PARTS = [
  QUANTITIES + POOL_ROW,
  BOOKS + SLICE_LEVELS + WRITING,
  RULES,
  // Together: a function of Lua may refer to 60 locals of other parts.
  `${SETTLEMENTS}${COMMANDS_LUA}${FIGURES}rareCommands = function()
${AMENDMENTS}${WAITING_ROOM}${RARE_COMMANDS}end
sliceCommands = function()
${SLICES}${DRAWS}end
${BATCH_LUA}`,
];

/**
 * The script, in Lua 5.1. The server makes every function of it anew at every call, and finds what
 * a function refers to by walking through the locals of its own part: so each part is a function
 * within the part before, and what comes seldom is made when it comes.
 */
export const SCRIPT: string =
  PARTS.join("\nreturn (function()\n") + "\nend)()".repeat(PARTS.length - 1);

/** The name under which a server keeps the script. */
export const SCRIPT_SHA: string = createHash("sha1").update(SCRIPT).digest("hex");
