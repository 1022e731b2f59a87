// Checks the Lua of src/redis/lua: `npm run lint:lua`. luac5.1 compiles every script as the server
// would (with its limits of 60 upvalues and 200 locals), and luacheck reads it. Both read whole
// scripts, as a part refers to the locals of others; what they report is named by file and line.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { linesOf, SCRIPTS } from "./embed-lua.ts";
import type { SourceLine } from "./embed-lua.ts";

const INSTALL = "sudo apt-get install lua5.1 lua-check";
const LUACHECK = ["--std", "lua51", "--codes", "--no-color", "--formatter", "plain"];
// What Redis gives to a script, and how long a line may be.
const SETTINGS = "--read-globals redis cjson cmsgpack KEYS ARGV --max-line-length 120".split(" ");
// A local may have the name of one in another part, which lies in another file.
const IGNORED = ["--ignore", "431"];
const UNUSED = "(W211)";
/** What luacheck and luac5.1 print: a file, a line, and what is wrong there. */
const PLACE = /^(?:luac5\.1: )?[^:]*:(\d+):(?:\d+:)? ?(.*)$/;

function isInstalled(program: string): boolean {
  return spawnSync(program, ["-v"]).error === undefined;
}

/** What a program reports of a script, each named by the file that it stands in. */
function reportsOf(lines: readonly SourceLine[], program: string, words: string[]): string[] {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: "utf8" });
  if (status === 0) return [];
  return `${stdout}${stderr}`.split("\n").flatMap((text) => {
    const [, line, message] = PLACE.exec(text) ?? [];
    if (line === undefined) return text === "" ? [] : [text];
    const { file, number } = lines[Number(line) - 1] ?? { file: "?", number: 0 };
    return [`src/redis/lua/${file}:${number}: ${message}`];
  });
}

function reports(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "lua-"));
  try {
    const all: string[] = [];
    for (const script of Object.values(SCRIPTS)) {
      const lines = linesOf(script);
      const file = join(folder, script);
      writeFileSync(file, lines.map(({ text }) => text).join("\n"));
      all.push(...reportsOf(lines, "luac5.1", ["-p", file]));
      all.push(...reportsOf(lines, "luacheck", [...LUACHECK, ...SETTINGS, ...IGNORED, "--", file]));
    }
    return all.filter((report) => !isUsedElsewhere(report, all));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A script may include a part of which it uses some: another script uses the rest. */
function isUsedElsewhere(report: string, all: readonly string[]): boolean {
  if (!report.includes(UNUSED)) return false;
  const [file = ""] = report.slice("src/redis/lua/".length).split(":");
  const including = Object.values(SCRIPTS).filter((script) =>
    linesOf(script).some((line) => line.file === file),
  );
  return all.filter((other) => other === report).length < including.length;
}

const missing = ["luac5.1", "luacheck"].filter((program) => !isInstalled(program));
if (missing.length > 0) {
  const isFailure = process.env["CI"] !== undefined;
  process.stdout.write(`SKIPPED: ${missing.join(" and ")} not found. Install: ${INSTALL}\n`);
  process.exitCode = isFailure ? 1 : 0;
} else {
  const found = reports();
  for (const report of found) process.stdout.write(`${report}\n`);
  process.stdout.write(
    found.length === 0 ? "Lua: nothing to report\n" : `${found.length} to fix\n`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
