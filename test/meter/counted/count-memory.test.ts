import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { COUNT_MAX, CountMemory } from "../../../src/meter/counted/count-memory.ts";
import type { KeptCount } from "../../../src/meter/counted/count-memory.ts";

function counted(inputTokens: number): KeptCount {
  return { inputTokens, outputTokens: 7, cachedTokens: COUNT_MAX, at: 1_790_000_000_123.25 };
}

describe("the memory of counts", () => {
  it("the memory of counts answers what was set last, as it was set", () => {
    const memory = new CountMemory(100_000);
    memory.set([1, 2], counted(3));
    memory.set([1, 2], counted(4));
    memory.set([2, 2], counted(5));
    expect(memory.get([1, 2])).toEqual(counted(4));
    expect(memory.get([2, 2])).toEqual(counted(5));
    expect(memory.get([2, 1])).toBeUndefined();
    expect(memory.size).toBe(2);
  });

  it("the memory of counts finds a digest of zeros", () => {
    const memory = new CountMemory(100_000);
    expect(memory.get([0, 0])).toBeUndefined();
    memory.set([0, 0], counted(1));
    expect(memory.get([0, 0])).toEqual(counted(1));
  });

  it("the memory of counts begins small, and never takes more than its limit", () => {
    const memory = new CountMemory(1_000_000);
    expect(memory.bytes).toBeLessThan(4000);
    for (let index = 0; index < 200_000; index++) {
      memory.set([(index * 2_654_435_761) >>> 0, index], counted(index));
      if (index % 1000 === 0) expect(memory.bytes).toBeLessThanOrEqual(1_000_000);
    }
    // About 55 bytes for each count.
    expect(memory.size).toBeGreaterThan(1_000_000 / 80);
  });

  it("the memory of counts forgets what has not been used for longest", () => {
    const memory = new CountMemory(20_000);
    memory.set([1, 1], counted(1));
    memory.set([2, 2], counted(2));
    for (let index = 0; index < 5000; index++) {
      memory.set([index, index + 10], counted(index));
      memory.get([1, 1]);
    }
    expect(memory.get([1, 1])).toEqual(counted(1));
    expect(memory.get([2, 2])).toBeUndefined();
    expect(memory.get([4999, 5009])).toEqual(counted(4999));
  });

  it("the memory of counts remembers nothing without room", () => {
    for (const bytesMax of [0, 1, 56, 111]) {
      const memory = new CountMemory(bytesMax);
      memory.set([1, 2], counted(3));
      expect(memory.get([1, 2])).toBeUndefined();
      expect(memory.bytes).toBeLessThanOrEqual(bytesMax);
    }
  });

  it("the memory of counts is a map of what was set, whatever the order", () => {
    const word = fc.integer({ min: 0, max: 8 });
    const entry = fc.tuple(fc.tuple(word, word), fc.nat(COUNT_MAX));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 300 }), (entries) => {
        const memory = new CountMemory(1_000_000);
        const expected = new Map<string, number>();
        for (const [digest, input] of entries) {
          memory.set(digest, counted(input));
          // Zeros are kept as another digest, which stands for them.
          expected.set((digest.join() === "0,0" ? [0, 1] : digest).join(), input);
        }
        for (const [name, input] of expected) {
          const [high = 0, low = 0] = name.split(",").map(Number);
          expect(memory.get([high, low])?.inputTokens).toBe(input);
        }
      }),
    );
  });
});
