// Whether the last record that fits is let in, and the next nano-dollar is not: caps that are exact multiples of a
// price, each filled by recording the price until it is full. Beside it, counters in float dollars.

import { BudgetPool } from "../dist/index.js";
import { printLine } from "./print.ts";

const TIMES_MAX = 40;
const NANO_DOLLAR = "0.000000001";

/** Forty prices, as integers of nano-dollars, so that caps can be written down exactly. */
const PRICES_NANO: readonly number[] = `
  0.1 0.2 0.3 0.7 0.01 0.02 0.03 0.07 0.05 0.15 1.1 2.2 3.3 0.9 0.6 1.7 0.35 0.45 0.55 0.85
  0.0036 0.0012 0.0089 0.0125 0.00025 0.00015 0.0006 0.0018 0.0042 0.0075 0.011 0.033
  0.000001 0.000003 0.000015 0.0000025 0.00000125 0.00000015 0.000000075 0.00001`
  .trim()
  .split(/\s+/)
  .map((usd) => Math.round(Number(usd) * 1e9));

/** Nano-dollars as decimal dollars, written digit by digit: no rounding on the way. */
function decimalOf(nano: number): string {
  const digits = String(nano).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** What went wrong under one cap; undefined when nothing did. */
type Wrong = "refuses what fits" | "lets in more" | undefined;

/** A pool under a cap of `times` times the price must take that many records and not a nano-dollar more. */
function judgePool(priceNano: number, times: number): Wrong {
  const price = Number(decimalOf(priceNano));
  const pool = new BudgetPool({ caps: { usd: Number(decimalOf(priceNano * times)) } });
  for (let i = 0; i < times; i++) if (!pool.tryRecord({ usd: price })) return "refuses what fits";
  return pool.tryRecord({ usd: NANO_DOLLAR }) ? "lets in more" : undefined;
}

/** The same of a counter in float dollars. */
function judgeFloats(priceNano: number, times: number): Wrong {
  const price = Number(decimalOf(priceNano));
  const cap = Number(decimalOf(priceNano * times));
  let used = 0;
  for (let i = 0; i < times; i++) {
    if (used + price > cap) return "refuses what fits";
    used += price;
  }
  return used + Number(NANO_DOLLAR) > cap ? undefined : "lets in more";
}

/** Prints how many caps are judged wrongly, and answers how many of them the pool got wrong. */
export function printExactness(): number {
  const ours: Wrong[] = [];
  const floats: Wrong[] = [];
  for (const priceNano of PRICES_NANO) {
    for (let times = 1; times <= TIMES_MAX; times++) {
      ours.push(judgePool(priceNano, times));
      floats.push(judgeFloats(priceNano, times));
    }
  }
  const wrong = ours.filter((judged) => judged !== undefined);
  const wrongInFloats = floats.filter((judged) => judged !== undefined);
  const refused = floats.filter((judged) => judged === "refuses what fits");
  printLine(`${ours.length} caps, ${wrong.length} wrong`);
  printLine(
    `with float counters: ${floats.length} caps, ${wrongInFloats.length} wrong (${refused.length} refuse the last record that fits, the others let in a nano-dollar more)`,
  );
  return wrong.length;
}

if (import.meta.main && printExactness() > 0) process.exitCode = 1;
