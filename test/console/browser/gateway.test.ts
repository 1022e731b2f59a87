import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Page } from "playwright-core";

import { KeyStore } from "../../../src/gateway/key-store.ts";
import { sqliteStore } from "../../../src/sqlite/index.ts";
import { freePort } from "../../support/servers.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { violationsOf } from "./axe.ts";
import { CHROMIUM, openPage } from "./open-console.ts";

const MAIN = join(import.meta.dirname, "../../../dist/cli/main.js");

/** A gateway over a store with a key of an admin; its console has the address `base`. */
async function startGateway(): Promise<{ readonly base: string; readonly key: string }> {
  const file = temporaryFile("budgets.db");
  const store = sqliteStore(file, { durability: "process crash" });
  await store.pool("acme", { caps: { usd: 100 } });
  await store.pool("acme/search/grace", { caps: { usd: 5 } });
  const { key } = await new KeyStore(store).create(
    { pool: "acme", name: "ada", role: "admin" },
    "ops",
  );
  await store.close();
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [MAIN, "serve", "--store", file, "--port", String(port), "--quiet"],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, OPENAI_API_KEY: "sk-test" } },
  );
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await once(child.stderr, "data");
  return { base: `http://127.0.0.1:${port}/console/`, key };
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("Key or link token").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForSelector("li.pool");
}

describe.skipIf(CHROMIUM === undefined)("the console of a gateway", () => {
  it("the console of a gateway makes and revokes keys, tests alerts, grants requests, and signs out", async () => {
    const { base, key } = await startGateway();
    const { page, see } = await openPage(base);
    await page.getByLabel("Key or link token").fill("tb_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This key or link is not valid").waitFor();
    await signIn(page, key);
    const dialog = page.getByRole("dialog");

    await see("keys");
    await page.getByRole("button", { name: "Make a key" }).click();
    await dialog.getByLabel("Pool", { exact: true }).fill("acme/search/new");
    await dialog.getByLabel("Name of").fill("new person");
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Make a key" }).click();
    await page.getByText("This key is shown once").waitFor();
    await page.locator("tr", { hasText: "new person" }).getByText("Revoke").click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await expect.poll(() => page.locator("tr", { hasText: "new person" }).count()).toBe(0);

    await see("alerts");
    await page.getByRole("button", { name: "Send alerts" }).click();
    await dialog.getByLabel("Address").fill("https://hooks.invalid/x");
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Send alerts there" }).click();
    await page.getByText("shown once").waitFor();
    await page.getByRole("button", { name: "Test" }).click();
    await page.getByText(/hooks\.invalid\/x: (?:failed|pending)/).waitFor();
    await page.getByRole("button", { name: "Remove" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Alerts go nowhere").waitFor();

    await see("requests");
    await page.getByRole("button", { name: "Ask for more" }).click();
    await dialog.getByLabel("Pool", { exact: true }).fill("acme/search/grace");
    await dialog.getByLabel("Dollars").fill("3");
    await dialog.getByLabel("Reason").fill("release day");
    await dialog.getByRole("button", { name: "Ask" }).click();
    await page.getByRole("button", { name: "Grant" }).click();
    await dialog.getByRole("button", { name: "Grant" }).click();
    await page.getByText(/granted until/).waitFor();
    await see("pool?path=acme%2Fsearch%2Fgrace");
    await page.getByText("Raised by $3.00").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Key or link token").waitFor();
    await page.goto(`${base}#/keys`);
    await page.getByLabel("Key or link token").waitFor();
  });

  it("the console of a gateway fits 320 px, and axe finds nothing in its pages", async () => {
    const { base, key } = await startGateway();
    const { page, see } = await openPage(base);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await violationsOf(page)).toEqual([]);
    await signIn(page, key);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      for (const view of ["pools", "keys", "alerts", "requests"]) {
        await see(view);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect([view, theme, wide, await violationsOf(page)]).toEqual([view, theme, 320, []]);
      }
    }
  });
});
