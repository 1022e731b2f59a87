// Reads the declarations that the compiler wrote: which names a door exports, and what each of them is.

import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXPORT_LIST = /^export (?:type )?\{([\s\S]*?)\} from "([^"]+)";/gm;
const NAMED = /^(?:export )?(?:declare )?(?:abstract )?(class|interface|type|const|function) (\w+)/;
const PRIVATE_MEMBER = /^ {4}(?:#private;|private .*;)\n/gm;

/** A declaration with its docstring, as text. */
export interface Declaration {
  readonly name: string;
  readonly kind: string;
  /** The docstring without its stars; empty when there is none. */
  readonly docs: string;
  /** One statement, or one for each overload. */
  readonly code: string;
}

/** What a door exports, in the order of its `index.ts`. */
export interface Door {
  /** The docstring of the door itself. */
  readonly docs: string;
  readonly declarations: readonly Declaration[];
}

/** Returns everything that the declaration file of a door exports. */
export function doorOf(path: string): Door {
  const text = textOf(path);
  const [docs = ""] = /^\/\*\*[\s\S]*?\*\//.exec(text) ?? [];
  const declarations = [...text.matchAll(EXPORT_LIST)].flatMap(([, list = "", from = ""]) =>
    namesIn(list).map((name) => find(name, fileFrom(path, from))),
  );
  const own = [...statementsOf(text).values()].filter(({ code }) => code.startsWith("export "));
  return { docs: withoutStars(docs), declarations: [...declarations, ...own].map(asShown) };
}

function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((each) => each.trim().replace(/^type /, ""))
    .filter((each) => each !== "");
}

function find(name: string, path: string): Declaration {
  const text = textOf(path);
  const found = statementsOf(text).get(name);
  if (found !== undefined) return found;
  for (const [, list = "", from = ""] of text.matchAll(EXPORT_LIST))
    if (namesIn(list).includes(name)) return find(name, fileFrom(path, from));
  throw new Error(`${path} does not declare ${name}`);
}

/** The statements of a declaration file by the name that they declare. */
function statementsOf(text: string): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  let docs = "";
  let statement = "";
  let isInDocs = false;
  for (const line of text.split("\n")) {
    if (statement === "" && (isInDocs || line.startsWith("/**"))) {
      docs = isInDocs ? `${docs}\n${line}` : line;
      isInDocs = !line.endsWith("*/");
      continue;
    }
    if (line.startsWith("//")) continue;
    statement += `${line}\n`;
    if (depthOf(statement) > 0 || !/[;}]$/.test(line)) continue;
    const [, kind = "", name = ""] = NAMED.exec(statement) ?? [];
    const before = found.get(name);
    if (name !== "") {
      const code = (before?.code ?? "") + statement;
      found.set(name, { name, kind, docs: before?.docs ?? withoutStars(docs), code });
    }
    docs = "";
    statement = "";
  }
  return found;
}

/** How many brackets of a text are open at its end. */
function depthOf(text: string): number {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|=>/g, "");
  return bare.split("").reduce((depth, character) => {
    if ("{([".includes(character)) return depth + 1;
    return "})]".includes(character) ? depth - 1 : depth;
  }, 0);
}

function asShown({ code, ...rest }: Declaration): Declaration {
  const shown = code.replaceAll(PRIVATE_MEMBER, "").replaceAll(/^export (?:declare )?/gm, "");
  return {
    ...rest,
    code: shown.trimEnd().replaceAll(/^( {4})+/gm, (spaces) => spaces.slice(spaces.length / 2)),
  };
}

function withoutStars(docs: string): string {
  return docs
    .replaceAll(/^\/\*\*\s?|\s*\*\/$/g, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .trim();
}

function fileFrom(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.ts$/, ".d.ts");
}

function textOf(path: string): string {
  return readFileSync(`${ROOT}/${path}`, "utf8");
}
