import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { expectFrozenHolderLosesItsHold } from "../support/frozen.ts";
import { temporaryFile } from "../support/temporary-file.ts";

it("R11 I4 I5 a frozen process loses its hold at the end of its lease, and its commit is booked", async () => {
  expect.hasAssertions();
  const file = temporaryFile("budgets.db");
  await expectFrozenHolderLosesItsHold(sqliteStore(file), `sqlite:power loss:${file}`);
});
