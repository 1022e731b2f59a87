// The table of the protocol against the script that speaks it.

import { describe, expect, it } from "vitest";

import { EXECUTE_BATCH } from "../../src/redis/lua/scripts.ts";
import { OPERATIONS, REPLIES } from "../../src/redis/protocol.ts";
import { wordsOf } from "../../src/redis/request.ts";

const operations = Object.entries(OPERATIONS);

describe("the protocol of the Redis script", () => {
  it("the protocol of the Redis script gives every operation and every reply a letter of its own", () => {
    const letters = operations.map(([, { letter }]) => letter);
    expect(new Set(letters).size).toBe(letters.length);
    const replies = Object.values(REPLIES);
    expect(new Set(replies).size).toBe(replies.length);
  });

  it.each(operations)("the Redis script executes %s", (_, { letter }) => {
    const isNamed = EXECUTE_BATCH.text.includes(`kind == '${letter}'`);
    const isInTable = EXECUTE_BATCH.text.includes(`\n${letter} = function(`);
    expect(isNamed || isInTable).toBe(true);
  });

  it.each(operations)(
    "the Redis script reads the right number of words for %s",
    (kind, { letter, words }) => {
      const count = 2 + Object.keys(words).length;
      expect(EXECUTE_BATCH.text).toContain(`\n${letter} = ${count}, -- ${kind}\n`);
    },
  );

  it("the Redis script reads no word past the end of an operation", () => {
    const most = Math.max(...operations.map(([, { words }]) => Object.keys(words).length + 1));
    const places = [...EXECUTE_BATCH.text.matchAll(/words\[at \+ (\d+)\]/g)].map(([, place]) =>
      Number(place),
    );
    expect(Math.max(...places)).toBe(most);
  });

  it.each(Object.entries(REPLIES))("the Redis script answers %s with its letter", (_, letter) => {
    const text = EXECUTE_BATCH.text;
    expect(text.includes(`'${letter}'`) || text.includes(`'${letter}\\n`)).toBe(true);
  });

  it("a batch for the Redis script writes a path once for all commands on it", () => {
    const { paths, words } = wordsOf([
      { kind: "snapshot", path: "acme/search" },
      { kind: "leave", path: "acme/search", id: "1" },
    ]);
    expect(paths).toEqual(["acme/search", "acme"]);
    expect(words).toEqual(["s", "1", "l", "1", "1"]);
  });
});
