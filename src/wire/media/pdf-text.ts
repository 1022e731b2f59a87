// How much text the content of a PDF shows: the strings in it, each glyph of which is at least one
// byte. What a font makes of a byte is bounded by its table of Unicode, where it has one.

/** A byte of ASCII is one of UTF-8; of another, a font may make a character of three. */
const HIGH_BYTE = 3;
/** A string may begin with a space or a line of its own. */
const STRING_START = 1;
const HEX_DIGIT = /^[0-9A-Fa-f\s]$/;

/**
 * Returns a bound for the bytes of UTF-8 that all strings in content come to. What is no string,
 * such as a comment or the data of an image, can only be counted besides.
 */
export function stringBytesIn(content: string): number {
  let bytes = 0;
  for (let at = 0; at < content.length; at++) {
    const sign = content[at];
    if (sign === "(") {
      const end = endOfLiteral(content, at);
      bytes += STRING_START + weightOf(content, at + 1, end);
      at = end;
    } else if (sign === "<" && content[at + 1] === "<") at++;
    else if (sign === "<") {
      const end = endOfHex(content, at);
      if (end === undefined) continue;
      bytes += STRING_START + hexWeightOf(content.slice(at + 1, end));
      at = end;
    }
  }
  return bytes;
}

function endOfLiteral(content: string, from: number): number {
  let depth = 0;
  for (let at = from; at < content.length; at++) {
    const sign = content[at];
    if (sign === "\\") at++;
    else if (sign === "(") depth++;
    else if (sign === ")" && --depth === 0) return at;
  }
  return content.length;
}

function endOfHex(content: string, from: number): number | undefined {
  for (let at = from + 1; at < content.length; at++) {
    const sign = content[at] ?? "";
    if (sign === ">") return at;
    if (!HEX_DIGIT.test(sign)) return undefined;
  }
  return undefined;
}

function weightOf(content: string, from: number, end: number): number {
  let weight = 0;
  for (let at = from; at < end; at++) {
    const code = content.charCodeAt(at);
    // An escape in octal stands for any byte.
    weight += code >= 0x80 || code === 0x5c ? HIGH_BYTE : 1;
  }
  return weight;
}

function hexWeightOf(digits: string): number {
  const plain = digits.replaceAll(/\s/g, "");
  let weight = 0;
  for (let at = 0; at < plain.length; at += 2) weight += (plain[at] ?? "") >= "8" ? HIGH_BYTE : 1;
  return weight;
}

const MAPPING =
  /<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>\s*)?(?:<([0-9A-Fa-f\s]+)>|\[([^\][]*)\])?/g;
const HEX = /<([0-9A-Fa-f\s]*)>/g;

/**
 * Returns how many bytes of UTF-8 a table of Unicode makes of one byte at most, at least 1.
 * A code of one byte that stands for "fi" has two, one of two bytes that stands for "é" one.
 */
export function expansionIn(table: string): number {
  let most = 1;
  for (const [, first = "", second = "", third = "", list = ""] of table.matchAll(MAPPING)) {
    const source = Math.max(1, bytesOfHex(first));
    // A code and what it stands for, or the first and last code of a range and what it stands for.
    const targets = [second, third, ...[...list.matchAll(HEX)].map(([, target = ""]) => target)];
    for (const target of targets) most = Math.max(most, utf8BytesOf(target) / source);
  }
  return most;
}

function bytesOfHex(digits: string): number {
  return Math.ceil(digits.replaceAll(/\s/g, "").length / 2);
}

/** The bytes of UTF-8 of what is written as UTF-16 in hexadecimal digits. */
function utf8BytesOf(digits: string): number {
  const plain = digits.replaceAll(/\s/g, "");
  let bytes = 0;
  for (let at = 0; at < plain.length; at += 4) {
    const unit = Number.parseInt(plain.slice(at, at + 4), 16);
    // General punctuation has three bytes, and one token in every tokenizer in use.
    const isPunctuation = unit >= 0x2010 && unit <= 0x2026;
    bytes += unit <= 0x7f || isPunctuation ? 1 : unit <= 0x7ff ? 2 : HIGH_BYTE;
  }
  return bytes;
}
