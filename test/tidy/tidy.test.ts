// The checks that the repository makes of itself: each is shown a tree in which it must find something,
// and one in which it must find nothing.

import { describe, expect, it } from "vitest";

import { checkCircles } from "../../scripts/tidy/circles.ts";
import { checkDecisions } from "../../scripts/tidy/decisions.ts";
import { checkDocs } from "../../scripts/tidy/docs.ts";
import type { Repository } from "../../scripts/tidy/files.ts";
import { checkExportedNames } from "../../scripts/tidy/exported-names.ts";
import { checkLayersPicture } from "../../scripts/tidy/layers-picture.ts";
import { checkLayers } from "../../scripts/tidy/layers.ts";
import { checkNumbers } from "../../scripts/tidy/numbers.ts";
import { checkPackage } from "../../scripts/tidy/package.ts";
import { checkSources } from "../../scripts/tidy/sources.ts";
import { checkWords } from "../../scripts/tidy/words.ts";
import { repositoryOf } from "./fixture.ts";

type Check = (repository: Repository) => string[];
type Files = Readonly<Record<string, string>>;

interface Case {
  readonly title: string;
  readonly check: Check;
  readonly files: Files;
  /** What it must find, one each; none for a tree that is in order. */
  readonly finds: readonly string[];
}

const LOCKFILE = JSON.stringify({ packages: { "node_modules/a": {} } });

function manifest(change: object = {}): string {
  return JSON.stringify({
    version: "1.0.0",
    exports: { "./prices": {}, "./package.json": "./package.json" },
    scripts: {},
    ...change,
  });
}

/** A package in order, with these files besides or in place of its own. */
function packageWith(files: Files): Files {
  return {
    "package.json": manifest(),
    "CHANGELOG.md": "# Changelog\n\n## 1.0.0\n",
    "src/prices/index.ts": "export {};\n",
    ...files,
  };
}

