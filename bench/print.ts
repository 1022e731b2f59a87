// How results are shown: lines and plain Markdown tables, so that they can be pasted into the documentation.

/** Prints one line. */
export function printLine(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a heading of a part. */
export function printHeading(title: string): void {
  printLine(`\n## ${title}\n`);
}

/** Prints a table. The first column is text, the others are figures. */
export function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, at) =>
    Math.max(3, column.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (at === 0 ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width))).join(" | ")} |`;
  printLine(line(columns));
  printLine(
    `| ${widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`,
  );
  for (const row of rows) printLine(line(row));
}
