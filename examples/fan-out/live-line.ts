import { styleText } from "node:util";
import type { BudgetSnapshot } from "token-budget";

const BAR_MIN = 5;
const BAR_MAX = 30;

/**
 * Shows a pool while it is used: on a terminal one line, redrawn in place; elsewhere a plain line now and then.
 * `styleText` leaves colors out where they are not wanted (NO_COLOR) or not understood.
 */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #redraws: boolean;
  readonly #plainEveryMs: number;
  #plainAtMs = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  constructor(stream: NodeJS.WriteStream, plainEveryMs: number) {
    this.#stream = stream;
    this.#redraws = stream.isTTY && process.env["TERM"] !== "dumb";
    this.#plainEveryMs = plainEveryMs;
  }

  show(snapshot: BudgetSnapshot): void {
    if (this.#redraws) {
      // One write: back to the start, the new line over the old one, then away with what is left of that.
      this.#stream.write(`\r${lineFor(snapshot, this.#stream)}\u001B[K`);
      this.#isOpen = true;
    } else if (performance.now() - this.#plainAtMs >= this.#plainEveryMs) {
      this.#plainAtMs = performance.now();
      this.#stream.write(`${textOf(snapshot)}\n`);
    }
  }

  /** Leaves the last line standing. */
  end(): void {
    if (this.#isOpen) this.#stream.write("\n");
    this.#isOpen = false;
  }
}

/** The line with a bar, as wide as the terminal lets it be without wrapping. */
function lineFor(snapshot: BudgetSnapshot, stream: NodeJS.WriteStream): string {
  const text = textOf(snapshot);
  const room = (stream.columns || 80) - 1;
  const cells = Math.min(room - text.length - 1, BAR_MAX);
  if (cells < BAR_MIN) return text.slice(0, room);
  return `${barOf(snapshot, cells, stream)} ${text}`;
}

function textOf({ used, reserved, remaining }: BudgetSnapshot): string {
  const calls = `${String(used.calls).padStart(3)} calls`;
  const tokensLeft = remaining.tokens === undefined ? "" : `${tokensText(remaining.tokens)} `;
  const left = `${tokensLeft}${usdText(remaining.usd ?? 0)}`;
  const spent = `${tokensText(used.tokens)} ${usdText(used.usd)}`;
  const held = `${tokensText(reserved.tokens)} ${usdText(reserved.usd)}`;
  return `${calls}  used ${spent}  reserved ${held}  remaining ${left}`;
}

/** How much of the scarcer of the two caps is used (█) and reserved (▒). */
function barOf(snapshot: BudgetSnapshot, cells: number, stream: NodeJS.WriteStream): string {
  const { used, reserved, caps } = snapshot;
  const share = (axis: "tokens" | "usd", part: number): number => part / (caps[axis] || 1);
  const scarcer =
    share("usd", used.usd + reserved.usd) >= share("tokens", used.tokens + reserved.tokens)
      ? "usd"
      : "tokens";
  const usedCells = Math.min(cells, Math.round(share(scarcer, used[scarcer]) * cells));
  const takenCells = Math.round(share(scarcer, used[scarcer] + reserved[scarcer]) * cells);
  const reservedCells = Math.max(0, Math.min(cells, takenCells) - usedCells);
  return (
    styleText("green", "█".repeat(usedCells), { stream }) +
    styleText("yellow", "▒".repeat(reservedCells), { stream }) +
    styleText("dim", "░".repeat(cells - usedCells - reservedCells), { stream })
  );
}

function tokensText(tokens: number): string {
  const text =
    Math.abs(tokens) < 1e7 ? `${Math.round(tokens / 1e3)}k` : `${Math.round(tokens / 1e6)}M`;
  return text.padStart(4);
}

function usdText(usd: number): string {
  return `${usd < 0 ? "-" : ""}$${Math.abs(usd).toFixed(Math.abs(usd) < 100 ? 3 : 0)}`;
}
