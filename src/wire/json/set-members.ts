// Changes members of a JSON text and leaves every other character as it is: numbers keep their
// digits, names their order, whatever the server makes of them.

/** Where a member stands in a text. */
export interface Member {
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const BRACKET_OR_QUOTE = /["{}[\]]/g;
/** The white space of JSON, by character code. */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ENDS_OF_PRIMITIVES: ReadonlySet<number> = new Set([...SPACES, 0x2c, 0x5d, 0x7d]);
/** The fields of one object; the formats have some eighty. */
const MEMBERS_MAX = 1000;

/** A member to be set, by its path: names, and the places of objects in lists that are there. */
export type Edit = readonly [
  path: readonly [string, ...(string | number)[]],
  value: number | boolean,
];

/**
 * Returns a JSON text with some members set; objects that are missing on the way are made. The text
 * must be JSON, and an object.
 */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((changed, [path, value]) => withMember(changed, path, value), text);
}

/** Sets one member. */
export function withMember(
  text: string,
  path: readonly [string, ...(string | number)[]],
  value: number | boolean,
): string {
  return spliced(text, pastSpace(text, 0), path, String(value));
}

/**
 * Returns a name that an object has twice, as some reader may see it: the same name, or one that
 * differs in case or underscores only; undefined when every name is clear. Looks at the object
 * itself and at its members `within`.
 *
 * @throws {RangeError} if one of these objects has more members than any request needs.
 */
export function repeatedName(text: string, within: readonly string[]): string | undefined {
  return repeatedIn(text, pastSpace(text, 0), within);
}

function repeatedIn(text: string, open: number, within: readonly string[]): string | undefined {
  const seen = new Set<string>();
  const members = membersOf(text, open, MEMBERS_MAX + 1);
  if (members.length > MEMBERS_MAX)
    throw new RangeError(`Expected at most ${MEMBERS_MAX} fields in one object, got more`);
  for (const { key, valueStart } of members) {
    const plain = plainName(key);
    if (seen.has(plain)) return key;
    seen.add(plain);
    if (!within.includes(key) || text[valueStart] !== "{") continue;
    const inner = repeatedIn(text, valueStart, []);
    if (inner !== undefined) return `${key}.${inner}`;
  }
  return undefined;
}

/**
 * Returns a name as the least strict readers compare it: Go's ignore case, Google's take both
 * spellings.
 */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

function spliced(
  text: string,
  open: number,
  path: readonly (string | number)[],
  value: string,
): string {
  const [key = "", ...inner] = path;
  if (typeof key === "number") {
    const at = startOfElement(text, open, key);
    return text[at] === "{" ? spliced(text, at, inner, value) : text;
  }
  const members = membersOf(text, open);
  // Of members with the same name the last counts.
  const found = members.findLast((member) => member.key === key);
  if (found === undefined) {
    const added = `${JSON.stringify(key)}:${nested(inner, value)}${members.length > 0 ? "," : ""}`;
    return text.slice(0, open + 1) + added + text.slice(open + 1);
  }
  const holds = text[found.valueStart];
  if (inner.length > 0 && (holds === "{" || (holds === "[" && typeof inner[0] === "number"))) {
    return spliced(text, found.valueStart, inner, value);
  }
  return text.slice(0, found.valueStart) + nested(inner, value) + text.slice(found.valueEnd);
}

function nested(path: readonly (string | number)[], value: string): string {
  return path.reduceRight<string>((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
}

/** Where the element of a list starts; the end of the text when the list is shorter. */
function startOfElement(text: string, open: number, index: number): number {
  let at = pastSpace(text, open + 1);
  for (let passed = 0; passed < index; passed++) {
    const comma = pastSpace(text, endOfValue(text, at));
    if (text[comma] !== ",") return text.length;
    at = pastSpace(text, comma + 1);
  }
  return at;
}

/** Returns the members of the object that opens at a place, the first so many of them. */
export function membersOf(
  text: string,
  open: number,
  most: number = Number.POSITIVE_INFINITY,
): Member[] {
  const members: Member[] = [];
  let at = pastSpace(text, open + 1);
  while (text[at] === '"' && members.length < most) {
    const keyEnd = endOfString(text, at);
    const colon = pastSpace(text, keyEnd);
    const valueStart = pastSpace(text, colon + 1);
    const valueEnd = endOfValue(text, valueStart);
    members.push({ key: nameIn(text, at, keyEnd), valueStart, valueEnd });
    const comma = pastSpace(text, valueEnd);
    if (text[comma] !== ",") break;
    at = pastSpace(text, comma + 1);
  }
  return members;
}

function nameIn(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end - 1);
  return inside.includes("\\") ? String(JSON.parse(text.slice(start, end))) : inside;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== "{" && first !== "[") return endOfPrimitive(text, start);
  let depth = 0;
  let at = start;
  do {
    at = next(BRACKET_OR_QUOTE, text, at);
    const found = text[at];
    if (found === '"') at = endOfString(text, at);
    else {
      depth += found === "{" || found === "[" ? 1 : -1;
      at++;
    }
  } while (depth > 0 && at < text.length);
  return at;
}

/** The place behind the quote that closes a string. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** The place of the first of some single characters. */
function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length;
}

function pastSpace(text: string, from: number): number {
  let at = from;
  while (SPACES.has(text.charCodeAt(at))) at++;
  return at;
}

function endOfPrimitive(text: string, from: number): number {
  let at = from;
  while (at < text.length && !ENDS_OF_PRIMITIVES.has(text.charCodeAt(at))) at++;
  return at;
}
