// Draws what a terminal showed as an SVG: text, and the few colors that the program uses.

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 20;
const MARGIN = 16;
const COLORS: Readonly<Record<string, string>> = {
  31: "#f47067",
  32: "#57ab5a",
  33: "#daaa3f",
  2: "#768390",
};
const PLAIN = "#cdd9e5";
const BACKGROUND = "#22272e";
// oxlint-disable-next-line no-control-regex -- escape sequences begin with one
const SEQUENCE = /\u001B\[([\d;?]*)([A-Za-z])/g;

/** Returns an SVG picture of the lines, with `title` as its text for screen readers. */
export function terminalPicture(title: string, text: string): string {
  const lines = text.replaceAll("\r", "").trimEnd().split("\n");
  const columns = Math.max(...lines.map((line) => line.replaceAll(SEQUENCE, "").length));
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const drawn = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `  <text x="${MARGIN}" y="${y}">${spansOf(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="${PLAIN}" style="white-space: pre" xml:space="preserve">`,
    ...drawn.map((line) => `  ${line}`),
    "  </g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Returns the last screen that a full-screen program drew. */
export function lastScreen(seen: string): string {
  const screens = seen.split("\u001B[H");
  return (screens.at(-1) ?? "").split("\u001B[J")[0] ?? "";
}

function spansOf(line: string): string {
  let spans = "";
  let color = PLAIN;
  let from = 0;
  const add = (text: string): void => {
    if (text === "") return;
    spans += color === PLAIN ? escaped(text) : `<tspan fill="${color}">${escaped(text)}</tspan>`;
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") color = COLORS[match[1] ?? ""] ?? PLAIN;
  }
  add(line.slice(from));
  return spans;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
