// A line of a table: ours beside something bare, and how many times it that takes.

import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";

/** Times `budget` against `bare`, which are named so. */
export async function ratioRow(
  title: string,
  bare: Contender,
  budget: Contender,
  effort: Effort,
  target: string,
): Promise<string[]> {
  const timings = await measure([bare, budget], effort);
  const ours = timings.get("budget")?.median ?? 0;
  const theirs = timings.get("bare")?.median ?? 0;
  return [title, micros(ours), micros(theirs), (ours / theirs).toFixed(2), target];
}

/** Nanoseconds as microseconds. */
export function micros(ns: number): string {
  return (ns / 1000).toFixed(1);
}
