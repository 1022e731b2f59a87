// Options are read by a table: what it lacks is an error that names what was meant.

import { describe, expect, it } from "vitest";

import {
  flag,
  oneOf,
  optional,
  optionalFunction,
  readOptions,
  whole,
} from "../../src/core/read-options.ts";
import type { TableFor } from "../../src/core/read-options.ts";

interface Options {
  readonly timeoutMs?: number | undefined;
  readonly mode?: "fast" | "exact" | undefined;
  readonly isLoud?: boolean | undefined;
  readonly onEnd?: (() => void) | undefined;
  readonly name?: string | undefined;
}

const TABLE = {
  timeoutMs: whole(1, 1000, 250),
  mode: oneOf("exact", "fast"),
  isLoud: flag(false),
  onEnd: optionalFunction<Options["onEnd"]>,
  name: optional((name: string) => name.trim()),
} satisfies TableFor<Options>;

function messageOf(options: object, argument?: string): string {
  try {
    readOptions(options, TABLE, argument);
  } catch (error) {
    return String(error);
  }
  return "";
}

describe("options", () => {
  it("options that are left out, or undefined, have their defaults", () => {
    const defaults = { timeoutMs: 250, mode: "exact", isLoud: false };
    expect(readOptions({}, TABLE)).toEqual(defaults);
    expect(readOptions({ timeoutMs: undefined, mode: undefined }, TABLE)).toEqual(defaults);
  });

  it("given options have the values that their readers return", () => {
    const onEnd = (): void => {};
    const given = { timeoutMs: 5, mode: "fast", isLoud: true, onEnd, name: " a " } as const;
    expect(readOptions(given, TABLE)).toEqual({ ...given, name: "a" });
  });

  it.each([
    [
      { timeoutMs: 0 },
      "RangeError: Expected `timeoutMs` to be a whole number from 1 to 1000, got 0",
    ],
    [{ mode: "slow" }, 'RangeError: Expected `mode` to be "exact" or "fast", got "slow"'],
    [{ isLoud: "no" }, 'TypeError: Expected `isLoud` to be true or false, got "no"'],
    [{ onEnd: 1 }, "TypeError: Expected `onEnd` to be a function, got 1"],
  ])("errors of wrong option values say what was expected: %j", (options, message) => {
    expect(messageOf(options)).toBe(message);
  });

  it.each([null, 5, "text", [], () => {}])("options must be an object: %s", (options) => {
    expect(messageOf(options as never)).toMatch(/^TypeError: Expected `options` to be an object/);
  });

  it.each([
    ["timeOutMs", "timeoutMs"],
    ["timeout", "timeoutMs"],
    ["msTimeout", "timeoutMs"],
    ["mod", "mode"],
    ["Name", "name"],
  ])("options with the misspelled key %s get the hint %s", (key, meant) => {
    expect(messageOf({ [key]: 1 })).toBe(
      `TypeError: Unknown key "${key}" in \`options\`; allowed: timeoutMs, mode, isLoud, onEnd, name; did you mean \`${meant}\`?`,
    );
  });

  it.each(["budget", "x", "", "odd", "__proto__x"])(
    "options with the unknown key %j get no hint",
    (key) => {
      expect(messageOf({ [key]: 1 })).not.toContain("did you mean");
    },
  );

  it("errors of an inner object carry its name", () => {
    expect(messageOf({ timeoutMs: 0 }, "retry")).toContain("Expected `retry.timeoutMs` to be");
    expect(messageOf({ modes: 0 }, "retry")).toContain('Unknown key "modes" in `retry`');
  });

  it("a table of options cannot differ from its interface", () => {
    // @ts-expect-error -- a table lacks an option of the interface
    const lacking = { timeoutMs: whole(1, 2, 1) } satisfies TableFor<Options>;
    // @ts-expect-error -- a table has one option more than the interface
    const more = { ...TABLE, extra: flag(true) } satisfies TableFor<Options>;
    expect([lacking, more]).toHaveLength(2);
  });
});
