// Changes one member of a JSON text and leaves every other character as it is: numbers keep their
// digits, keys their order, whatever the server makes of them.

interface Member {
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const BRACKET_OR_QUOTE = /["{}[\]]/g;
const END_OF_PRIMITIVE = /[\s,}\]]/g;
const NO_SPACE = /\S/g;

/**
 * Sets a member of an object, or of an object in it, and so on; what is missing on the way is made.
 * The text must be JSON, and an object.
 */
export function withMember(
  text: string,
  path: readonly [string, ...string[]],
  value: number | boolean,
): string {
  return spliced(text, next(NO_SPACE, text, 0), path, String(value));
}

function spliced(text: string, open: number, path: readonly string[], value: string): string {
  const [key = "", ...inner] = path;
  const members = membersOf(text, open);
  // Of members with the same name the last counts.
  const found = members.findLast((member) => member.key === key);
  if (found === undefined) {
    const added = `${JSON.stringify(key)}:${nested(inner, value)}${members.length > 0 ? "," : ""}`;
    return text.slice(0, open + 1) + added + text.slice(open + 1);
  }
  if (inner.length > 0 && text[found.valueStart] === "{") {
    return spliced(text, found.valueStart, inner, value);
  }
  return text.slice(0, found.valueStart) + nested(inner, value) + text.slice(found.valueEnd);
}

function nested(path: readonly string[], value: string): string {
  return path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
}

/** The members of the object that opens at a place. */
function membersOf(text: string, open: number): Member[] {
  const members: Member[] = [];
  let at = next(NO_SPACE, text, open + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const colon = next(NO_SPACE, text, keyEnd);
    const valueStart = next(NO_SPACE, text, colon + 1);
    const valueEnd = endOfValue(text, valueStart);
    members.push({ key: String(JSON.parse(text.slice(at, keyEnd))), valueStart, valueEnd });
    const comma = next(NO_SPACE, text, valueEnd);
    if (text[comma] !== ",") break;
    at = next(NO_SPACE, text, comma + 1);
  }
  return members;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== "{" && first !== "[") return next(END_OF_PRIMITIVE, text, start);
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

function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
