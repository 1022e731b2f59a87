import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../../src/sqlite/index.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { violationsOf } from "./axe.ts";
import { CHROMIUM, openConsole, startedConsole } from "./open-console.ts";

const MARKUP = `<img src=x onerror="alert(1)">`;
const SCRIPT = `"><script>alert(2)</script>`;
const WIDTHS = [320, 768, 1440];
const THEMES = ["light", "dark"] as const;
const VIEWS = [
  "pools",
  "pools?by=usd",
  "pool?path=acme%2Fsearch%2Fada",
  "pool?path=acme",
  "ledger?pool=acme",
  "ledger?pool=acme&by=label&label=docs",
  "refusals?pool=acme",
  "holds?pool=acme",
  "changes?pool=acme",
];

/** A file with teams, people, calls, holds, changes and refusals. */
async function madeStore(): Promise<string> {
  const file = temporaryFile("budgets.db");
  const store = sqliteStore(file, { durability: "process crash" });
  const acme = await store.pool("acme", { caps: { usd: 200 }, window: "day" });
  const search = await acme.child("search", { caps: { usd: 30 } });
  for (const name of ["ada", "grace", "a-rather-long-name-of-a-person-or-program"]) {
    const pool = await search.child(name, { caps: { usd: 10, tokens: 1e6 }, leaseMs: 3_600_000 });
    for (let index = 0; index < 12; index++)
      await pool.record(
        { usd: 0.25, inputTokens: 900, outputTokens: 100 },
        { model: index % 2 === 0 ? "gpt-5.5" : "claude-opus-5", label: "docs" },
      );
    await pool.reserve({ usd: 1.5, tokens: 2000 });
    await pool.tryReserve({ usd: 99 });
  }
  const ada = await store.pool("acme/search/ada");
  await ada.record({ usd: 0.1 }, { model: SCRIPT, label: MARKUP });
  await (await ada.reserve({ usd: 0.2 })).commit({ outcome: "unknown" });
  await search.configure({ by: { usd: 5 }, until: Date.now() + 3_600_000, actor: MARKUP });
  await (await acme.child("infra")).freeze({ actor: "ops", reason: MARKUP });
  await store.refusals();
  await store.close();
  return file;
}

describe.skipIf(CHROMIUM === undefined)("the page of the console", () => {
  it("the page of the console fits three widths in two themes, and axe finds nothing", async () => {
    const { page, see, troubles } = await openConsole(await madeStore());
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        for (const view of VIEWS) {
          await see(view);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect([view, width, wide <= width]).toEqual([view, width, true]);
          expect([view, width, theme, await violationsOf(page)]).toEqual([view, width, theme, []]);
        }
      }
    }
    expect(troubles).toEqual([]);
  });

  it("the console fits its dialogs into 320 px, and axe finds nothing in them", async () => {
    const { page, see } = await openConsole(await madeStore());
    await page.setViewportSize({ width: 320, height: 640 });
    for (const name of ["Raise", "Set caps", "Freeze", "Reset"]) {
      await see("pool?path=acme%2Fsearch%2Fada");
      await page.getByRole("button", { name }).click();
      const box = await page.getByRole("dialog").boundingBox();
      expect(box !== null && box.x >= 0 && box.x + box.width <= 320).toBe(true);
      expect(await violationsOf(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  it("the console shows markup in models, labels, actors and reasons as text", async () => {
    const { page, see, troubles } = await openConsole(await madeStore());
    for (const view of VIEWS) await see(view);
    await see(`ledger?pool=acme&label=${encodeURIComponent(MARKUP)}`);
    await page.getByRole("link", { name: SCRIPT }).first().waitFor();
    await page.getByRole("link", { name: `Remove the filter label ${MARKUP}` }).waitFor();
    await see("changes?pool=acme");
    await page.getByRole("cell", { name: MARKUP }).first().waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  it("the console is used with the keyboard", async () => {
    const { page, see } = await openConsole(await madeStore());
    await see("pools");
    await page.keyboard.press("/");
    await page.keyboard.type("grace");
    await expect.poll(() => page.locator("li.pool").count()).toBe(1);
    expect(page.url()).toContain("search=grace");
    await see("pool?path=acme%2Fsearch%2Fada");
    const raise = page.getByRole("button", { name: "Raise" });
    await raise.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    const label = await page.evaluate(() => document.activeElement?.getAttribute("name"));
    expect(label).toBe("by");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await raise.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it("the console moves nothing where motion is to be reduced", async () => {
    const { page } = await openConsole(await madeStore(), { isReduced: true });
    const bar = page.locator(".bar .used").first();
    expect(await bar.evaluate((rect) => getComputedStyle(rect).transitionDuration)).toBe("0s");
  });

  it("the console without pools shows the first command, and then the pool that it makes", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const { page, troubles } = await openConsole(file);
    await page.getByText("npx token-budget run --pool team").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await store.pool("team", { caps: { usd: 5 } });
    await page.getByRole("link", { name: "team" }).waitFor();
    await store.close();
    expect(troubles).toEqual([]);
  });

  it("the console opens by a link once, and signs out", async () => {
    const file = await madeStore();
    const link = await startedConsole(file);
    const { page } = await openConsole(file);
    await page.goto(link);
    await page.waitForURL(new URL("/", link).href);
    await page.waitForSelector("li.pool");
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const again = await page.request.get(link, { headers: { cookie: "" } });
    expect(again.status()).toBe(401);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Key or link token").fill("not a key");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This key or link is not valid").waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});
