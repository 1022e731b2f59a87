// Draws the pictures of the README from what the programs really print: `npm run pictures`.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { sqliteStore } from "token-budget/sqlite";

import { inTerminal } from "../../test/cli/terminal.ts";
import { drawConsole } from "./console-picture.ts";
import { lastScreen, terminalPicture } from "./terminal-picture.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const WATCHED_MS = 9000;
const POOLS = [
  { path: "daily", cap: 20, used: 6.4, perCall: 0.06, held: 1.2 },
  { path: "acme/search", cap: 5, used: 4.1, perCall: 0.004, held: 0.35 },
  { path: "acme/write", cap: 5, used: 0.92, perCall: 0.011, held: 0.6 },
  { path: "nightly", cap: 2, used: 2, perCall: 0, held: 0 },
] as const;

async function drawStart(): Promise<void> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["examples/metered/main.ts", "--seed", "7"],
    { cwd: root, env: { ...process.env, FORCE_COLOR: "1" } },
  );
  await draw("start", "What npm start prints", `$ npm start\n${stdout}`);
}

async function drawTop(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "token-budget-pictures-"));
  const file = join(folder, "budgets.db");
  const store = sqliteStore(file);
  try {
    await store.pool("acme", { caps: { usd: 8 } });
    const spenders = await Promise.all(
      POOLS.map(async ({ path, cap, used, perCall, held }) => {
        const pool = await store.pool(path, { caps: { usd: cap } });
        await pool.record({ usd: used });
        if (held > 0) await pool.reserve({ usd: held });
        return { pool, perCall };
      }),
    );
    const watched = inTerminal(
      ["top", "--store", file],
      [{ waitMs: WATCHED_MS }, { type: "q" }],
      {},
    );
    const until = performance.now() + WATCHED_MS;
    while (performance.now() < until) {
      // oxlint-disable-next-line no-await-in-loop -- one round of calls a second
      await Promise.all(spenders.map(({ pool, perCall }) => pool.tryRecord({ usd: perCall })));
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(1000);
    }
    await draw("top", "What token-budget top shows", lastScreen((await watched).text));
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

async function drawBrowser(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "token-budget-pictures-"));
  try {
    const picture = join(root, "docs/pictures/console.png");
    await drawConsole(join(root, "dist/cli/main.js"), folder, picture);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function draw(name: string, title: string, text: string): Promise<void> {
  await writeFile(join(root, `docs/pictures/${name}.svg`), terminalPicture(title, text));
}

await drawStart();
await drawTop();
await drawBrowser();
