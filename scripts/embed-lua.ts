// Writes src/redis/lua/scripts.ts from the Lua beside it: `npm run lua`. With --check it only says
// whether the module is what the Lua comes to.
//
// Three directives are read, each alone in its place:
//   --@include FILE    the text of a file of src/redis/lua
//   --@constant NAME   a local with the value of a constant of the stores
//   --@operations NAME a local table of how many words each operation has, from protocol.ts

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { OPERATIONS } from "../src/redis/protocol.ts";
import { RAISES_MAX } from "../src/stores/books/raises.ts";
import { CHANGES_KEPT } from "../src/stores/contract/ledger.ts";
import { REFUSAL_COUNTS_KEPT, REFUSALS_KEPT } from "../src/stores/contract/refusals.ts";

const FOLDER = join(import.meta.dirname, "../src/redis/lua");
const MODULE = join(FOLDER, "scripts.ts");
const WORDS_BEFORE = 2;
const CONSTANTS: Readonly<Record<string, number>> = {
  RAISES_MAX,
  CHANGES_KEPT,
  REFUSALS_KEPT,
  REFUSAL_COUNTS_KEPT,
};
const DIRECTIVE = /^( *)--@(\w+) (\S+)$/;

/** The scripts that the store runs: the names of their constants, and their files. */
export const SCRIPTS = {
  ADD_REFUSALS: "add-refusals.lua",
  DEAREST: "dearest.lua",
  EXECUTE_BATCH: "execute-batch.lua",
  FIRST_SINCE: "first-since.lua",
  MANY_FIGURES: "many-figures.lua",
  READ_REFUSALS: "read-refusals.lua",
  REPLACE_DOCUMENT: "replace-document.lua",
  SUM_UP: "sum-up.lua",
  TREE_HEADS: "tree-heads.lua",
} as const;

/** Those that return a function of keys and arguments, which is a function of a library too. */
const FUNCTIONS: ReadonlySet<string> = new Set(["EXECUTE_BATCH"]);
const NAME_DIGITS = 16;

/** One line of a whole script, and where it comes from. */
export interface SourceLine {
  readonly text: string;
  readonly file: string;
  readonly number: number;
}

type Place = Omit<SourceLine, "text">;

/** The lines of a file with all that it includes. */
export function linesOf(file: string): readonly SourceLine[] {
  const texts = readFileSync(join(FOLDER, file), "utf8").trimEnd().split("\n");
  return texts.flatMap((text, index) => {
    const [, indent = "", directive, argument = ""] = DIRECTIVE.exec(text) ?? [];
    const here = { file, number: index + 1 };
    switch (directive) {
      case undefined:
        return [lineAt(here, text)];
      case "include":
        return linesOf(argument);
      case "constant":
        return [lineAt(here, indent + constantText(argument, here))];
      case "operations":
        return operationsTexts(argument).map((each) => lineAt(here, indent + each));
      default:
        throw new Error(`${file}:${index + 1}: no directive is named "${directive}"`);
    }
  });
}

function lineAt({ file, number }: Place, text: string): SourceLine {
  return { text, file, number };
}

function constantText(name: string, { file, number }: Place): string {
  const value = CONSTANTS[name];
  if (value === undefined) throw new Error(`${file}:${number}: no constant is named "${name}"`);
  return `local ${name} = ${value}`;
}

function operationsTexts(name: string): readonly string[] {
  const rows = Object.entries(OPERATIONS).map(
    ([kind, { letter, words }]) =>
      `  ${letter} = ${WORDS_BEFORE + Object.keys(words).length}, -- ${kind}`,
  );
  return [`local ${name} = {`, ...rows, "}"];
}

/** What the server gets: the script without its comments and empty lines. */
function textOf(file: string): string {
  const lines = linesOf(file).map(({ text }) => text.trim());
  return `${lines.filter((text) => text !== "" && !text.startsWith("--")).join("\n")}\n`;
}

function shaOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** A text as it stands in a template literal. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`]|\$\{/g, String.raw`\$&`);
}

function scriptText(name: string, file: string): string {
  const text = textOf(file);
  return `/** ${file}, with all that it includes. */
export const ${name}: LuaScript = {
  sha: "${shaOf(text)}",
  text: \`${escaped(text)}\`,
};
`;
}

/** The text of the function stands once, and the script and the library around it. */
function functionText(name: string, file: string): string {
  const text = textOf(file);
  const body = `${name}_BODY`;
  const before = "return (function()\n";
  const after = "end)()(KEYS, ARGV)\n";
  const library = `token_budget_${shaOf(text).slice(0, NAME_DIGITS)}`;
  return `const ${body} = \`${escaped(text)}\`;

/** ${file}, with all that it includes. */
export const ${name}: LuaFunction = {
  sha: "${shaOf(before + text + after)}",
  text: \`${before}\${${body}}${after}\`,
  library: "${library}",
  libraryText: \`#!lua name=${library}\nredis.register_function("${library}", (function()\n\${${body}}end)())\n\`,
};
`;
}

function moduleText(): string {
  const scripts = Object.entries(SCRIPTS).map(([name, file]) =>
    FUNCTIONS.has(name) ? functionText(name, file) : scriptText(name, file),
  );
  return `// Generated by \`npm run lua\` from the Lua in this folder: change that, and run it again.

/** A script, and the SHA-1 under which a server keeps it. */
export interface LuaScript {
  readonly text: string;
  readonly sha: string;
}

/** A script whose functions a server can keep as well: the name of its library and its function. */
export interface LuaFunction extends LuaScript {
  readonly library: string;
  readonly libraryText: string;
}

${scripts.join("\n")}`;
}

if (import.meta.main) {
  const text = moduleText();
  if (!process.argv.includes("--check")) writeFileSync(MODULE, text);
  else if (readFileSync(MODULE, "utf8") !== text) {
    process.stdout.write("src/redis/lua/scripts.ts is not what its Lua comes to: `npm run lua`\n");
    process.exitCode = 1;
  }
}
