// The examples as people run them, each in a process of its own, on the built package; and the comparison that the
// fan-out's exit code rests on.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BudgetPool } from "../../dist/index.js";
import { NO_FIGURES } from "../../examples/fan-out/figures.ts";
import type { Figures } from "../../examples/fan-out/figures.ts";
import { findBreach, findFaults } from "../../examples/fan-out/report.ts";
import type { Account } from "../../examples/fan-out/report.ts";
import { findFaults as findDifferences } from "../../examples/metered/report.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface Outcome {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function runExample(name: string, ...flags: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const main = join(ROOT, "examples", name, "main.ts");
    const { FORCE_COLOR: _, ...env } = process.env;
    const options = { env, timeout: 60_000 };
    execFile(process.execPath, [main, ...flags], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? undefined), stdout, stderr });
    });
  });
}

describe("small examples", () => {
  test("basic: three calls fit, the fourth is refused and fits later", async () => {
    const { code, stdout, stderr } = await runExample("basic");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('An answer to "three".');
    expect(stdout).toContain("asked 3000, remaining 1000 of 10000");
    expect(stdout).toContain("used: 5400 tokens and $0.0351 in 3 calls");
    expect(stdout).toContain('now "four" fits');
  });

  test("hierarchy: first the run, then the agent, then the team refuses, each under its path", async () => {
    const { code, stdout, stderr } = await runExample("hierarchy");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("refused by acme/search/run-1, spent");
    expect(stdout).toContain("refused by acme/search, spent");
    expect(stdout).toContain("refused by acme, spent");
    expect(stdout).toMatch(/^acme +\$1\.00 of \$1\.00$/m);
  });

  test("threads: workers share a budget, and one that is ended holds nothing", async () => {
    const { code, stdout, stderr } = await runExample("threads");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^worker 1: .* then ended from outside$/m);
    expect(stdout).toMatch(/^worker [2-4]: \d+ summarized, [1-9]\d* refused$/m);
    expect(stdout).toContain("held by nobody: 0 reservations, $0");
  });

  test("windows: a day of 25 hours, a refusal until midnight, a hold that crosses it", async () => {
    const { code, stdout, stderr } = await runExample("windows");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("usd reached 80% of the cap: $4.5 of $5");
    expect(stdout).toMatch(/refused: spent until Sun.* 00:00/);
    expect(stdout).toContain("25 hours");
    expect(stdout).toContain("Sunday, two o'clock: used $0, reserved $0.5");
    expect(stdout).toContain("Monday, midnight: used $0, reserved $0");
  });
});

