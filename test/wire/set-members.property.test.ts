import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { edited, withMember } from "../../src/wire/json/set-members.ts";
import type { Edit } from "../../src/wire/json/set-members.ts";

/** JSON with any white space between its tokens. */
function spread(value: unknown, indent: number): string {
  return JSON.stringify(value, undefined, indent);
}

/** Any value, as it is after it was JSON. */
const jsonValue = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));

describe("withMember", () => {
  it("withMember sets a member as parsing, setting and writing would, in any JSON", () => {
    // Not a quote alone: V8 of Node.js 24.21 reads it as a backslash after having read such a name.
    const key = fc.constantFrom("max_tokens", "a", "", 'a "b"', "é", "{", "stream_options");
    const object = fc.dictionary(key, jsonValue);
    fc.assert(
      fc.property(object, key, fc.nat(), fc.nat(4), (before, name, value, indent) => {
        const after: unknown = JSON.parse(withMember(spread(before, indent), [name], value));
        expect(after).toEqual({ ...before, [name]: value });
      }),
      { numRuns: 2000 },
    );
  });

  it("withMember sets a member of a member, and makes an object where it is missing or another value", () => {
    const inner = fc.oneof(fc.dictionary(fc.string(), jsonValue), jsonValue);
    fc.assert(
      fc.property(inner, fc.nat(4), (options, indent) => {
        const before = { before: "}", stream_options: options, after: [{}] };
        const text = withMember(spread(before, indent), ["stream_options", "include_usage"], true);
        const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
        expect(JSON.parse(text)).toEqual({
          ...before,
          stream_options: { ...(isObject ? options : {}), include_usage: true },
        });
      }),
      { numRuns: 2000 },
    );
    expect(withMember("{}", ["a", "b"], 1)).toBe('{"a":{"b":1}}');
    expect(withMember(' { "x" : 1 } ', ["a"], 2)).toBe(' {"a":2, "x" : 1 } ');
  });

  it("withMember leaves digits, order and white space as they are", () => {
    const text = '{"seed":12345678901234567890, "t":1.0,\n"max_tokens":100 , "z":"\\u00e9\\""}';
    expect(withMember(text, ["max_tokens"], 7)).toBe(
      '{"seed":12345678901234567890, "t":1.0,\n"max_tokens":7 , "z":"\\u00e9\\""}',
    );
  });

  it("withMember changes the last of members with the same name, which is the one that counts", () => {
    expect(withMember('{"n":1,"n":2}', ["n"], 3)).toBe('{"n":1,"n":3}');
    expect(withMember('{"\\u006e":1}', ["n"], 3)).toBe('{"\\u006e":3}');
  });

  it("withMember sets members of objects in lists, and of all at once, as a plain program would", () => {
    const name = fc.constantFrom("max_uses", "a", 'b"', "[");
    const object = fc.dictionary(name, jsonValue, { maxKeys: 3 });
    const list = fc.array(fc.oneof(object, jsonValue), { maxLength: 5 });
    const edit = fc.tuple(fc.nat(5), name, fc.oneof(fc.nat(), fc.boolean()));
    fc.assert(
      fc.property(list, fc.array(edit, { maxLength: 4 }), fc.nat(3), (tools, edits, indent) => {
        const before = { first: "]", tools, last: { tools: [1] } };
        const after = structuredClone(before);
        for (const [index, key, value] of edits) {
          const tool = after.tools[index];
          // What is no object there stays as it is.
          if (typeof tool === "object" && tool !== null && !Array.isArray(tool))
            Reflect.set(tool, key, value);
        }
        const text = edited(
          spread(before, indent),
          edits.map(([index, key, value]): Edit => [["tools", index, key], value]),
        );
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(after)));
      }),
      { numRuns: 2000 },
    );
  });
});
