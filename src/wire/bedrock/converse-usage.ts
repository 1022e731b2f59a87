// What an answer of Bedrock's Converse API reports: input beside what is read from a cache and
// written to one, and for how long each write is kept.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html

import { countAt, has, listAt, textAt } from "../json/untrusted.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { CountedUsage, WireUsage } from "../wire-usage.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cacheReadInputTokens",
  "cacheReadInputTokenCount",
  "cacheWriteInputTokens",
  "cacheWriteInputTokenCount",
  "cacheDetails",
]);

/** Reads usage as Converse reports it; undefined when it is none. */
export function converseUsage(
  raw: unknown,
): (CountedUsage & Pick<WireUsage, "doubts">) | undefined {
  const inputTokens = countAt(raw, "inputTokens");
  const outputTokens = countAt(raw, "outputTokens");
  if (inputTokens === undefined || outputTokens === undefined || !has(raw, "totalTokens"))
    return undefined;
  const cacheReadTokens = countAt(raw, "cacheReadInputTokens") ?? 0;
  const written = countAt(raw, "cacheWriteInputTokens") ?? 0;
  const details = listAt(raw, "cacheDetails");
  const cacheWrite1hTokens = details
    .filter((each) => textAt(each, "ttl") !== "5m")
    .reduce<number>((sum, each) => sum + (countAt(each, "inputTokens") ?? 0), 0);
  const parts = inputTokens + cacheReadTokens + Math.max(written, cacheWrite1hTokens);
  // The larger of total and parts (M3).
  const missing = Math.max(0, (countAt(raw, "totalTokens") ?? 0) - parts - outputTokens);
  return {
    usage: {
      inputTokens,
      cacheReadTokens,
      cacheWriteTokens: Math.max(0, written - cacheWrite1hTokens),
      cacheWrite1hTokens,
      outputTokens: outputTokens + missing,
      reasoningTokens: 0,
    },
    isWhole: true,
    doubts: unknownCounts(raw, KNOWN),
  };
}
