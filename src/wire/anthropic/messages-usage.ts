// What Anthropic messages report. input_tokens are without both classes of the cache; in a stream
// the counts of message_delta are those of the whole message so far.
// https://platform.claude.com/docs/en/api/messages

import type { Usage } from "../../core/usage.ts";
import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, mergedCounts, textAt } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import { rest, unknownCounts, withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, ModelPass, WireUsage } from "../wire-usage.ts";

const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "ephemeral_5m_input_tokens",
  "ephemeral_1h_input_tokens",
  "thinking_tokens",
  "reasoning_tokens",
  "web_search_requests",
  // Fetching costs nothing besides its tokens.
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool
  "web_fetch_requests",
  "tool_search_requests",
]);

/** The classes that some usage reports; the others are left out. */
function classesOf(report: unknown): Usage {
  const inputTokens = countAt(report, "input_tokens");
  const cacheReadTokens = countAt(report, "cache_read_input_tokens");
  const anHour = countAt(report, "cache_creation", "ephemeral_1h_input_tokens");
  const fiveMinutes = countAt(report, "cache_creation", "ephemeral_5m_input_tokens");
  const total = countAt(report, "cache_creation_input_tokens");
  const isWritten = anHour !== undefined || fiveMinutes !== undefined || total !== undefined;
  const written = Math.max(total ?? 0, (anHour ?? 0) + (fiveMinutes ?? 0));
  const outputTokens = countAt(report, "output_tokens");
  const webSearches = countAt(report, "server_tool_use", "web_search_requests");
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(isWritten && { cacheWriteTokens: rest(written, anHour ?? 0) }),
    ...(anHour !== undefined && { cacheWrite1hTokens: anHour }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(webSearches !== undefined && { webSearches }),
  };
}

/**
 * Passes that the counts at the top leave out. Rounds of `message` and of `fallback_message` are in
 * them; of a model that declined nothing is billed.
 */
const IN_TOP_LEVEL: ReadonlySet<string> = new Set(["message", "fallback_message"]);
const BESIDE: ReadonlySet<string> = new Set(["compaction", "advisor_message"]);

function passesOf(report: unknown): {
  readonly passes: readonly ModelPass[];
  readonly doubts: readonly string[];
} {
  const passes: ModelPass[] = [];
  const doubts: string[] = [];
  for (const iteration of listAt(report, "iterations")) {
    const type = textAt(iteration, "type") ?? "message";
    if (IN_TOP_LEVEL.has(type)) continue;
    passes.push({ model: textAt(iteration, "model"), usage: classesOf(iteration) });
    if (!BESIDE.has(type))
      doubts.push(`the answer reports a pass of the type ${type.slice(0, 40)}, which is not known`);
  }
  return { passes, doubts };
}

/** Reads a message. */
export class AnthropicMessagesReading implements AnswerReading {
  outputBytes = 0;
  hidesOutput = false;
  hasError = false;
  readonly #provider: Provider;
  /** Whether code that it ran is billed. */
  readonly #billsCode: boolean;
  #hasRunCode = false;
  #report: unknown;
  /** Whether the count of output is that of the whole message, and not of its beginning. */
  #isLast = false;
  #message: unknown;
  #last: Usage | undefined;
  /** Whether a count of the message so far was seen. */
  #isCounted = false;
  #hasFinished = false;

  constructor(provider: Provider, billsCode = false) {
    this.#provider = provider;
    this.#billsCode = billsCode;
  }

  get awaitsUsage(): boolean {
    return this.#hasFinished && !this.#isLast;
  }

