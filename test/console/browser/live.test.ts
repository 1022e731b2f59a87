import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";

import type { BudgetStore } from "../../../src/stores/index.ts";
import { openStore } from "../../support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../../support/redis-server.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { CHROMIUM, openConsole, startSpender } from "./open-console.ts";

const PATH = "acme/search/ada";
const SHOWN = { timeout: 20_000 };

interface Place {
  /** As the program names it. */
  readonly store: string;
  /** As test/support/open-store.ts does. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

const redis = redisBinary("redis-server");
const postgres = postgresBinaries();
const PLACES: readonly (readonly [string, boolean, () => Promise<Place>])[] = [
  [
    "SQLite",
    true,
    async () => {
      const file = temporaryFile("budgets.db");
      return { store: file, address: `sqlite:process crash:${file}`, close: async () => undefined };
    },
  ],
  [
    "Redis",
    redis !== undefined,
    async () => {
      const server = await RedisServer.start(redis ?? "");
      const { port } = server;
      const address = `redis:${port}`;
      return { store: `redis://127.0.0.1:${port}`, address, close: () => server.crash() };
    },
  ],
  [
    "Postgres",
    postgres !== undefined,
    async () => {
      const server = await PostgresServer.start(postgres ?? "");
      const { port } = server;
      const store = `postgres://postgres@127.0.0.1:${port}/postgres`;
      return { store, address: `postgres:${port}`, close: () => server.crash() };
    },
  ],
];

async function prepared({ address, close }: Place): Promise<BudgetStore> {
  const store = openStore(address);
  onTestFinished(async () => {
    await store.close();
    await close();
  });
  const acme = await store.pool("acme", { caps: { usd: 100 }, window: "day" });
  const search = await acme.child("search", { caps: { usd: 50 } });
  await search.child("ada", { caps: { usd: 20 } });
  return store;
}

for (const [name, isThere, openPlace] of PLACES) {
  describe.skipIf(CHROMIUM === undefined || !isThere)(`the console over ${name}`, () => {
    it(`the console over ${name} shows a pool as another process spends it, and changes it`, async () => {
      const place = await openPlace();
      const store = await prepared(place);
      await startSpender(place.address, PATH);
      const { page, see, hosts, base, troubles } = await openConsole(place.store);
      const row = page.locator(`li.pool:has(a[href*="acme%2Fsearch%2Fada"])`);
      const used = async (): Promise<number> =>
        Number((await row.locator(".figures b").innerText()).replace("$", ""));
      const before = await used();
      await expect.poll(used, SHOWN).toBeGreaterThan(before + 0.1);

      await see(`pool?path=${encodeURIComponent(PATH)}`);
      await page.getByRole("button", { name: "Raise" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("By").fill("5");
      await dialog.getByLabel("Reason").fill("release day");
      await dialog.getByRole("button", { name: "Raise" }).click();
      await page.getByText("Raised by $5.00").waitFor();
      const pool = await store.pool(PATH);
      const { caps, raises } = await pool.snapshot();
      expect([caps.usd, raises?.length]).toEqual([25, 1]);

      await page.getByRole("button", { name: "Freeze" }).click();
      await dialog.getByLabel("Reason").fill("runaway");
      await dialog.getByRole("button", { name: "Freeze" }).click();
      await page.getByText("Frozen: every new call is refused").waitFor();
      expect((await pool.check({ usd: 0.01 }))?.reason).toBe("frozen");
      await page.getByRole("button", { name: "Thaw" }).click();
      await dialog.getByLabel("Reason").fill("found it");
      await dialog.getByRole("button", { name: "Thaw" }).click();
      await page.getByRole("button", { name: "Freeze" }).waitFor();

      const changes = await pool.changes();
      expect(changes.map(({ reason }) => reason)).toEqual(["release day", "runaway", "found it"]);
      expect(new Set(changes.map(({ actor }) => actor)).size).toBe(1);
      await see(`changes?pool=${encodeURIComponent(PATH)}`);
      await page.getByRole("cell", { name: "runaway" }).waitFor();
      expect([...hosts]).toEqual([new URL(base).host]);
      expect(troubles).toEqual([]);
    });

    it(`the console over ${name} explores the ledger by clicks, releases a hold and amends an unknown`, async () => {
      const place = await openPlace();
      const store = await prepared(place);
      const pool = await store.pool(PATH, { leaseMs: 3_600_000 });
      for (const label of ["docs", "tests", "docs"])
        await pool.record({ usd: 0.5, tokens: 50 }, { label, model: "gpt-5.5" });
      const hung = await pool.reserve({ usd: 2 }, { id: "hung" });
      const lost = await pool.reserve({ usd: 1 }, { id: "lost" });
      await lost.commit({ outcome: "unknown" });
      const { page, see, troubles } = await openConsole(place.store);

      await see("ledger?pool=acme");
      await page.getByRole("link", { name: "By label" }).click();
      await page.locator(".sums").getByRole("link", { name: "docs" }).click();
      await expect.poll(() => page.url()).toContain("label=docs");
      await expect.poll(() => page.locator("tbody tr").count(), SHOWN).toBe(2);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download CSV" }).click(),
      ]);
      const lines = readFileSync(await download.path(), "utf8")
        .trim()
        .split("\r\n");
      expect([lines.length, lines[0]?.startsWith("seq,at,kind,pool,model")]).toEqual([3, true]);

      await see("holds?pool=acme");
      await page.getByRole("button", { name: "Release" }).click();
      await page.getByRole("dialog").getByLabel("Reason").fill("its host is gone");
      await page.getByRole("dialog").getByRole("button", { name: "Release" }).click();
      await page.getByText("Nothing is held").waitFor();
      expect((await pool.snapshot()).reserved.usd).toBe(0);
      await hung.commit({ usd: 1.5 });

      await see("ledger?pool=acme&kind=commit");
      const unknown = page.locator("tr:has(.tag)");
      await unknown.getByRole("button", { name: "Amend" }).click();
      await page.getByRole("dialog").getByLabel("Dollars").fill("0.25");
      await page.getByRole("dialog").getByLabel("Reason").fill("the bill");
      await page.getByRole("dialog").getByRole("button", { name: "Amend" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect((await pool.snapshot()).used.usd).toBe(3.25);
      expect(troubles).toEqual([]);
    });
  });
}
