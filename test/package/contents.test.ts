import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative } from "node:path";
import { describe, expect, inject, it } from "vitest";

import { REPOSITORY, run } from "./command.ts";

const files = inject("packedFiles");
const root = join(inject("consumer"), "node_modules/token-budget");

interface Manifest {
  readonly exports: Record<string, string | Record<string, string>>;
  readonly scripts?: Record<string, string>;
  readonly [field: string]: unknown;
}

const manifest: Manifest = JSON.parse(read("package.json"));

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The relative links and pictures of a page, without anchors. */
function linksOf(page: string): string[] {
  const prose = page.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
    .map((link) => link.split("#")[0] ?? "");
}

describe("the files of the tarball", () => {
  const sources = files.filter((path) => path.startsWith("src/"));
  const pages = files.filter((path) => path.startsWith("docs/"));

  it("the tarball has the sources, what is built of each of them, the documentation, and seven papers", () => {
    const papers = [
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "THIRD-PARTY-NOTICES.md",
      "package.json",
    ];
    const built = sources.flatMap((source) => {
      const stem = source.replace(/^src\//, "dist/").replace(/\.ts$/, "");
      return [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => stem + ending);
    });
    expect(sources).toContain("src/index.ts");
    expect(sources.filter((source) => !source.endsWith(".ts"))).toEqual([]);
    expect(files).toEqual([...papers, ...pages, ...sources, ...built].toSorted());
    expect(pages).toContain("docs/start.md");
  });

  it("the tarball has no relative link that leads out of it", () => {
    const broken = files
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) =>
        linksOf(read(path))
          .map((link) => posix.join(posix.dirname(path), link))
          .filter((target) => !files.some((file) => `${file}/`.startsWith(`${target}/`)))
          .map((target) => `${path}: ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it("the tarball has every target of every door", () => {
    const doors = Object.values(manifest.exports);
    const targets = doors.flatMap((door) =>
      typeof door === "string" ? [door] : Object.values(door),
    );
    expect(targets.length).toBeGreaterThan(2);
    for (const target of targets) expect(files).toContain(target.replace(/^\.\//, ""));
  });

  it("the tarball has the program, which says what it does", async () => {
    const program = join(root, "../.bin/token-budget");
    expect(await run(program, ["--help"], root)).toContain("token-budget run --usd 5 -- claude");
  });

  it("the tarball has source maps that point at sources in it", () => {
    for (const map of files.filter((path) => path.endsWith(".map"))) {
      const { sources: origins }: { sources: string[] } = JSON.parse(read(map));
      for (const source of origins) {
        expect(files).toContain(relative(root, join(root, dirname(map), source)));
      }
    }
  });

  it("the files of the tarball name no path of the machine that built them", () => {
    for (const path of files) {
      const text = read(path);
      for (const folder of [REPOSITORY, join(tmpdir(), "token-budget-package")]) {
        expect(text.includes(folder), `${folder} in ${path}`).toBe(false);
      }
    }
  });
});

describe("the manifest of the tarball", () => {
  it.each(["dependencies", "optionalDependencies", "bundleDependencies"])(
    "the manifest of the tarball has no %s",
    (field) => {
      expect(manifest[field] ?? {}).toEqual({});
    },
  );

  it("the manifest of the tarball has peers that are all optional, and none for its types", () => {
    const peers = Object.keys(Object(manifest["peerDependencies"]));
    const optional = Object(manifest["peerDependenciesMeta"]);
    expect(peers.length).toBeGreaterThan(0);
    for (const peer of peers) expect(optional[peer]).toEqual({ optional: true });
    expect(Object.keys(optional)).toEqual(peers);
  });

  it.each(["preinstall", "install", "postinstall", "prepare"])(
    "the manifest of the tarball has no script %s",
    (script) => {
      expect(Object.keys(manifest.scripts ?? {})).not.toContain(script);
    },
  );

  it("the manifest of the tarball describes an ES module without side effects, for Node 20.19 and later", () => {
    expect(manifest).toMatchObject({
      name: "token-budget",
      type: "module",
      sideEffects: false,
      license: "MIT",
      engines: { node: ">=20.19" },
    });
  });
});
