// What keeps a version from being published, and how changes become a changelog.

import { describe, expect, it } from "vitest";

import { withChanges } from "../../scripts/release/changelog.ts";
import { missingFor } from "../../scripts/release/readiness.ts";
import type { ReleaseFiles } from "../../scripts/release/readiness.ts";

const READY: ReleaseFiles = {
  manifest: JSON.stringify({
    version: "1.2.3",
    repository: { type: "git", url: "git+https://example.org/token-budget.git" },
    homepage: "https://example.org/token-budget",
    bugs: { url: "https://example.org/token-budget/issues" },
  }),
  changelog: "# Changelog\n\n## 1.2.3 — 2026-12-01\n",
  security: "# Security\n\nContact: security@example.org\n",
  changes: [],
};

describe("a release", () => {
  it("a release is ready when its owner has filled everything in", () => {
    expect(missingFor("v1.2.3", READY)).toEqual([]);
  });

  it.each([
    ["repository", { manifest: '{ "version": "1.2.3" }' }, "v1.2.3", 3],
    ["contact", { security: "# Security\n" }, "v1.2.3", 1],
    ["tag", {}, "v1.2.4", 1],
    ["date", { changelog: "# Changelog\n\n## 1.2.3 — unreleased\n" }, "v1.2.3", 1],
    ["changes", { changes: ["a.md"] }, "v1.2.3", 1],
  ])("a release is not ready without its %s", (_what, change, tag, count) => {
    expect(missingFor(tag, { ...READY, ...change })).toHaveLength(count);
  });
});

describe("changes", () => {
  const changelog =
    "# Changelog\n\n## 0.2.0 — unreleased\n\n### Features\n\n- Old.\n\n## 0.1.0 — 2026-01-01\n\n- First.\n";

  it("changes go below their headings in the changelog, and leave released sections alone", () => {
    const filled = withChanges(
      changelog,
      [
        { path: "a.md", text: "# Features\n\n- New.\n" },
        { path: "b.md", text: "# Correctness\n\n- Right.\n" },
      ],
      "2026-12-01",
    );
    expect(filled).toBe(
      "# Changelog\n\n## 0.2.0 — 2026-12-01\n\n### Correctness\n\n- Right.\n\n### Features\n\n- New.\n- Old.\n\n## 0.1.0 — 2026-01-01\n\n- First.\n",
    );
  });

  it("changes need a known heading, and a section that is not released", () => {
    expect(() => withChanges(changelog, [{ path: "a.md", text: "# News\n\n- New.\n" }])).toThrow(
      "a.md",
    );
    expect(() => withChanges("# Changelog\n", [])).toThrow("unreleased");
  });
});