const CASES: readonly Case[] = [
  {
    title: "layers: imports that go with the arrows",
    check: checkLayers,
    files: { "src/pool/a.ts": 'import { b } from "../core/b.ts";\n', "src/core/b.ts": "" },
    finds: [],
  },
  {
    title: "layers: an import against the arrows",
    check: checkLayers,
    files: { "src/core/a.ts": 'import { b } from "../pool/b.ts";\n', "src/pool/b.ts": "" },
    finds: ["src/core/a.ts: core may not import from pool (../pool/b.ts)"],
  },
  {
    title: "layers: a package, a part of Node.js where there is none, a layer without a place",
    check: checkLayers,
    files: {
      "src/proxy/a.ts": 'import pg from "pg";\nimport { readFile } from "node:fs";\n',
      "src/core/a.ts": 'const fs = await import("node:fs");\n',
      "src/unheard/a.ts": "",
    },
    finds: [
      "src/core/a.ts: core may not import node:fs",
      "src/proxy/a.ts: proxy may not import pg",
      'src/unheard/a.ts: the layer "unheard" is not in scripts/tidy/layers.ts',
    ],
  },
  {
    title: "layers: a picture that is not what the table says",
    check: checkLayersPicture,
    files: { "CONTRIBUTING.md": "## The layers\n\n```\ncore ─▶ cli\n```\n" },
    finds: ["CONTRIBUTING.md: the layers are not as in scripts/tidy/layers.ts; npm run layers"],
  },
  {
    title: "circles: one of two files, and one of three that others import",
    check: checkCircles,
    files: {
      "src/core/a.ts": 'import { b } from "./b.ts";\n',
      "src/core/b.ts": 'export { a } from "./a.ts";\n',
      "src/pool/one.ts": 'import { a } from "../core/a.ts";\nimport { two } from "./two.ts";\n',
      "src/pool/two.ts": 'import {\n  three,\n} from "./three.ts";\n',
      "src/pool/three.ts": 'import "./one.ts";\n',
      "src/pool/user.ts": 'import { one } from "./one.ts";\n',
    },
    finds: [
      "src/core/a.ts, src/core/b.ts: import each other in a circle",
      "src/pool/one.ts, src/pool/three.ts, src/pool/two.ts: import each other in a circle",
    ],
  },
  {
    title: "circles: one over types alone",
    check: checkCircles,
    files: {
      "src/core/a.ts": 'import { b } from "./b.ts";\nimport type { C } from "./c.ts";\n',
      "src/core/b.ts": 'import type { C } from "./c.ts";\n',
      "src/core/c.ts": 'export type { A } from "./a.ts";\n',
    },
    finds: ["src/core/a.ts, src/core/b.ts, src/core/c.ts: import each other in a circle"],
  },
  {
    title: "circles: none over what a function loads when it is called",
    check: checkCircles,
    files: {
      "src/core/a.ts": 'import { b } from "./b.ts";\n',
      "src/core/b.ts": 'const load = () => import("./a.ts");\n',
    },
    finds: [],
  },
  {
    title: "names: one that two files export, generated tables apart",
    check: checkExportedNames,
    files: {
      "src/core/a.ts": "export function roomOf(): void {}\nexport const LEFT = 1;\n",
      "src/pool/b.ts": "export async function roomOf(): Promise<void> {}\n",
      "src/prices/tables/c.ts": "export const LEFT = 2;\n",
    },
    finds: ['"roomOf" is exported by src/core/a.ts and src/pool/b.ts'],
  },
  { title: "package: one in order", check: checkPackage, files: packageWith({}), finds: [] },
  {
    title: "package: a door without a folder, and a folder without a door",
    check: checkPackage,
    files: packageWith({
      "package.json": manifest({ exports: { "./meter": {} } }),
      "src/prices/index.ts": "",
    }),
    finds: [
      "package.json: the door ./meter has no src/meter/index.ts",
      "src/prices/index.ts: package.json has no door ./prices",
    ],
  },
  {
    title: "package: a door with a pool that no test runs the suite on",
    check: checkPackage,
    files: packageWith({
      "package.json": manifest({ exports: { "./redis": {}, "./prices": {}, "./mysql": {} } }),
      "src/redis/index.ts": "",
      "src/mysql/index.ts": "",
    }),
    finds: [
      "test/redis/conformance.test.ts: does not run the conformance suite on ./redis",
      "./mysql: no test runs the conformance suite",
    ],
  },
  {
    title: "package: a dependency at runtime, a script at install, no changelog",
    check: checkPackage,
    files: packageWith({
      "package.json": manifest({
        version: "2.0.0",
        dependencies: {},
        scripts: { postinstall: "node x" },
      }),
    }),
    finds: [
      "package.json: there must be no runtime dependencies",
      "package.json: no postinstall script",
      "CHANGELOG.md: nothing about 2.0.0",
    ],
  },
  {
    title: "package: a lockfile that is whole",
    check: checkPackage,
    files: packageWith({ "package-lock.json": LOCKFILE }),
    finds: [],
  },
  {
    title: "package: a lockfile with an address of a registry, and without an optional package",
    check: checkPackage,
    files: packageWith({
      "package-lock.json": JSON.stringify({
        packages: { "node_modules/a": { optionalDependencies: { b: "1" } } },
      }),
      "bench/package-lock.json": '{"packages":{},\n"resolved": "https://registry.example/a.tgz"}',
    }),
    finds: [
      "bench/package-lock.json: holds registry addresses; regenerate it under .npmrc",
      "package-lock.json: lacks b; run node scripts/complete-lockfile.ts",
    ],
  },
  {
    title: "docs: links, headings and paths that are there",
    check: checkDocs,
    files: {
      "docs/a.md":
        "# A\n\n## Two words\n\n## Two words\n\n[b](b.md#b) [a](#two-words-1) `docs/b.md`\n",
      "docs/b.md": "# B\n\n```sh\n# no title\n```\n\n[elsewhere](https://example.com/x)\n",
    },
    finds: [],
  },
  {
    title: "docs: a link, a heading and a path that are not there, and two titles",
    check: checkDocs,
    files: {
      "docs/a.md": "# A\n\n# B\n\n[c](c.md) [d](#d) `src/none.ts`\n",
    },
    finds: [
      "docs/a.md: has 2 titles, needs one",
      "docs/a.md: the link c.md leads nowhere",
      "docs/a.md: docs/a.md has no heading #d",
      "docs/a.md: src/none.ts does not exist",
    ],
  },
  {
    title: "docs: a folder of tests that the page about testing leaves out",
    check: checkDocs,
    files: {
      "docs/internals/testing.md": "# Testing\n\n`test/a`\n",
      "test/a/a.test.ts": "",
      "test/b/b.test.ts": "",
    },
    finds: ["docs/internals/testing.md: says nothing of test/b"],
  },
  {
    title: "decisions: one that the index lists",
    check: checkDecisions,
    files: {
      "docs/decisions/README.md": "# Decisions\n\n- [0001](0001-a.md) A\n",
      "docs/decisions/0001-a.md": "# 0001 A\n",
    },
    finds: [],
  },
  {
    title: "decisions: one that the index lacks, and a number used twice",
    check: checkDecisions,
    files: {
      "docs/decisions/README.md": "# Decisions\n\n- [0001](0001-a.md) A\n",
      "docs/decisions/0001-a.md": "# 0001 A\n",
      "docs/decisions/0001-b.md": "# 0001 B\n",
    },
    finds: [
      "docs/decisions/README.md: does not list 0001-b.md",
      "docs/decisions: two decisions have the number 0001",
    ],
  },
  {
    title: "sources: a header, short comments, our words",
    check: checkSources,
    files: { "src/core/a.ts": "// What it is for.\n", "test/a.ts": "// a quota\n" },
    finds: [],
  },
  {
    title: "sources: no header, a long comment, a synonym",
    check: checkSources,
    files: {
      "src/core/a.ts": "export {};\n",
      "src/pool/b.ts": `// ${"x".repeat(100)}\nconst quota = 1;\n`,
    },
    finds: [
      "src/core/a.ts: begins without a comment that says what it is responsible for",
      "src/pool/b.ts:1: a comment of more than 100 columns",
      'src/pool/b.ts:2: "quota"; our word is cap',
    ],
  },
  {
    title: "numbers: those that are defined and tested, in a range too",
    check: checkNumbers,
    files: {
      "docs/internals/state-machine.md": "# Rules\n\n**R1 Amounts.**\n",
      "docs/internals/failures.md": "# Failures\n\n| F01 | a |\n| I1 | a |\n| I2 | a |\n",
      "test/a.test.ts": 'it.skipIf(isMissing("b"))("R1 F01 I1–I2 all of it", f);\n',
    },
    finds: [],
  },
  {
    title: "numbers: one that is not defined, and one that is not tested",
    check: checkNumbers,
    files: {
      "docs/internals/failures.md": "# Failures\n\n| F01 | a |\n",
      "src/testing/conformance/a.ts": 'const a = { title: "R99 a case" };\n',
    },
    finds: [
      "src/testing/conformance/a.ts: R99 is defined nowhere",
      "docs/internals/failures.md: no test is about F01",
    ],
  },
  {
    title: "words: plain ones, and others in code alone",
    check: checkWords,
    files: {
      "docs/a.md": "# A\n\nThe meter reports usage. The two are told apart.\n",
      "src/core/a.ts": "// Reports usage.\nconst told = 1;\n",
    },
    finds: [],
  },
  {
    title: "words: those that read as if translated, in docs, comments and messages",
    check: checkWords,
    files: {
      "docs/a.md": "# A\n\nWhoever asks waits.\n",
      "src/core/a.ts": "/** Is told of it. */\nthrow new Error(`it does not fit any more`);\n",
    },
    finds: [
      'docs/a.md:3: "Whoever"; write the caller, the first to …, everyone who …',
      'src/core/a.ts:1: "told"; write reported, notified, or the subject first',
      'src/core/a.ts:2: "any more"; write any longer, or the sentence without it',
    ],
  },
];

describe("tidy", () => {
  it.each(CASES)("$title", ({ check, files, finds }) => {
    expect(check(repositoryOf(files)).toSorted()).toEqual([...finds].toSorted());
  });
});
