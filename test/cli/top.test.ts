import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { lastsFor } from "../../src/cli/forecast.ts";
import { screenOf } from "../../src/cli/screen.ts";
import type { Shown } from "../../src/cli/screen.ts";
import { BudgetPool } from "../../src/index.ts";
import { isMissing } from "../support/programs.ts";
import { MAIN, stateFolder, tokenBudget } from "./program.ts";

const at = new Date("2026-11-24T12:34:56Z");

function shown(name: string, cap: number | undefined, used: number, held = 0, spent = 0): Shown {
  const pool = new BudgetPool({ name, caps: cap === undefined ? {} : { usd: cap } });
  pool.record({ usd: used });
  if (held > 0) pool.reserve({ usd: held });
  return { snapshot: pool.snapshot(), spent, overMs: 60_000 };
}

describe("the screen of top", () => {
  const pools = [
    shown("daily", 20, 10, 4, 0.5),
    shown("experiments", 5, 5),
    shown("counter", undefined, 1.25),
  ];

  it("in 80 columns", () => {
    expect(screenOf(pools, { columns: 80, rows: 24 }, at)).toEqual([
      "token-budget top   3 pools   12:34:56 UTC   q quits",
      "",
      "daily        [##########++++      ] $10.00 of $20.00  lasts 12 min",
      "experiments  [####################] $5.00 of $5.00  0 open",
      "counter      $1.25 used, 1 calls, 0 open",
    ]);
  });

  it("fits into any screen", () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      shown(`${"pool".repeat(20)}${index}`, 1, 0.5),
    );
    for (const columns of [1, 10, 40, 79, 80, 200])
      for (const rows of [1, 3, 24]) {
        const lines = screenOf(many, { columns, rows }, at);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }
    expect(screenOf(many, { columns: 80, rows: 10 }, at).at(-1)).toBe("… and 43 more");
    expect(screenOf([], { columns: 80, rows: 24 }, at).at(-1)).toContain("No pools yet");
  });

  it("says how long a budget lasts", () => {
    expect(lastsFor(10, 1, 19 * 60_000)).toBe("3 h 10 min");
    expect(lastsFor(1, 10, 60_000)).toBe("less than a minute");
    expect(lastsFor(100, 1, 3_600_000)).toBe("4 d 4 h");
    expect(lastsFor(1e6, 1, 3_600_000)).toBe("more than 99 days");
    expect(lastsFor(0, 1, 60_000)).toBe("no time");
    expect(lastsFor(10, 0, 60_000)).toBeUndefined();
  });
});

describe.skipIf(isMissing("python3"))("top in a terminal", () => {
  /** Runs it in a pseudo-terminal of 80 × 24, resizes that, and presses a key. */
  const inTerminal = async (env: Record<string, string>, key: string): Promise<string> => {
    const program = `
import fcntl, os, pty, select, struct, sys, termios, time
pid, master = pty.fork()
if pid == 0:
    os.execvpe(sys.argv[1], sys.argv[1:3] + ["top"], os.environ)
def size(rows, columns):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
size(24, 80)
seen = b""
def read(seconds):
    global seen
    end = time.time() + seconds
    while time.time() < end:
        if select.select([master], [], [], 0.05)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:
                return
            if not piece:
                return
            seen += piece
read(1.5)
size(24, 30)
read(1.5)
os.write(master, sys.argv[3].encode())
read(3)
_, status = os.waitpid(pid, 0)
sys.stdout.write(str(os.waitstatus_to_exitcode(status)) + "\\n" + seen.decode())
`;
    const { stdout } = await promisify(execFile)(
      "python3",
      ["-c", program, process.execPath, MAIN, key],
      { env: { ...process.env, ...env } },
    );
    return stdout;
  };

  for (const [name, key] of [
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ] as const) {
    it(`draws, redraws when resized, and leaves the terminal as it was: ${name}`, async () => {
      const env = { XDG_STATE_HOME: stateFolder(), TERM: "xterm" };
      await tokenBudget(["run", "--pool", "daily", "--usd", "20", "--", "true"], env);
      const seen = await inTerminal(env, key);
      expect(seen.startsWith("0\n\u001B[?1049h\u001B[?25l")).toBe(true);
      expect(seen).toContain("daily  [                    ] $0.00 of $20.00  0 open");
      expect(seen).toContain("token-budget top   1 pools   …");
      expect(seen).toContain("\u001B[?25h\u001B[?1049l");
    });
  }

  it("is for terminals only", async () => {
    const { code, stderr } = await tokenBudget(["top"], { XDG_STATE_HOME: stateFolder() });
    expect([code, stderr.includes("status --json")]).toEqual([2, true]);
  });
});
