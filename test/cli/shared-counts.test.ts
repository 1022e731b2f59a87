import {
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

import { describe, expect, it } from "vitest";

import { openSharedCounts } from "../../src/cli/run/shared-counts.ts";
import type { KeptCount } from "../../src/meter/counted/count-memory.ts";
import type { SharedCounts } from "../../src/meter/counted/counted-requests.ts";
import { anthropicMessages } from "../../src/wire/anthropic/messages.ts";
import { about, counts, reported } from "../meter/counted/requests.ts";
import { temporaryFile } from "../support/temporary-file.ts";

function counted(inputTokens: number, at = 1_790_000_000_000): KeptCount {
  return { inputTokens, outputTokens: 7, cachedTokens: 2 ** 32 - 1, at };
}

function open(path: string): SharedCounts {
  const shared = openSharedCounts(path);
  if (shared === undefined) throw new Error(`${path} cannot be opened`);
  return shared;
}

const FILE_BYTES = 12 + 4096 * 72;

describe("the counts that runs share", () => {
  it("shared counts are those of every process, under one key", () => {
    const path = temporaryFile("state/counts");
    const one = open(path);
    const other = open(path);
    expect(other.key).toEqual(one.key);
    one.set([1, 2], counted(3));
    expect(other.get([1, 2])).toEqual(counted(3));
    expect(other.get([2, 2])).toBeUndefined();
    other.set([1, 2], counted(4));
    expect(one.get([1, 2])).toEqual(counted(4));
  });

  it("shared counts let a second process go on where the first one ended", () => {
    const path = temporaryFile("state/counts");
    const begun = [{ role: "user", content: "Hello" }];
    const body = (messages: readonly object[]): object => ({
      model: "claude-sonnet-4-5",
      max_tokens: 9,
      messages,
    });
    const first = counts({ shared: () => openSharedCounts(path) });
    about(first, anthropicMessages, body(begun)).answered(reported(1000, 50));
    const next = body([...begun, { role: "assistant", content: "Hi" }]);
    const second = counts({ shared: () => openSharedCounts(path) });
    expect(about(second, anthropicMessages, next).bound()?.inputTokens).toBeGreaterThan(1050);
    expect(about(counts(), anthropicMessages, next).bound()).toBeUndefined();
    // No text, and nobody's key, is in the file.
    expect(readFileSync(path).includes("Hello")).toBe(false);
  });

  it("shared counts are readable by this user alone, and stay bounded in size", () => {
    const path = temporaryFile("state/counts");
    const shared = open(path);
    for (let index = 0; index < 20_000; index++)
      shared.set([index, index * 7], counted(index, index));
    const { size, mode } = statSync(path);
    expect(size).toBe(FILE_BYTES);
    if (process.platform !== "win32") expect(mode & 0o777).toBe(0o600);
    // The latest are there, the oldest have made room.
    expect(shared.get([19_999, 19_999 * 7])).toEqual(counted(19_999, 19_999));
    expect(shared.get([0, 0])).toBeUndefined();
  });

  it("shared counts are not read from a row that was cut, changed, or written by two at once", () => {
    const path = temporaryFile("state/counts");
    const shared = open(path);
    shared.set([1, 2], counted(3));
    const whole = readFileSync(path);
    const start = 12 + 2 * 72;
    for (let at = start; at < start + 36; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path, changed);
      expect(shared.get([1, 2])).toBeUndefined();
    }
    writeFileSync(path, whole);
    expect(shared.get([1, 2])).toEqual(counted(3));
    truncateSync(path, 20);
    expect(shared.get([1, 2])).toBeUndefined();
    shared.set([1, 2], counted(3));
  });

  it("shared counts are not opened in a file of another program, nor through a link to one", () => {
    const path = temporaryFile("state/counts");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "something else entirely");
    expect(openSharedCounts(path)).toBeUndefined();
    const link = temporaryFile("state/link");
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(path, link);
    expect(openSharedCounts(link)).toBeUndefined();
    expect(openSharedCounts(`${path}/counts`)).toBeUndefined();
  });
});