  read(event: unknown, name: string): void {
    switch (textAt(event, "type") ?? name) {
      case "message":
        this.#begun(event);
        this.#isLast = true;
        for (const block of listAt(event, "content")) this.#block(block);
        return;
      case "message_start":
        this.#begun(fieldOf(event, "message"));
        return;
      case "content_block_start":
        this.#block(fieldOf(event, "content_block"));
        return;
      case "content_block_delta":
        this.outputBytes += deltaBytesOf(fieldOf(event, "delta"));
        return;
      case "message_delta": {
        const report = fieldOf(event, "usage");
        this.#report = mergedCounts(this.#report, report);
        // With passes listed apart, the last counts at the top are those of the message alone.
        if (listAt(report, "iterations").length > 0) this.#last = classesOf(report);
        this.#isCounted ||= countAt(report, "output_tokens") !== undefined;
        if (has(fieldOf(event, "delta"), "stop_reason")) this.done();
        return;
      }
      case "message_stop":
        this.done();
        return;
      case "error":
        this.hasError = true;
        return;
      default:
        if (has(event, "error")) this.hasError = true;
        // Gateways leave the type of a whole message out.
        else if (has(event, "usage")) {
          this.#begun(event);
          this.#isLast = true;
        }
    }
  }

  done(): void {
    this.#hasFinished = true;
    this.#isLast ||= this.#isCounted;
  }

  usage(): WireUsage | undefined {
    const report = this.#report;
    const { reportedUsd: charge, knownCounts = [], served } = this.#provider;
    const reportedUsd = charge?.(this.#message, report);
    const all = { ...classesOf(report), ...this.#last };
    if (all.inputTokens === undefined && all.outputTokens === undefined) return undefined;
    const isWhole = this.#isLast && all.inputTokens !== undefined && all.outputTokens !== undefined;
    const { outputTokens: _begun, ...input } = all;
    const counted = { usage: this.#isLast ? all : input, isWhole };
    const { passes, doubts } = passesOf(report);
    const found = withoutEmptyCounts(counted, this.outputBytes);
    const runsCode = this.#billsCode && this.#hasRunCode;
    return {
      ...found,
      // Five minutes are billed at the least, and no answer tells how many were.
      usage: runsCode ? { ...found.usage, codeSessions: 1 } : found.usage,
      passes,
      doubts: [
        ...doubts,
        ...(runsCode ? ["the answer ran code, of which five minutes are booked"] : []),
        ...(reportedUsd === undefined ? unknownCounts(report, KNOWN_COUNTS, knownCounts) : []),
      ],
      model: textAt(this.#message, "model"),
      service: { ...this.#service(report), ...served?.(this.#message) },
      reportedUsd,
    };
  }

  #service(report: unknown): WireUsage["service"] {
    const tier = textAt(report, "service_tier");
    const speed = textAt(report, "speed");
    const said = textAt(report, "inference_geo");
    // A cloud says so of every call, whatever its own address costs.
    const place = said === "not_available" ? undefined : said;
    return {
      ...(tier !== undefined && { tier }),
      ...(speed !== undefined && { speed }),
      ...(place !== undefined && { place }),
    };
  }

  #begun(message: unknown): void {
    this.#message = message;
    this.#report = mergedCounts(this.#report, at(message, "usage"));
  }

  #block(block: unknown): void {
    const type = textAt(block, "type") ?? "";
    // Of thinking a summary is shown at the most.
    if (type.includes("thinking")) this.hidesOutput = true;
    if (type.endsWith("code_execution_tool_result")) this.#hasRunCode = true;
    for (const name of ["text", "thinking", "data"])
      this.outputBytes += bytesIn(fieldOf(block, name));
    const input = fieldOf(block, "input");
    if (typeof input === "object" && input !== null && Object.keys(input).length > 0)
      this.outputBytes += bytesIn(input);
  }
}

/** Any kind of delta is output but the signature of thinking, and citations. */
function deltaBytesOf(delta: unknown): number {
  if (typeof delta !== "object" || delta === null) return 0;
  let bytes = 0;
  for (const name of Object.keys(delta))
    if (name !== "type" && name !== "signature" && name !== "citation")
      bytes += bytesIn(fieldOf(delta, name));
  return bytes;
}
