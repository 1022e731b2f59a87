// The documentation as a site: a copy of ../docs (`pages.js`), with a search that works offline.
// `npm run site` builds it into site/.vitepress/dist, and fails on a link that leads nowhere.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));

/** Sections of the sidebar, and the folders that they show. */
const SECTIONS = [
  ["Start", ""],
  ["Concepts", "concepts"],
  ["Guides", "guides"],
  ["SDKs", "guides/sdks"],
  ["Coding agents", "guides/agents"],
  ["Reference", "reference"],
  ["API", "reference/api"],
  ["Internals", "internals"],
  ["Decisions", "decisions"],
];

function titleOf(path) {
  return /^# (.*)$/m.exec(readFileSync(`${docs}/${path}`, "utf8"))?.[1] ?? path;
}

function pagesIn(folder) {
  return readdirSync(`${docs}/${folder}`)
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => (folder === "" ? name : `${folder}/${name}`))
    .map((path) => ({ text: titleOf(path), link: `/${path.replace(/\.md$/, "")}` }));
}

export default {
  title: "token-budget",
  description: "A shared budget of tokens and dollars for concurrent LLM calls.",
  srcDir: "pages",
  // Angle brackets in prose are text, not tags.
  markdown: { html: false },
  rewrites: { "README.md": "index.md", ":folder(.*)/README.md": ":folder/index.md" },
  // Sources are in the repository and in the package, not on the site.
  ignoreDeadLinks: [/\/src\//],
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Start", link: "/start" },
      { text: "Guides", link: "/guides/metering" },
      { text: "API", link: "/reference/api/" },
    ],
    sidebar: SECTIONS.map(([text, folder]) => ({
      text,
      items: pagesIn(folder),
      collapsed: folder === "decisions" || folder === "reference/api",
    })),
    outline: [2, 3],
  },
};
