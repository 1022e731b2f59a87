// The pages of docs/reference/api: one for each door, from the declarations that the compiler wrote.

import { doorOf } from "./declarations.ts";
import type { Declaration } from "./declarations.ts";
import { GENERATED } from "./pages.ts";
import type { Page } from "./pages.ts";

const TAG = /(?:^|\s)@(throws|param|returns|default|example|see|deprecated|module)\b/g;

/** The doors of a package: the name after the slash, or "" for the main one. */
export function apiPages(doors: readonly string[]): Page[] {
  const pages = doors.map((door) => {
    const path = door === "" ? "dist/index.d.ts" : `dist/${door}/index.d.ts`;
    const { docs, declarations } = doorOf(path);
    const title = door === "" ? "token-budget" : `token-budget/${door}`;
    const page = door === "" ? "index-door" : door.replaceAll("/", "-");
    const file = `docs/reference/api/${page}.md`;
    const summary = proseOf(docs).replaceAll("\n", " ").trim();
    const text = [
      `# ${title}\n`,
      `${GENERATED}\n`,
      `${summary}\n`,
      ...declarations.map(
        ({ name, docs: own }, index) =>
          `- [\`${name}\`](#${anchorOf(index, declarations)}): ${firstSentence(own)}`,
      ),
      ...declarations.map(sectionOf),
    ].join("\n");
    return { path: file, title, summary, text: `${text}\n` };
  });
  const index = [
    "# API reference\n",
    `${GENERATED}\n`,
    "One page for each import of the package. Every page lists all names that the import exports, with their",
    "docstrings and types. The pages are compared with the code in CI, so a change of the public interface shows in",
    "the diff of these files.\n",

    ...pages.map(({ path, title, summary }) => {
      const file = path.split("/").at(-1) ?? "";
      return `- [\`${title}\`](${file}): ${firstSentence(summary)}`;
    }),
  ].join("\n");
  return [
    {
      path: "docs/reference/api/README.md",
      title: "API reference",
      summary: "",
      text: `${index}\n`,
    },
    ...pages,
  ];
}

/** Names that differ in case alone have headings whose anchors are numbered. */
function anchorOf(index: number, declarations: readonly Declaration[]): string {
  const anchors = declarations.slice(0, index + 1).map(({ name }) => name.toLowerCase());
  const anchor = anchors.at(-1) ?? "";
  const before = anchors.filter((each) => each === anchor).length - 1;
  return before === 0 ? anchor : `${anchor}-${before}`;
}

function sectionOf({ name, docs, code }: Declaration): string {
  return `\n## ${name}\n\n${markdownOf(docs)}\n\`\`\`typescript\n${code}\n\`\`\``;
}

/** A docstring as Markdown: its prose, and its tags in words. */
function markdownOf(docs: string): string {
  const parts = [proseOf(docs)];
  const tags = [...docs.matchAll(TAG)];
  for (const [index, tag] of tags.entries()) {
    const end = tags[index + 1]?.index ?? docs.length;
    const said = linked(docs.slice(tag.index + tag[0].length, end)).trim();
    if (tag[1] === "example") parts.push(`\`\`\`typescript\n${said}\n\`\`\``);
    else if (tag[1] === "throws")
      parts.push(`Throws ${said.replace(/^\{([^}]*)\}/, "`$1`")}`.trim());
    else if (tag[1] === "param") parts.push(said.replace(/^(\w+)\s*(?:-\s*)?/, "- `$1`: "));
    else if (tag[1] !== "module") parts.push(`${tag[1]}: ${said}`);
  }
  return parts.map((part) => `${part}\n`).join("\n");
}

function proseOf(docs: string): string {
  return linked(docs.slice(0, docs.search(TAG) === -1 ? undefined : docs.search(TAG))).trim();
}

function linked(text: string): string {
  return text.replaceAll(/\{@link ([^}|]+)(?:\|[^}]*)?\}/g, "`$1`");
}

function firstSentence(docs: string): string {
  const prose = proseOf(docs).replaceAll(/\s+/g, " ");
  return /^.*?[.!?](?= |$)/.exec(prose)?.[0] ?? prose;
}
