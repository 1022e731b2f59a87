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
const HEAD_MAX = 4 * 2 ** 20;
const OBJECTS_MAX = 200_000;

/** Finds all objects; undefined where the data of a stream may end in two places. */
export function streamsIn(file: string): Streams | undefined {
  const list: PdfStream[] = [];
  const heads: string[] = [];
  let objects = 0;
  for (const found of file.matchAll(OBJECT)) {
    if (++objects > OBJECTS_MAX) return undefined;
    const start = found.index + found[0].length;
    HEAD_END.lastIndex = start;
    const ended = HEAD_END.exec(file);
    const end = ended?.index ?? file.length;
    if (end - start > HEAD_MAX) return undefined;
    const head = spelledOut(file.slice(start, end));
    heads.push(head);
    if (ended === null || ended[0] === "endobj") continue;
    const from = end + ended[0].length;
    const length = lengthOf(file, head, from);
    if (length === undefined) return undefined;
    list.push({ number: Number(found[1]), head, from, end: from + length });
  }
  // Whoever has no objects has trailers all the same.
  return { list, heads: heads.join("\n") };
}

/** How long the data of a stream are; undefined where that is not certain. */
function lengthOf(file: string, head: string, from: number): number | undefined {
  const isPacked = /\/Filter\b/.test(head);
  const end = file.indexOf("endstream", from);
  const stated = /\/Length\s+(\d{1,10})(?!\s+\d+\s+R)(?!\d)/.exec(head)?.[1];
  if (stated !== undefined) {
    const length = Number(stated);
    if (/^\s{0,4}endstream/.test(file.slice(from + length, from + length + 16))) return length;
  }
  // What is packed says itself where it ends.
  return isPacked && end >= 0 ? end - from : undefined;
}

/** A name may have its letters written as numbers: `/O#62jStm`. */
function spelledOut(head: string): string {
  if (!head.includes("#")) return head;
  return head.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const REFERENCE = /(?:\/([^\s\0/[\]<>()%]+)[\s\0]*)?\b(\d{1,10})[\s\0]+\d{1,5}[\s\0]+R\b/g;

/** Under which names objects are referred to, each time; "" in a list. */
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
  for (const found of structure.matchAll(KIDS)) {
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
  const start = structure.lastIndexOf("<<", at);
  const end = structure.indexOf(">>", at);
  const node = structure.slice(Math.max(0, start), end < 0 ? undefined : end);
  return Number(SAID_COUNT.exec(node)?.[1] ?? 0);
}

const BOX = /\/(?:MediaBox|CropBox)\b\s*(?:\[([^\]]*)\])?/g;
/** In points: the area and the longer side of a legal page. */
const AREA_MAX = 620_000;
const SIDE_MAX = 1010;

/** Whether all pages say that they are small. */
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
