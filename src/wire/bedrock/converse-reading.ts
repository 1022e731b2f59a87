// What an answer of Bedrock's Converse API reports, as a whole or event by event.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html

import { bytesIn } from "../bytes.ts";
import { at, fieldOf, has, listAt, mergedCounts, textAt } from "../json/untrusted.ts";
import { withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import { converseUsage } from "./converse-usage.ts";

/** Reads a conversation's answer. */
export class ConverseReading implements AnswerReading {
  outputBytes = 0;
  hidesOutput = false;
  hasError = false;
  #report: unknown;
  #last: unknown;
  #hasStopped = false;
  #hasGuardrail = false;

  get awaitsUsage(): boolean {
    return this.#hasStopped && this.#report === undefined;
  }

  read(message: unknown, event: string): void {
    if (event.endsWith("Exception")) this.hasError = true;
    // A whole error has only a message.
    else if (event === "" && !has(message, "output") && has(message, "message"))
      this.hasError = true;
    for (const block of listAt(message, "output", "message", "content")) this.#block(block);
    this.#block(fieldOf(message, "delta"));
    this.outputBytes += bytesIn(at(message, "start", "toolUse", "name"));
    if (event === "messageStop" || has(message, "stopReason")) this.#hasStopped = true;
    if (has(fieldOf(message, "trace"), "guardrail")) this.#hasGuardrail = true;
    if (!has(message, "usage")) return;
    this.#last = message;
    this.#report = mergedCounts(this.#report, fieldOf(message, "usage"));
  }

  done(): void {
    this.#hasStopped = true;
  }

  usage(): WireUsage | undefined {
    const counted = converseUsage(this.#report);
    if (counted === undefined) return undefined;
    const tier = textAt(this.#last, "serviceTier", "type");
    const speed = textAt(this.#last, "performanceConfig", "latency");
    return {
      ...withoutEmptyCounts(counted, this.outputBytes),
      passes: [],
      doubts: this.#hasGuardrail
        ? [...counted.doubts, "the fee of a guardrail is not in the price"]
        : counted.doubts,
      model: textAt(this.#last, "trace", "promptRouter", "invokedModelId"),
      service: {
        ...(tier !== undefined && { tier }),
        ...(speed !== undefined && { speed }),
      },
      reportedUsd: undefined,
    };
  }

  #block(block: unknown): void {
    if (typeof block !== "object" || block === null) return;
    const reasoning = fieldOf(block, "reasoningContent");
    // Of thinking a summary is shown at the most.
    if (reasoning !== undefined) this.hidesOutput = true;
    this.outputBytes += bytesIn(fieldOf(block, "text"));
    this.outputBytes += bytesIn(at(reasoning, "text") ?? at(reasoning, "reasoningText", "text"));
    this.outputBytes += bytesIn(at(block, "toolUse", "input"));
    for (const part of listAt(block, "citationsContent", "content"))
      this.outputBytes += bytesIn(fieldOf(part, "text"));
  }
}
