import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../../src/sqlite/index.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { violationsOf } from "./axe.ts";
import { CHROMIUM, openConsole } from "./open-console.ts";

describe.skipIf(CHROMIUM === undefined)("pools in the console", () => {
  it("the console creates the first pool, one below it, and deletes both with a reason", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const { page, see, troubles } = await openConsole(file);
    await page.setViewportSize({ width: 320, height: 640 });
    const dialog = page.getByRole("dialog");

    await page.getByRole("button", { name: "Create a pool here" }).click();
    expect(await violationsOf(page)).toEqual([]);
    const box = await dialog.boundingBox();
    expect(box !== null && box.x >= 0 && box.x + box.width <= 320).toBe(true);
    await dialog.getByLabel("Path").fill("acme//x");
    await dialog.getByLabel("Reason").fill("a new team");
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.getByText("Enter a path such as team/person").waitFor();
    await dialog.getByLabel("Path").fill("acme");
    await dialog.getByLabel("Dollars").fill("50");
    await dialog.getByLabel("Used starts at zero").selectOption("day");
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "acme", level: 1 }).waitFor();

    await page.getByRole("button", { name: "Create below" }).click();
    expect(await dialog.getByLabel("Path").inputValue()).toBe("acme/");
    await dialog.getByLabel("Path").fill("acme/search");
    await dialog.getByLabel("Tokens").fill("1000");
    await dialog.getByLabel("Reason").fill("their share");
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "search", level: 1 }).waitFor();
    const acme = await store.find("acme");
    const made = (await acme?.snapshot()) ?? {};
    expect(made).toMatchObject({ caps: { usd: 50 }, window: {} });
    const search = await (await store.find("acme/search"))?.snapshot();
    expect([search?.caps, search?.window]).toEqual([{ tokens: 1000 }, undefined]);

    await page.getByRole("button", { name: "Create below" }).click();
    await dialog.getByLabel("Path").fill("acme/search");
    await dialog.getByLabel("Reason").fill("once more");
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.getByText("exists already").waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByText("Say why").waitFor();
    await dialog.getByLabel("Reason").fill("the team has left");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "acme", level: 1 }).waitFor();
    expect(await store.find("acme/search")).toBeUndefined();
    const changes = (await acme?.changes()) ?? [];
    expect(changes.map(({ reason }) => reason)).toEqual([
      "a new team",
      "their share",
      "the team has left",
    ]);
    await see("changes?pool=acme");
    await page.getByRole("cell", { name: "deleted" }).waitFor();
    // The pool that exists already, and the one that is gone while the page looks at it.
    expect(troubles.filter((text) => !/40[49]/.test(text))).toEqual([]);
    await store.close();
  });

  it("the console deletes no pool that holds something, and says so", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const pool = await store.pool("team", { caps: { usd: 5 } });
    await pool.reserve({ usd: 1 });
    const { page, see } = await openConsole(file);
    await see("pool?path=team");
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("not needed");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByText(/open reservation/).waitFor();
    expect((await pool.snapshot()).reserved.usd).toBe(1);
    await store.close();
  });
});

describe.skipIf(CHROMIUM === undefined)("refusals in the console", () => {
  it("a refusal offers the raise that would have helped, and shows what is held there by which calls", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const pool = await store.pool("team", { caps: { usd: 5 }, leaseMs: 3_600_000 });
    await pool.record({ usd: 2.5 });
    await pool.reserve({ usd: 1 }, { id: "the-long-call" });
    expect(await pool.tryReserve({ usd: 2.25 }, { label: "docs" })).toBeUndefined();
    await store.refusals();
    const { page, see, troubles } = await openConsole(file);
    await see("refusals?pool=team");
    await page.getByRole("cell", { name: "team", exact: true }).first().waitFor();
    await page.getByRole("cell", { name: "$2.50 used, $1.00 held of $5.00" }).waitFor();
    await page.getByRole("button", { name: "Held by" }).click();
    await page.getByRole("cell", { name: "the-long-call", exact: true }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Raise: team" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByLabel("By").inputValue()).toBe("0.75");
    await dialog.getByLabel("Reason").fill("the release");
    await dialog.getByRole("button", { name: "Raise" }).click();
    await dialog.waitFor({ state: "detached" });
    await pool.reserve({ usd: 2.25 });
    expect(troubles).toEqual([]);
    await store.close();
  });

  it("a click on a person filters the ledger to the pools of that person, and unknown amounts are found", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const one = await store.pool("acme/search/ada");
    await one.record({ usd: 1 });
    await (await one.reserve({ usd: 2 })).commit({ outcome: "unknown" });
    await (await store.pool("acme/write/ada")).record({ usd: 3 });
    await (await store.pool("acme/write/ken")).record({ usd: 4 });
    const { page, see } = await openConsole(file);
    await see("ledger?pool=acme&by=person");
    await page.locator(".sums").getByRole("link", { name: "ada" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(3);
    expect(page.url()).toContain("person=ada");
    await see("pool?path=acme%2Fsearch%2Fada");
    await page.getByRole("link", { name: "amend them" }).click();
    await page.getByRole("heading", { name: "Ledger" }).waitFor();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(1);
    await store.close();
  });
});
