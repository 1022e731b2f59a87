// The program in a pseudo-terminal of 80 × 24, which Python's library makes.

import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

import { MAIN } from "./program.ts";

/** What is done at the terminal, in this order. */
export type Step =
  | { readonly waitMs: number }
  | { readonly rows: number; readonly columns: number }
  | { readonly type: string }
  /** Waits until this has been seen. */
  | { readonly until: string };

/** What was seen, and how the program ended. */
export interface Seen {
  readonly code: number;
  readonly text: string;
}

const TERMINAL = `
import fcntl, json, os, pty, select, struct, sys, termios, time
steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvpe(command[0], command, os.environ)
seen, is_over = b"", False
def read(seconds, until=None):
    global seen, is_over
    end = time.time() + seconds
    while time.time() < end and not is_over:
        if until is not None and until in seen:
            return
        if select.select([master], [], [], 0.05)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:
                piece = b""
            is_over = piece == b""
            seen += piece
for step in steps:
    if "waitMs" in step:
        read(step["waitMs"] / 1000)
    elif "rows" in step:
        size = struct.pack("HHHH", step["rows"], step["columns"], 0, 0)
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    elif "until" in step:
        read(20, step["until"].encode())
    else:
        os.write(master, step["type"].encode())
read(20)
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "text": seen.decode()}))
`;

/** Runs the program in a terminal to its end. */
export async function inTerminal(
  args: readonly string[],
  steps: readonly Step[],
  env: Readonly<Record<string, string>>,
): Promise<Seen> {
  // In CI nobody looks at a terminal, and Node colours nothing.
  const { NO_COLOR: _one, FORCE_COLOR: _other, CI: _another, ...inherited } = process.env;
  const { stdout } = await promisify(execFile)(
    "python3",
    ["-c", TERMINAL, JSON.stringify(steps), process.execPath, MAIN, ...args],
    { env: { ...inherited, TERM: "xterm-256color", ...env } },
  );
  return JSON.parse(stdout);
}
