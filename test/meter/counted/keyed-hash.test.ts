import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { KeyedHash, randomKey } from "../../../src/meter/counted/keyed-hash.ts";
import type { HashKey } from "../../../src/meter/counted/keyed-hash.ts";

const key = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1));
const texts = fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 6 });

function digestOf(secret: HashKey, all: readonly string[]): string {
  const hash = new KeyedHash(secret);
  for (const text of all) hash.text(text);
  return hash.digest().join();
}

describe("the keyed hash", () => {
  it("the keyed hash is the same for the same texts, and another one for others or for another key", () => {
    fc.assert(
      fc.property(key, key, texts, texts, (one, other, some, more) => {
        expect(digestOf(one, some)).toBe(digestOf(one, [...some]));
        if (JSON.stringify(some) !== JSON.stringify(more))
          expect(digestOf(one, some)).not.toBe(digestOf(one, more));
        if (some.length > 0 && one.join() !== other.join())
          expect(digestOf(one, some)).not.toBe(digestOf(other, some));
      }),
    );
  });

  it("the keyed hash keeps texts apart that are the same when written one after the other", () => {
    const secret = randomKey();
    const all = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["abc\0"]];
    expect(new Set(all.map((each) => digestOf(secret, each))).size).toBe(all.length);
  });

  it("the keyed hash distinguishes lone surrogates, which no encoding does", () => {
    const secret = randomKey();
    expect(digestOf(secret, ["\ud800"])).not.toBe(digestOf(secret, ["\ud801"]));
  });

  it("the keyed hash continues after a digest as if there had been none", () => {
    const secret = randomKey();
    const hash = new KeyedHash(secret);
    hash.text("one");
    expect(hash.digest()).toEqual(hash.digest());
    hash.text("two");
    expect(hash.digest().join()).toBe(digestOf(secret, ["one", "two"]));
  });

  it("the keyed hash spreads: of 100,000 texts that differ in little, no two have the same one", () => {
    const secret = randomKey();
    const found = new Set(
      Array.from({ length: 100_000 }, (_, index) => digestOf(secret, [`${index}`])),
    );
    expect(found.size).toBe(100_000);
  });
});