describe("metered", () => {
  test.concurrent.each([1, 2])("metered with seed %i: the bill equals the books", async (seed) => {
    const { code, stdout, stderr } = await runExample("metered", `--seed=${seed}`, "--tasks=120");
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
    expect(stdout).toContain("The books equal the bill");
    expect(stdout).toMatch(/^[1-9]\d* summaries, \d+ failed for good$/m);
    expect(stdout).toMatch(/^[1-9]\d* refused before they were made/m);
    expect(stdout).toMatch(/^nano-dollars +([\d,]{9,}) +\1$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("metered spends nothing without a budget, and explains an invalid flag", async () => {
    const { code, stdout } = await runExample("metered", "--tasks=8", "--usd=0");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^8 refused before .* 8 too large for it$/m);
    for (const flag of ["--tasks=0", "--task=5", "--usd=-1", "more"]) {
      const wrong = await runExample("metered", flag);
      expect({ ...wrong, stderr: "" }).toEqual({ code: 2, stdout: "", stderr: "" });
      expect(wrong.stderr).toContain("See --help.");
      expect(wrong.stderr).not.toContain("    at ");
    }
    expect((await runExample("metered", "--help")).stdout).toContain("--seed");
  });

  test("metered finds every difference between the books and the bill", () => {
    const used = { tokens: 30, inputTokens: 10, outputTokens: 20, usd: 0.5, calls: 1 };
    const snapshot = { ...new BudgetPool({ caps: { usd: 1 } }).snapshot(), used };
    const total = { calls: 1, inputTokens: 10, outputTokens: 20, nanoUsd: 500_000_000n, usd: 0.5 };
    const summaries = { texts: [], refused: { never: 0, spent: 0, busy: 0, frozen: 0 }, failed: 0 };
    const rest = { reports: [], summaries };
    const faults = (change: object, opened = 0): string[] =>
      findDifferences({
        ...rest,
        snapshot: { ...snapshot, openReservations: opened },
        provider: { requests: [], total: { ...total, ...change } },
      });
    expect(faults({})).toEqual([]);
    for (const change of [{ calls: 2 }, { inputTokens: 9 }, { outputTokens: 0 }, { nanoUsd: 1n }])
      expect(faults(change)).toHaveLength(1);
    expect(faults({ nanoUsd: 1_000_000_001n })).toHaveLength(2);
    expect(faults({}, 1)).toEqual(["1 reservations are still open"]);
  });
});

describe("fan-out", () => {
  test.concurrent.each([1, 2, 3, 4])(
    "fan-out with seed %i: the bill equals the books",
    async (seed) => {
      const { code, stdout, stderr } = await runExample(
        "fan-out",
        `--seed=${seed}`,
        "--tasks=60",
        "--concurrency=8",
      );
      expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
      expect(stdout).toContain(`--seed ${seed}`);
      expect(stdout).toContain("The books equal the bill to the nano-dollar, token and call");
      const { asked, admitted, refused } = answersOf(stdout);
      expect(asked).toBe(60);
      expect(admitted + refused).toBe(60);
      expect(admitted).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
      for (const axis of ["tokens", "input tokens", "output tokens", "calls", "usd"]) {
        const { used, bill, reported } = rowOf(stdout, axis);
        expect(used).not.toBe("0");
        expect({ axis, bill, reported }).toEqual({ axis, bill: used, reported: used });
      }
    },
  );

  test("fan-out keeps to 80 columns and plain text in a pipe", async () => {
    const { stdout } = await runExample("fan-out", "--seed=5", "--tasks=20");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    // oxlint-disable-next-line no-control-regex -- that there is none is the point
    expect(stdout).not.toMatch(/[\u001B\r]/);
  });

  test("fan-out refuses everything, and says so, when there is no budget", async () => {
    const { code, stdout } = await runExample("fan-out", "--tasks=10", "--usd=0", "--tokens=0");
    expect(code).toBe(0);
    expect(answersOf(stdout)).toEqual({ asked: 10, admitted: 0, refused: 10 });
    expect(rowOf(stdout, "usd")).toMatchObject({ used: "$0.000000000", bill: "$0.000000000" });
  });

  test("fan-out lists its flags with --help", async () => {
    const { code, stdout } = await runExample("fan-out", "--help");
    expect(code).toBe(0);
    for (const flag of ["--seed", "--tasks", "--usd", "--tokens", "--concurrency"]) {
      expect(stdout).toContain(flag);
    }
  });

  test.concurrent.each([
    ["--task=5", "--task'"],
    ["--tasks=many", "Expected --tasks to be a whole number from 1 up"],
    ["--tasks=0", "Expected --tasks to be a whole number from 1 up"],
    ["--usd=-1", "Expected `--usd` to be dollars"],
    ["extra", "extra"],
  ])("fan-out refuses %s with a clear line and exit code 2", async (flag, message) => {
    const { code, stdout, stderr } = await runExample("fan-out", flag);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("--help");
    expect(stderr).not.toContain("    at ");
  });
});

describe("findFaults", () => {
  const figures: Figures = {
    tokens: 900n,
    inputTokens: 600n,
    outputTokens: 300n,
    calls: 3n,
    nanoUsd: 6_300_000n,
  };
  const sound: Account = {
    books: figures,
    bill: figures,
    reported: figures,
    overage: NO_FIGURES,
    caps: { tokens: 1000n, nanoUsd: 7_000_000n },
    openReservations: 0,
  };

  test("findFaults finds nothing wrong in an account that adds up", () => {
    expect(findFaults(sound)).toEqual([]);
  });

  test.each(["tokens", "inputTokens", "outputTokens", "calls", "nanoUsd"] as const)(
    "findFaults finds a difference of one in %s, in the bill and in what was reported",
    (field) => {
      const wrong = { ...figures, [field]: figures[field] + 1n };
      expect(findFaults({ ...sound, bill: wrong })).toHaveLength(1);
      expect(findFaults({ ...sound, reported: wrong })).toHaveLength(1);
      expect(findFaults({ ...sound, books: wrong })).toHaveLength(2);
    },
  );

  test("findFaults reports differences to the nano-dollar", () => {
    const bill = { ...figures, nanoUsd: 6_300_001n };
    expect(findFaults({ ...sound, bill })).toEqual([
      "The books say $0.006300000 usd, the provider's bill $0.006300001",
    ]);
  });

  test("findFaults allows used over the cap by the overage that was booked, and by no more", () => {
    const caps = { nanoUsd: 6_299_000n };
    expect(findFaults({ ...sound, caps, overage: { ...NO_FIGURES, nanoUsd: 1000n } })).toEqual([]);
    expect(findFaults({ ...sound, caps, overage: { ...NO_FIGURES, nanoUsd: 999n } })).toEqual([
      "Used is $0.000001000 usd over the cap, booked overage only $0.000000999",
    ]);
  });

  test("findFaults finds reservations that were left open", () => {
    expect(findFaults({ ...sound, openReservations: 2 })).toEqual(["Reservations left open: 2"]);
  });
});

describe("findBreach", () => {
  test("findBreach passes used + reserved up to the cap, and booked overage on top", () => {
    const pool = new BudgetPool({ caps: { tokens: 10 }, overage: "allow" });
    pool.record({ tokens: 4 });
    const hold = pool.reserve({ tokens: 6 });
    expect(findBreach(pool.snapshot(), NO_FIGURES)).toBeUndefined();
    hold.commit({ tokens: 9 });
    expect(findBreach(pool.snapshot(), { ...NO_FIGURES, tokens: 3n })).toBeUndefined();
    expect(findBreach(pool.snapshot(), { ...NO_FIGURES, tokens: 2n })).toBe(
      "In mid-run used + reserved was 13 tokens, over the cap of 10",
    );
  });
});

/** The last line of the table of answers. */
function answersOf(stdout: string): { asked: number; admitted: number; refused: number } {
  const cells = /^all +(.+)$/m.exec(stdout)?.[1]?.trim().split(/ +/).map(Number) ?? [];
  const [asked = Number.NaN, admitted = Number.NaN, ...refused] = cells;
  return { asked, admitted, refused: refused.reduce((sum, count) => sum + count, 0) };
}

/** One line of the table of books. */
function rowOf(stdout: string, axis: string): { used: string; bill: string; reported: string } {
  const line = new RegExp(`^${axis} {2,}(.+)$`, "m").exec(stdout)?.[1] ?? "";
  const [used = "", , , bill = "", reported = ""] = line.trim().split(/ +/);
  return { used, bill, reported };
}
