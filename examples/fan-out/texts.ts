import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Random } from "./random.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const TEXT_FILE = /\.(md|ts)$/;
const PASSED_OVER = new Set(["node_modules", "dist", "coverage", "reports"]);

/** A piece of a file, cut at the end of a line. */
export interface Text {
  /** Where it is from, such as `src/index.ts:1`. */
  readonly source: string;
  readonly content: string;
}

/** The documentation and source of this repository in `count` pieces; when there is no more, it starts over. */
export async function readTexts(count: number, random: Random): Promise<Text[]> {
  const paths = await findFiles("");
  const files = await Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(join(ROOT, path), "utf8") })),
  );
  const texts: Text[] = [];
  while (texts.length < count) {
    for (const { path, content } of files) texts.push(...cut(path, content, random));
    if (texts.length === 0) throw new Error("There is no text here to be summarized");
  }
  return texts.slice(0, count);
}

async function findFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith(".") || PASSED_OVER.has(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findFiles(path);
      return entry.isFile() && TEXT_FILE.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat().toSorted();
}

function cut(path: string, content: string, random: Random): Text[] {
  const texts: Text[] = [];
  const lines = content.split("\n");
  let from = 0;
  while (from < lines.length) {
    const enough = random.between(800, 4800);
    let to = from;
    for (let length = 0; to < lines.length && length < enough; to++)
      length += lines[to]?.length ?? 0;
    const piece = lines.slice(from, to).join("\n");
    const source = `${path.split(sep).join("/")}:${from + 1}`;
    if (piece.trim() !== "") texts.push({ source, content: piece });
    from = to;
  }
  return texts;
}
