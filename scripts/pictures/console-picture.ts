// The picture of the console: a store with a day behind it, in a real browser.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { sqliteStore } from "token-budget/sqlite";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const CALLS = 24;
const SIZE = { width: 1120, height: 560 };
const PEOPLE = [
  { path: "acme/search/ada", cap: 10, used: 6.4, held: 0.9 },
  { path: "acme/search/grace", cap: 10, used: 9.3, held: 0.5 },
  { path: "acme/write/barbara", cap: 12, used: 3.1, held: 1.2 },
  { path: "acme/write/ken", cap: 15, used: 14.2, held: 0.6 },
  { path: "acme/nightly", cap: 8, used: 2.2, held: 0 },
] as const;

/** Fills a store, and takes the picture of its pools into a file. */
export async function drawConsole(program: string, folder: string, picture: string): Promise<void> {
  const file = join(folder, "console.db");
  const store = sqliteStore(file, { durability: "process crash" });
  await store.pool("acme", { caps: { usd: 60 }, window: "day" });
  await store.pool("acme/search", { caps: { usd: 25 }, window: "day" });
  await store.pool("acme/write", { caps: { usd: 20 }, window: "day" });
  // One after the other, for a picture that stays the same.
  /* oxlint-disable no-await-in-loop */
  for (const { path, cap, used, held } of PEOPLE) {
    const pool = await store.pool(path, { caps: { usd: cap }, window: "day", leaseMs: HOUR_MS });
    for (let call = 0; call < CALLS; call++)
      await pool.record(
        { usd: used / CALLS, tokens: 4000 },
        { model: "gpt-5.5", overage: "allow" },
      );
    if (held > 0) await pool.reserve({ usd: held });
  }
  /* oxlint-enable no-await-in-loop */
  await (await store.pool("acme/nightly")).freeze({ actor: "ops", reason: "runaway job" });
  const playground = await store.pool("playground", { caps: { tokens: 2_000_000 } });
  await playground.record({ tokens: 310_000, usd: 0.4 });
  const child = spawn(process.execPath, [program, "console", "--store", file, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [link]: unknown[] = await once(child.stdout, "data");
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  const args = ["--headless", "--no-sandbox", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: SIZE, deviceScaleFactor: 1.5 });
    await page.clock.setFixedTime(Math.floor(Date.now() / DAY_MS) * DAY_MS + 15 * HOUR_MS);
    await page.goto(String(link).trim());
    await page.waitForSelector("li.pool");
    await page.evaluate(() => document.querySelector(".who")?.replaceChildren("ada"));
    await page.screenshot({ path: picture });
  } finally {
    await browser.close();
    child.kill("SIGTERM");
    await store.close();
  }
}
