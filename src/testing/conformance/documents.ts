// What must hold for documents, in a store that supports them.

import assert from "node:assert/strict";

import type { StoreCase } from "./store-case.ts";

const WRITERS = 8;

/** The cases about documents. */
export const documentCases: readonly StoreCase[] = [
  {
    title:
      "a document is written only if it is unchanged since it was read, and every process sees it",
    async run({ open }) {
      const [one, other] = [open().documents, open().documents];
      assert.equal(await one.read("keys", "ada"), undefined);
      assert.equal(await one.replace("keys", "ada", undefined, "first"), true);
      assert.equal(await other.replace("keys", "ada", undefined, "second"), false);
      assert.equal(await other.read("keys", "ada"), "first");
      assert.equal(await other.replace("keys", "ada", "else", "second"), false);
      assert.equal(await other.replace("keys", "ada", "first", ""), true);
      assert.equal(await one.read("keys", "ada"), "");
      assert.equal(await one.replace("keys", "ada", undefined, "third"), false);
      assert.equal(await one.replace("keys", "ada", "", "third: é字 {}"), true);
      assert.equal(await one.read("people", "ada"), undefined);
      assert.equal(await one.replace("keys", "ada", "second", undefined), false);
      assert.equal(await one.replace("keys", "ada", "third: é字 {}", undefined), true);
      assert.equal(await other.read("keys", "ada"), undefined);
      assert.equal(await other.replace("keys", "ada", undefined, undefined), true);
    },
  },
  {
    title: "documents of a kind are listed by key, page by page",
    async run({ open }) {
      const { documents } = open();
      for (const key of ["c", "a", "b-2", "b"])
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        assert.ok(await documents.replace("alerts", key, undefined, `text of ${key}`));
      await documents.replace("other", "d", undefined, "text");
      const first = await documents.list({ kind: "alerts", after: "", limit: 3 });
      assert.deepEqual(
        first.map(({ key, text }) => [key, text]),
        [
          ["a", "text of a"],
          ["b", "text of b"],
          ["b-2", "text of b-2"],
        ],
      );
      const rest = await documents.list({ kind: "alerts", after: "b-2", limit: 3 });
      assert.deepEqual(
        rest.map(({ key }) => key),
        ["c"],
      );
      assert.deepEqual(await documents.list({ kind: "none", after: "", limit: 3 }), []);
    },
  },
  {
    title: "of many concurrent writers of one document, exactly one succeeds",
    async run({ open }) {
      const all = Array.from({ length: WRITERS }, () => open().documents);
      const written = await Promise.all(
        all.map((documents, at) => documents.replace("alerts", "once", undefined, `by ${at}`)),
      );
      assert.equal(written.filter(Boolean).length, 1);
      const counts = await Promise.all(
        all.map(async (documents) => {
          for (;;) {
            // oxlint-disable-next-line no-await-in-loop -- until it is the one who writes
            const before = await documents.read("counts", "n");
            const next = String(Number(before ?? "0") + 1);
            // oxlint-disable-next-line no-await-in-loop -- as above
            if (await documents.replace("counts", "n", before, next)) return next;
          }
        }),
      );
      assert.equal(new Set(counts).size, WRITERS);
    },
  },
];
