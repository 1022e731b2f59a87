import assert from "node:assert/strict";

import type { Amount } from "../../core/amount.ts";
import { assertFields, assertRefused, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Fine as caps, but too much as one amount. */
const TOO_MUCH_TOGETHER: Amount = { inputTokens: LARGEST, outputTokens: 1 };

const OUT_OF_RANGE: readonly Amount[] = [
  { tokens: -1 },
  { tokens: Number.NaN },
  { tokens: Number.POSITIVE_INFINITY },
  { tokens: Number.NEGATIVE_INFINITY },
  { tokens: 1.5 },
  { tokens: LARGEST + 1 },
  { inputTokens: -1 },
  { outputTokens: 0.1 },
  { calls: -1 },
  { calls: Number.NaN },
  { usd: -0.01 },
  { usd: Number.NaN },
  { usd: Number.POSITIVE_INFINITY },
  { usd: 9_007_199.26 },
  { usd: "-0.01" },
  { usd: "" },
  { usd: "." },
  { usd: "1,5" },
  { usd: " 1" },
  { usd: "1 " },
  { usd: "0x10" },
  { usd: "NaN" },
  { usd: "Infinity" },
  { usd: "9007199.254740992" },
  { usd: "1e400" },
];

const NOT_AMOUNTS: readonly unknown[] = [
  { token: 5 },
  { tokens: 5, dollars: 1 },
  { tokens: "5" },
  { tokens: 5n },
  { inputTokens: null },
  { outputTokens: {} },
  { calls: true },
  { usd: null },
  { usd: 5n },
  { usd: ["1"] },
  JSON.parse('{ "__proto__": { "tokens": 5 } }'),
  JSON.parse('{ "tokens": 5, "__proto__": 1 }'),
  JSON.parse('{ "constructor": 1 }'),
  new (class {
    token = 500;
    get usd(): number {
      return 0.01;
    }
  })(),
  Promise.resolve({ tokens: 5 }),
  new Date(),
  new Map([["tokens", 5]]),
  [5],
  [],
  null,
  5,
  "5",
];

/** R1: amounts. */
export const amountCases: readonly ConformanceCase[] = [
  {
    title: "R1 three records of $0.10 fit a cap of $0.30, and one more nano-dollar does not",
    async run({ open }) {
      const pool = await open({ caps: { usd: 0.3 } });
      for (let count = 0; count < 3; count++) await pool.record({ usd: 0.1 });
      await assertRefused(() => pool.record({ usd: "0.000000001" }), { attempted: 0.300000001 });
      assert.equal((await pool.snapshot()).used.usd, 0.3);
    },
  },
  {
    title: "R1 ten thousand records of $0.0001 add up to exactly $1",
    async run({ open }) {
      const pool = await open({ caps: { usd: 1 } });
      for (let count = 0; count < 10_000; count++) await pool.record({ usd: 0.0001 });
      assertFields((await pool.snapshot()).remaining, { usd: 0 });
    },
  },
  {
    title:
      "R1 dollars as decimal strings and as numbers are the same nano-dollars, rounded half up once",
    async run({ open }) {
      const pool = await open();
      const pairs: [string, number, number][] = [
        ["0.0036", 0.0036, 0.0036],
        ["0.0000000005", 5e-10, 1e-9],
        ["0.00000000049", 4.9e-10, 0],
        ["0.0000012345", 0.0000012345, 1.235e-6],
        ["1.0000000015", 1.0000000015, 1.000000002],
        ["1e-7", 1e-7, 1e-7],
        ["2.", 2, 2],
        [".5", 0.5, 0.5],
        ["007", 7, 7],
      ];
      for (const [text, number, booked] of pairs) {
        for (const usd of [text, number]) {
          await pool.reset();
          await pool.record({ usd });
          assert.equal((await pool.snapshot()).used.usd, booked, `${typeof usd} ${usd}`);
        }
      }
    },
  },
  {
    title: "R1 an invalid quantity throws a RangeError and changes nothing, in every method",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      await pool.record({ tokens: 10, usd: 0.1 });
      const hold = await pool.reserve({ tokens: 20, usd: 0.2 });
      await assertUnchanged([pool], async () => {
        for (const amount of [...OUT_OF_RANGE, TOO_MUCH_TOGETHER]) {
          await assertThrows(() => pool.record(amount), RangeError);
          await assertThrows(() => pool.tryRecord(amount), RangeError);
          await assertThrows(() => pool.check(amount), RangeError);
          await assertThrows(() => pool.reserve(amount), RangeError);
          await assertThrows(() => pool.tryReserve(amount), RangeError);
          await assertThrows(() => pool.reserveWhenFree(amount), RangeError);
          await assertThrows(() => pool.reserveUpTo({ unit: amount, max: 1 }), RangeError);
          await assertThrows(() => hold.commit(amount), RangeError);
        }
        for (const caps of OUT_OF_RANGE) {
          await assertThrows(() => pool.configure({ caps }), RangeError);
        }
      });
      assert.equal(hold.settled, false);
    },
  },
  {
    title:
      "R1 an unknown axis, or a value that is not a number, throws a TypeError and changes nothing",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const hold = await pool.reserve({ tokens: 20 });
      await assertUnchanged([pool], async () => {
        for (const value of NOT_AMOUNTS) {
          const amount = value as Amount;
          await assertThrows(() => pool.record(amount), TypeError);
          await assertThrows(() => pool.tryRecord(amount), TypeError);
          await assertThrows(() => pool.check(amount), TypeError);
          await assertThrows(() => pool.reserve(amount), TypeError);
          await assertThrows(() => pool.tryReserve(amount), TypeError);
          await assertThrows(() => pool.reserveWhenFree(amount), TypeError);
          await assertThrows(() => hold.commit(amount), TypeError);
        }
      });
      assert.equal(hold.settled, false);
    },
  },
  {
    title: "R1 tokens default to input + output, calls to one, and other axes to zero",
    async run({ open }) {
      const pool = await open();
      await pool.record({ inputTokens: 3, outputTokens: 4 });
      await pool.record({ inputTokens: 1 });
      await pool.record({ tokens: 5, outputTokens: 2, calls: 0 });
      await pool.record({});
      assert.deepEqual((await pool.snapshot()).used, {
        tokens: 13,
        inputTokens: 4,
        outputTokens: 6,
        usd: 0,
        calls: 3,
      });
    },
  },
  {
    title: "R1 an axis that is undefined counts as omitted",
    async run({ open }) {
      const pool = await open();
      await pool.record({ tokens: 2, usd: undefined, calls: undefined });
      assertFields((await pool.snapshot()).used, { tokens: 2, usd: 0, calls: 1 });
    },
  },
  {
    title:
      "R1 totals are exact up to 2^53 − 1; a request past it throws a RangeError and changes nothing",
    async run({ open }) {
      const pool = await open();
      const child = await pool.child("child");
      await child.record({ tokens: LARGEST - 1, usd: "9007199.254740990" });
      await assertUnchanged([pool, child], async () => {
        await assertThrows(() => child.record({ tokens: 2 }), RangeError);
        await assertThrows(() => child.tryRecord({ usd: "0.000000002" }), RangeError);
        await assertThrows(() => child.reserve({ tokens: 2 }), RangeError);
        await assertThrows(() => child.tryReserve({ tokens: 2 }), RangeError);
        await assertThrows(() => child.check({ tokens: LARGEST }), RangeError);
        await assertThrows(() => child.reserveWhenFree({ tokens: 2 }), RangeError);
        await assertThrows(() => child.reserveUpTo({ unit: { tokens: 2 }, max: 9 }), RangeError);
      });
      await child.record({ tokens: 1, usd: "0.000000001" });
      assert.equal((await pool.snapshot()).used.tokens, LARGEST);
    },
  },
  {
    title:
      "R1 a commit that would take a total past 2^53 − 1 throws a RangeError and leaves the reservation open",
    async run({ open }) {
      const pool = await open();
      const hold = await pool.reserve({ tokens: 1 });
      await pool.record({ tokens: LARGEST - 1 });
      await assertThrows(() => hold.commit({ tokens: 2 }), RangeError);
      assert.equal(hold.settled, false);
      await hold.commit();
      assertFields(await pool.snapshot(), { openReservations: 0 });
      assert.equal((await pool.snapshot()).used.tokens, LARGEST);
    },
  },
];
