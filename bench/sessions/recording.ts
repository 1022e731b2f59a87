// Recorded sessions of coding agents, numbers alone, and which of them can be replayed: those whose models have a price.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { priceBook } from "../../dist/prices/index.js";
import type { Price } from "../../dist/prices/index.js";

/** Agents whose requests can be made from the numbers. */
export type Agent = "claude-code" | "codex" | "gemini-cli";

/** One recorded call. */
export interface Call {
  readonly model: string;
  readonly price: Price;
  readonly conversation: number;
  readonly atMs: number;
  readonly tookMs: number;
  /** What the provider reported, in tokens. */
  readonly input: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
  readonly output: number;
  readonly reasoning: number;
  /** The call that this one extends, by its place in the session; undefined: it begins anew. */
  readonly base: number | undefined;
  /** Bytes of the messages beyond those of the base, of them the answer's, and of what stands before all messages. */
  readonly newBytes: number;
  readonly answerBytes: number;
  readonly instructionBytes: number;
  readonly images: number;
}

/** One recorded session. */
export interface Session {
  readonly agent: Agent;
  readonly thinks: boolean;
  readonly calls: readonly Call[];
  /** What all of it cost. */
  readonly usd: number;
}

interface Recorded {
  readonly models: readonly string[];
  readonly groups: readonly string[];
  readonly sessions: readonly {
    readonly group: number;
    readonly thinks?: number;
    readonly calls: readonly (readonly number[])[];
  }[];
}

const PROVIDERS: Readonly<Record<Agent, string>> = {
  "claude-code": "anthropic",
  codex: "openai",
  "gemini-cli": "google",
};

/** Reads the recording; undefined where the folder has none. */
export function readSessions(folder: string): readonly Session[] | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "sessions.json"), "utf8");
  } catch {
    return undefined;
  }
  const { models, groups, sessions }: Recorded = JSON.parse(text);
  return sessions.flatMap(({ group, thinks, calls }): Session[] => {
    const [agent] = (groups[group] ?? "").split(" ");
    if (agent !== "claude-code" && agent !== "codex" && agent !== "gemini-cli") return [];
    const read = calls.map((row, at) => callOf(row, at, models, agent));
    const known = read.filter((call) => call !== undefined);
    if (known.length < read.length) return [];
    const usd = known.reduce((sum, call) => sum + costOf(call), 0);
    return [{ agent, thinks: thinks === 1, calls: known.map(withAllThatWasSent), usd }];
  });
}

/** About so many bytes have a token of a conversation. */
const BYTES_A_TOKEN = 3;
/** What a template may put around messages. */
const TEMPLATE_TOKENS = 256;

/**
 * Some logs leave out a part of what was sent, such as an attachment: one call in a hundred was counted for more tokens than the
 * bytes that were logged can have. What is missing was in the real request.
 */
function withAllThatWasSent(call: Call, _at: number, calls: readonly Call[]): Call {
  const base = call.base === undefined ? undefined : calls[call.base];
  if (base === undefined) return call;
  const counted = inputOf(base) + base.output + TEMPLATE_TOKENS;
  const missing = inputOf(call) - counted - call.newBytes;
  return missing <= 0 ? call : { ...call, newBytes: call.newBytes + missing * BYTES_A_TOKEN };
}

/** All input of a call, in tokens. */
export function inputOf({ input, read, written5m, written1h }: Call): number {
  return input + read + written5m + written1h;
}

function callOf(
  row: readonly number[],
  at: number,
  models: readonly string[],
  agent: Agent,
): Call | undefined {
  const [named = 0, conversation = 0, atS = 0, tookS = 0, input = 0, read = 0] = row;
  const [written5m = 0, written1h = 0, output = 0, reasoning = 0, back = 0] = row.slice(6);
  const [newBytes = 0, answerBytes = 0, , instructionBytes = 0, images = 0] = row.slice(11);
  const model = models[named] ?? "";
  const price = priceBook.find(`${PROVIDERS[agent]}/${model}`, { unknown: "tokens only" });
  if (price.rates === undefined) return undefined;
  return {
    model,
    price,
    conversation,
    atMs: atS * 1000,
    tookMs: tookS * 1000,
    input,
    read,
    written5m,
    written1h,
    output,
    reasoning,
    base: back === 0 ? undefined : at - back,
    newBytes,
    answerBytes,
    instructionBytes,
    images,
  };
}

/** What a call cost, in dollars. */
export function costOf(call: Call): number {
  const { input, read, written5m, written1h, output } = call;
  return call.price.cost({
    inputTokens: input,
    cacheReadTokens: read,
    cacheWriteTokens: written5m,
    cacheWrite1hTokens: written1h,
    outputTokens: output,
  });
}
