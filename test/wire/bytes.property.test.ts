import fc from "fast-check";
import { expect, it } from "vitest";

import { bytesOf } from "../../src/wire/bytes.ts";

it("bytesOf counts the bytes of any text as an encoder does, halves of surrogate pairs included", () => {
  const unit = fc.oneof(
    fc.constantFrom("", "a", "\u007F", "\u0080", "\u07FF", "\u0800", "\uFFFF", "😀", "\uD83D"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
      const text = units.join("");
      expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
  expect(bytesOf(undefined)).toBe(0);
});
