// Pages and text of a PDF, bounded from its file. Every object in it counts, whether its tables of
// contents name it or not, so that a file which is read in two ways has at least what each reader
// finds. Where a file is not plain enough for that (encrypted, unusual filters, pages or content
// that are used several times over), nothing is said of it.

import { base64Of } from "./bytes-at.ts";
import { inflated } from "./inflate.ts";
import { expansionIn, stringBytesIn } from "./pdf-text.ts";
import { nodesIn, referencesIn, smallPages, streamsIn } from "./pdf-structure.ts";
import type { PdfStream } from "./pdf-structure.ts";

/** What a PDF has in it. */
export interface PdfFacts {
  /** The most pages; at least 1. */
  readonly pages: number;
  /** The most bytes of text that can be extracted, and so the most tokens. */
  readonly text: number;
  /** Whether every page is at most as large as a legal one. */
  readonly isSmallPaged: boolean;
}

/** Larger files take too long beside other calls. */
const BASE64_MAX = 6 * 2 ** 20;
const INFLATED_MAX = 4 * 2 ** 20;

/**
 * Bounds the pages and the text of a PDF; undefined for a file of which nothing is certain.
 *
 * @example
 *   pdfFactsOf("data:application/pdf;base64,JVBERi0xLjcK…");
 *   // { pages: 20, text: 61_204, isSmallPaged: true }
 */
export function pdfFactsOf(data: string | Uint8Array): PdfFacts | undefined {
  if (data.length > BASE64_MAX) return undefined;
  try {
    const file = typeof data === "string" ? atob(plainOf(base64Of(data))) : textOf(data);
    return file.startsWith("%PDF-") ? new Pdf(file).facts() : undefined;
  } catch {
    // Not base64, or not what zlib writes: whatever it is, nothing is certain of it.
    return undefined;
  }
}

function plainOf(base64: string): string {
  return base64.replaceAll("-", "+").replaceAll("_", "/");
}

const PIECE = 8192;

/** Bytes as a text whose characters have their values. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += PIECE)
    text += String.fromCharCode(...bytes.subarray(from, from + PIECE));
  return text;
}

/** What refers to streams that show no text of their own. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set([
  "FontFile",
  "FontFile2",
  "FontFile3",
  "SMask",
  "ICCBased",
  "Metadata",
  "ToUnicode",
  "CIDToGIDMap",
  "CIDSet",
  "DestOutputProfile",
]);
const IMAGE_FILTER = /\/(?:DCTDecode|DCT|JPXDecode|CCITTFaxDecode|CCF|JBIG2Decode)\b/;
const PLAIN_FILTER = /^\[?\s*\/(?:FlateDecode|Fl)\s*\]?$/;
const DRAWS = /(?:^|[\s\]>)])Do\b/g;
/** Names of glyphs that are several characters, or any. */
const LONG_GLYPHS = /\/(?:[A-Za-z]+_[A-Za-z_]+|uni[0-9A-F]{4,}|u[0-9A-F]{4,6})\b/;
const LONG_GLYPH_BYTES = 9;
const LIGATURES = /\/(?:ff|fi|fl|ffi|ffl)\b/;
const LIGATURE_BYTES = 3;

class Pdf {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  #left = INFLATED_MAX;

  constructor(file: string) {
    this.#file = file;
    this.#bytes = Uint8Array.from(file, (sign) => sign.charCodeAt(0));
  }

  facts(): PdfFacts | undefined {
    const streams = streamsIn(this.#file);
    if (streams === undefined) return undefined;
    const structure = [streams.heads];
    for (const stream of streams.list) {
      if (!/\/ObjStm\b/.test(stream.head)) continue;
      const objects = this.#contentOf(stream);
      if (objects === undefined || /\/DecodeParms|\/DP\b/.test(stream.head)) return undefined;
      structure.push(objects);
    }
    const all = structure.join("\n");
    if (/\/Encrypt\b/.test(this.#file) || /\/Encrypt\b/.test(all)) return undefined;
    const pages = nodesIn(all);
    const text = this.#textIn(all, streams.list);
    if (pages === undefined || text === undefined) return undefined;
    return { pages, text, isSmallPaged: smallPages(all) };
  }

  /** The content of a stream; undefined where a filter is not read. */
  #contentOf({ head, from, end }: PdfStream): string | undefined {
    const filters = head.match(/\/(?:Filter|F)\b/g) ?? [];
    if (filters.length === 0) return this.#file.slice(from, end);
    const filter = /\/Filter\s*(\/\w+|\[[^\][]*\])/.exec(head)?.[1];
    if (filters.length > 1 || filter === undefined || !PLAIN_FILTER.test(filter)) return undefined;
    const content = inflated(this.#bytes, from, this.#left);
    this.#left -= content.length;
    return textOf(content);
  }

  #textIn(structure: string, streams: readonly PdfStream[]): number | undefined {
    const references = referencesIn(structure);
    if (!contentIsDirect(references, streams)) return undefined;
    let ofPages = 0;
    let ofForms = 0;
    let drawn = 0;
    let expansion = LONG_GLYPHS.test(structure)
      ? LONG_GLYPH_BYTES
      : LIGATURES.test(structure)
        ? LIGATURE_BYTES
        : 1;
    let isNested = false;
    for (const stream of streams) {
      const names = references.get(stream.number) ?? [];
      if (showsNothing(stream, names)) {
        if (!names.includes("ToUnicode")) continue;
        const table = this.#contentOf(stream);
        if (table === undefined) return undefined;
        expansion = Math.max(expansion, expansionIn(table));
        continue;
      }
      const content = this.#contentOf(stream);
      if (content === undefined) return undefined;
      const draws = content.match(DRAWS)?.length ?? 0;
      const isPage = names.some((name) => name === "Contents" || name === "");
      const times = Math.max(1, names.length);
      if (isPage) {
        ofPages += stringBytesIn(content) * times;
        drawn += draws * times;
      } else {
        ofForms += stringBytesIn(content) * times;
        isNested ||= draws > 0;
      }
    }
    // Forms that draw forms may draw each any number of times.
    if (isNested && ofForms > 0) return undefined;
    const shown = ofPages + ofForms * Math.max(1, drawn);
    return Math.ceil((shown + stringBytesIn(structure)) * expansion);
  }
}

/** Whether what the pages name as their content are streams, and not lists that they may share. */
function contentIsDirect(
  references: ReadonlyMap<number, readonly string[]>,
  streams: readonly PdfStream[],
): boolean {
  const numbers = new Set(streams.map(({ number }) => number));
  for (const [number, names] of references)
    if (names.includes("Contents") && !numbers.has(number)) return false;
  return true;
}

function showsNothing({ head }: PdfStream, names: readonly string[]): boolean {
  if (/\/(?:ObjStm|XRef)\b/.test(head) || IMAGE_FILTER.test(head)) return true;
  if (names.length === 0) return false;
  if (names.every((name) => SHOWS_NOTHING.has(name))) return true;
  const isImage =
    /\/Subtype\s*\/Image\b/.test(head) && !/\/(?:PatternType|FormType|BBox)\b/.test(head);
  return isImage && !names.includes("Contents") && !names.includes("");
}
