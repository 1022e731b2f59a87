// docs/llms.txt: the pages of the documentation with a sentence each, for programs that read them.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Page } from "./pages.ts";

const DOCS = fileURLToPath(new URL("../../docs", import.meta.url));
const SECTIONS: readonly (readonly [title: string, start: RegExp])[] = [
  ["Start", /^(?:start|overview|guarantees)\.md$/],
  ["Concepts", /^concepts\//],
  ["Guides", /^guides\//],
  ["Reference", /^reference\//],
  ["Internals", /^internals\//],
];

/** The index of all pages that are not decisions; `generated` ones as they are to be. */
export function llmsPage(generated: readonly Page[]): Page {
  const texts = new Map(generated.map(({ path, text }) => [path.replace(/^docs\//, ""), text]));
  for (const path of readdirSync(DOCS, { recursive: true, encoding: "utf8" }))
    if (path.endsWith(".md") && !texts.has(path))
      texts.set(path, readFileSync(`${DOCS}/${path}`, "utf8"));
  const paths = [...texts.keys()].toSorted();
  const lines = SECTIONS.map(([title, start]) => {
    const entries = paths
      .filter((path) => start.test(path))
      .map((path) => {
        const text = texts.get(path) ?? "";
        const about = introductionOf(text);
        return `- [${titleOf(text)}](${path})${about === "" ? "" : `: ${about}`}`;
      });
    return `\n## ${title}\n\n${entries.join("\n")}`;
  });
  const text = [
    "# token-budget\n",
    "> A shared budget of tokens and dollars for concurrent LLM calls, in TypeScript. It reserves the worst case of a",
    "> call before the call is made, refuses calls that do not fit, and books what was really used.",
    ...lines,
    "",
  ].join("\n");
  return { path: "docs/llms.txt", title: "llms.txt", summary: "", text };
}

function titleOf(text: string): string {
  return /^# (.*)$/m.exec(text)?.[1] ?? "";
}

/** The first sentence below the title, where it is prose. */
function introductionOf(text: string): string {
  const paragraphs = text
    .replace(/^# .*$/m, "")
    .trim()
    .split(/\n\n+/);
  const prose = paragraphs.find((each) => /^[A-Z`]/.test(each) && !each.startsWith("_")) ?? "";
  if (prose !== paragraphs[0] && prose !== paragraphs[1]) return "";
  const plain = prose.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/\s+/g, " ");
  return /^.*?[.](?= |$)/.exec(plain)?.[0] ?? "";
}
