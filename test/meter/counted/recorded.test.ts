// Consecutive calls of recorded sessions: what the provider counted for a request is never more than
// the bound that follows from the one before. A reduced set of pairs, the tightest among them, is in
// this folder; all of them are read from `SESSIONS`, or from the folder of recordings beside the
// repository, where there is one.

import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { openaiChat } from "../../../src/wire/openai/chat.ts";
import { inputBytesOf } from "../../../src/wire/input-bound.ts";
import { about, counts, reported } from "./requests.ts";

/** Input and output of a call, the bytes of all that was sent beyond it, and the next input. */
type Pair = readonly [input: number, output: number, bytes: number, next: number];

const MODEL = "gpt-5.4";
const first = [{ role: "user", content: "Begin" }];

/** A request that goes on, whose new part has so many bytes as JSON. */
function goingOn(bytes: number): readonly object[] {
  const added = (content: string): object[] => [{ role: "user", content }];
  const part = (content: string): object => ({ model: MODEL, messages: added(content) });
  const empty = inputBytesOf(JSON.stringify(part("")));
  return [...first, ...added("a".repeat(Math.max(0, bytes - empty)))];
}

/** How far the bound is above what was counted. */
function slackOf([input, output, bytes, next]: Pair): number {
  const memory = counts();
  about(memory, openaiChat, { model: MODEL, messages: first }).answered(reported(input, output));
  const bound = about(memory, openaiChat, { model: MODEL, messages: goingOn(bytes) }).bound();
  return (bound?.inputTokens ?? Number.NaN) - next;
}

function read(file: string | URL): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

const recorded = process.env["SESSIONS"] ?? "../shared/sessions/sessions.json";
const WHOLE_REQUEST_IS_LOGGED = 16;

/** The pairs of a recording whose requests are known in whole. */
function pairsIn(file: string): readonly Pair[] {
  const { groups, sessions } = read(file) as {
    readonly groups: readonly string[];
    readonly sessions: readonly { group: number; calls: readonly (readonly number[])[] }[];
  };
  return sessions.flatMap(({ group, calls }) =>
    calls.flatMap((call, index): Pair[] => {
      const at = (from: readonly number[] | undefined, field: number): number => from?.[field] ?? 0;
      const inputOf = (from: readonly number[] | undefined): number =>
        [4, 5, 6, 7].reduce((sum, field) => sum + at(from, field), 0);
      const back = at(call, 10);
      const isWhole = (at(call, 13) & WHOLE_REQUEST_IS_LOGGED) !== 0;
      if (back === 0 || !(isWhole || groups[group]?.startsWith("pi") === true)) return [];
      const before = calls[index - back];
      return [[inputOf(before), at(before, 8), at(call, 11), inputOf(call)]];
    }),
  );
}

describe("recorded calls", () => {
  it("no count in the recorded samples is above its bound", () => {
    const pairs = read(new URL("pairs.json", import.meta.url)) as readonly Pair[];
    expect(pairs.length).toBeGreaterThan(200);
    expect(Math.min(...pairs.map(slackOf))).toBeGreaterThanOrEqual(0);
  });

  const isThere = existsSync(recorded);
  const skipped = `SKIPPED, as there are no recordings at ${recorded}; name them in SESSIONS: `;
  it.skipIf(!isThere)(
    `${isThere ? "" : skipped}none of all recorded pairs of whole requests was counted above its bound`,
    () => {
      const pairs = pairsIn(recorded);
      expect(pairs.length).toBeGreaterThan(4000);
      expect(Math.min(...pairs.map(slackOf))).toBeGreaterThanOrEqual(0);
    },
  );
});
