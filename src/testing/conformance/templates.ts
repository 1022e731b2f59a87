// What must hold for templates (F25): pools that are first opened under load have their caps at
// once.

import assert from "node:assert/strict";

import { ConfigInvalid } from "../../core/errors.ts";
import { assertFields, assertRefused, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const USERS = 50;

/** The cases about templates. */
export const templateCases: readonly StoreCase[] = [
  {
    title:
      "F25 a pool that many processes open at once is created once, with the caps of its template",
    async run({ open }) {
      await open().template("users/*", { caps: { usd: 1 } });
      const stores = Array.from({ length: 5 }, open);
      const answers = await Promise.all(
        Array.from({ length: USERS }, async (_, index) => {
          const store = stores[index % stores.length] ?? open();
          return await (await store.pool("users/ada")).tryRecord({ usd: 0.25 });
        }),
      );
      assert.equal(answers.filter(Boolean).length, 4);
      assertFields((await (await open().pool("users/ada")).snapshot()).used, { usd: 1 });
      for (const name of ["constructor", "__proto__"])
        assert.deepEqual((await (await open().pool(`${name}/${name}`)).snapshot()).caps, {});
    },
  },
  {
    title: "a template creates pools at its own depth, and the nearest template applies",
    async run({ open, clock }) {
      const store = open();
      const account = { actor: "ops", reason: "#17" };
      await store.template("*", { caps: { usd: 100 }, window: "day", timeZone: "Asia/Kolkata" });
      await store.template("users/*", { caps: { usd: 5, tokens: 10 }, overage: "allow" });
      await store.template("users/ada", { caps: { usd: "0.000000001" }, ...account });
      await store.template("*/*/chat{}", { caps: { calls: 3 }, window: { everyMs: 1000 } });
      const chat = await open().pool("users/bob/chat{}");
      const user = await open().pool("users/bob");
      const root = await open().pool("users");
      assert.deepEqual((await chat.snapshot()).caps, { calls: 3 });
      assert.deepEqual((await user.snapshot()).caps, { tokens: 10, usd: 5 });
      assertFields(await root.snapshot(), { timeZone: "Asia/Kolkata" });
      assert.deepEqual((await root.snapshot()).caps, { usd: 100 });
      assert.ok((await chat.snapshot()).window !== undefined);
      await assertRefused(() => chat.reserve({ usd: 6 }), { pool: "users/bob", reason: "never" });
      const ada = await root.child("ada");
      assert.deepEqual((await ada.snapshot()).caps, { usd: 1e-9 });
      assert.deepEqual((await (await ada.child("other")).snapshot()).caps, {});
      // What is said at the opening goes before, and is compared as ever.
      const own = await open().pool("users/eve", { caps: { usd: 7 } });
      assert.deepEqual((await own.snapshot()).caps, { usd: 7 });
      await assertThrows(() => open().pool("users/bob", { caps: { usd: 7 } }), ConfigInvalid);
      assert.deepEqual(await open().templates(), [
        {
          pattern: "*",
          caps: { usd: 100 },
          window: { period: "day", timeZone: "Asia/Kolkata" },
          at: clock.now(),
        },
        {
          pattern: "*/*/chat{}",
          caps: { calls: 3 },
          window: { everyMs: 1000, anchorMs: 0 },
          at: clock.now(),
        },
        { pattern: "users/*", caps: { tokens: 10, usd: 5 }, overage: "allow", at: clock.now() },
        { pattern: "users/ada", caps: { usd: 1e-9 }, at: clock.now(), ...account },
      ]);
    },
  },
  {
    title: "changing or deleting a template does not change existing pools",
    async run({ open }) {
      const store = open();
      await store.template("users/*", { caps: { usd: 1 } });
      const ada = await store.pool("users/ada");
      await open().template("users/*", { caps: { usd: 2 } });
      assert.deepEqual((await (await store.pool("users/ada")).snapshot()).caps, { usd: 1 });
      assert.deepEqual((await (await store.pool("users/bob")).snapshot()).caps, { usd: 2 });
      await open().template("users/*", null);
      await open().template("users/*", null);
      assert.deepEqual(await store.templates(), []);
      assert.deepEqual((await (await store.pool("users/cy")).snapshot()).caps, {});
      assert.deepEqual((await ada.snapshot()).caps, { usd: 1 });
      assert.equal(await store.find("users/dan"), undefined);
      await assertThrows(() => store.template("users//a", {}), RangeError);
      await assertThrows(() => store.template("users/*", { caps: { usd: -1 } }), RangeError);
      await assertThrows(
        () => store.template("users/*", { thresholds: [0.5] } as object),
        TypeError,
      );
    },
  },
];
