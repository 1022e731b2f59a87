// The objects of a PDF, found by their keywords wherever they stand in the file.
// https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf

/** A stream of a PDF. */
export interface PdfStream {
  /** The number of its object. */
  readonly number: number;
  /** Its dictionary, as it is written, with names spelled out. */
  readonly head: string;
  /** Where its data begin and end in the file. */
  readonly from: number;
  readonly end: number;
}

interface Streams {
  readonly list: readonly PdfStream[];
  /** All that stands outside of streams. */
  readonly heads: string;
}

const OBJECT = /(\d{1,10})[\s\0]+\d{1,5}[\s\0]+obj\b/g;
const HEAD_END = /\bstream\r?\n|\bstream\r|\bendobj\b/g;
const OBJECTS_MAX = 200_000;

/** Finds all objects; undefined where the data of a stream may end in two places. */
export function streamsIn(file: string): Streams | undefined {
  const list: PdfStream[] = [];
  const heads: string[] = [];
  const headEnds = new Ahead((from) => {
    HEAD_END.lastIndex = from;
    const found = HEAD_END.exec(file);
    return found === null ? [file.length, ""] : [found.index, found[0]];
  });
  const streamEnds = new Ahead((from) => {
    const found = file.indexOf("endstream", from);
    return [found < 0 ? file.length : found, ""];
  });
  // Objects that have no end share one: their heads must not come to many times the file.
  let left = 2 * file.length;
  for (const found of file.matchAll(OBJECT)) {
    const start = found.index + found[0].length;
    const [end, keyword] = headEnds.from(start);
    left -= end - start;
    if (left < 0 || heads.length >= OBJECTS_MAX) return undefined;
    const head = spelledOut(file.slice(start, end));
    heads.push(head);
    if (!keyword.startsWith("stream")) continue;
    const from = end + keyword.length;
    const length = lengthOf(file, head, from, streamEnds.from(from)[0]);
    if (length === undefined) return undefined;
    list.push({ number: Number(found[1]), head, from, end: from + length });
  }
  return { list, heads: heads.join("\n") };
}

/** What comes next, looked for once however often it is asked for. */
class Ahead {
  readonly #find: (from: number) => readonly [at: number, keyword: string];
  #next: readonly [at: number, keyword: string] = [-1, ""];

  constructor(find: (from: number) => readonly [at: number, keyword: string]) {
    this.#find = find;
  }

  /** `from` never goes back. */
  from(from: number): readonly [at: number, keyword: string] {
    if (this.#next[0] < from) this.#next = this.#find(from);
    return this.#next;
  }
}

const STATED_LENGTH = /\/Length\s+(\d{1,10})(?!\s+\d+\s+R)(?!\d)/;

/** How long the data of a stream are; undefined where that is not certain. */
function lengthOf(file: string, head: string, from: number, end: number): number | undefined {
  const stated = STATED_LENGTH.exec(head)?.[1];
  if (stated !== undefined) {
    const length = Number(stated);
    if (/^\s{0,4}endstream/.test(file.slice(from + length, from + length + 16))) return length;
  }
  // What is packed says itself where it ends.
  return /\/Filter\b/.test(head) && end < file.length ? end - from : undefined;
}

/** A name may have its letters written as numbers: `/O#62jStm`. */
function spelledOut(head: string): string {
  if (!head.includes("#")) return head;
  return head.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const REFERENCE = /(?:\/([^\s\0/[\]<>()%]+)[\s\0]*)?\b(\d{1,10})[\s\0]+\d{1,5}[\s\0]+R\b/g;

/** Returns under which names objects are referred to, each time; "" in a list. */
export function referencesIn(structure: string): ReadonlyMap<number, readonly string[]> {
  const references = new Map<number, string[]>();
  for (const [, name = "", number] of structure.matchAll(REFERENCE)) {
    const names = references.get(Number(number));
    if (names === undefined) references.set(Number(number), [name]);
    else names.push(name);
  }
  return references;
}

const KIDS = /\/Kids\b[\s\0]*/g;
const KIDS_LIST = /\[([^\][]*)\]/y;
const NODES_MAX = 4096;
const NODE_MAX = 65_536;
const SAID_PAGE = /\/Type\b[\s\0]*\/Page\b/g;
const SAID_COUNT = /\/Count\b[\s\0]*(\d{1,9})\b/;

/**
 * Returns the most pages: what the tree of pages names, what says that it is one, and what the tree
 * says that it has. Undefined where a page may be there twice.
 */
export function nodesIn(structure: string): number | undefined {
  // A comment may hide what follows it, or end a list.
  if (/%/.test(structure.replaceAll(/\((?:\\.|[^\\()])*\)/g, ""))) return undefined;
  const kids = new Set<number>();
  let named = 0;
  let counted = 0;
  let nodes = 0;
  for (const found of structure.matchAll(KIDS)) {
    if (++nodes > NODES_MAX) return undefined;
    KIDS_LIST.lastIndex = found.index + found[0].length;
    const list = KIDS_LIST.exec(structure)?.[1];
    if (list === undefined || /[<(]/.test(list)) return undefined;
    counted = Math.max(counted, countBeside(structure, found.index));
    for (const [, , number] of list.matchAll(REFERENCE)) {
      kids.add(Number(number));
      named++;
    }
  }
  if (kids.size !== named) return undefined;
  return Math.max(1, named, counted, structure.match(SAID_PAGE)?.length ?? 0);
}

/** How many pages a node of the tree says that it has; outlines count their lines likewise. */
function countBeside(structure: string, at: number): number {
  const before = structure.slice(Math.max(0, at - NODE_MAX), at);
  const after = structure.slice(at, at + NODE_MAX);
  const start = Math.max(0, before.lastIndexOf("<<"));
  const end = after.indexOf(">>");
  const node = before.slice(start) + after.slice(0, end < 0 ? undefined : end);
  return Number(SAID_COUNT.exec(node)?.[1] ?? 0);
}

const BOX = /\/(?:MediaBox|CropBox)\b\s*(?:\[([^\][]*)\])?/g;
/** In points: the area and the longer side of a legal page. */
const AREA_MAX = 620_000;
const SIDE_MAX = 1010;

/** Returns whether all pages say that they are small. */
export function smallPages(structure: string): boolean {
  if (/\/UserUnit\b/.test(structure) || !/\/MediaBox\b/.test(structure)) return false;
  for (const [, numbers = ""] of structure.matchAll(BOX)) {
    const [left, bottom, right, top, ...more] = numbers.trim().split(/\s+/).map(Number);
    const width = Math.abs((right ?? Number.NaN) - (left ?? 0));
    const height = Math.abs((top ?? Number.NaN) - (bottom ?? 0));
    const isSmall = width * height <= AREA_MAX && Math.max(width, height) <= SIDE_MAX;
    if (!isSmall || more.length > 0) return false;
  }
  return true;
}
