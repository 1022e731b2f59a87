// A gateway over the store that is shown, with people, keys, alerts and requests; its clock stands
// still with that of the store.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";

import { AlertTargets } from "../../../src/gateway/alerts/alert-target.ts";
import { IncreaseRequests } from "../../../src/gateway/increase-requests.ts";
import { KeyStore } from "../../../src/gateway/key-store.ts";
import { sqliteStore } from "../../../src/sqlite/index.ts";
import type { BudgetStore } from "../../../src/stores/index.ts";
import { freePort } from "../../support/servers.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { makeShownStore, NOW } from "./shown-store.ts";

const MAIN = join(import.meta.dirname, "../../../dist/cli/main.js");
const FIXED_DATE = join(import.meta.dirname, "fixed-date.ts");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Makes the keys, and returns that of the administrator. */
async function makeKeys(store: BudgetStore, at: (hoursAgo: number) => void): Promise<string> {
  const keys = new KeyStore(store);
  at(200);
  const { key } = await keys.create({ pool: "acme", name: "lin", role: "admin" }, "ops");
  at(120);
  await keys.create({ pool: "acme/search/ada", name: "ada" }, "lin");
  at(119);
  const ken = { pool: "acme/write/ken", name: "ken", role: "lead", subtree: "acme/write" } as const;
  await keys.create(ken, "lin");
  at(72);
  const lost = await keys.create({ pool: "acme/search/grace", name: "grace" }, "lin");
  at(30);
  await keys.revoke(lost.record.id, "lin");
  const expiresAt = NOW + 30 * DAY_MS;
  await keys.create({ pool: "acme/search/grace", name: "grace", expiresAt }, "lin");
  return key;
}

async function makeRest(store: BudgetStore, at: (hoursAgo: number) => void): Promise<void> {
  const targets = new AlertTargets(store);
  at(100);
  const slack = await targets.add({ channel: "slack", to: "https://hooks.invalid/team" }, "lin");
  await sent(store, slack.id, { pool: "acme/search/grace", kind: "threshold", ageMs: HOUR_MS });
  await sent(store, slack.id, { pool: "acme/nightly", kind: "frozen", ageMs: 5 * HOUR_MS });
  const requests = new IncreaseRequests(store);
  at(50);
  const wanted = { usd: 20, reason: "a long migration" };
  const { id } = await requests.ask("acme/write/ken", "ken", wanted);
  await requests.decide(id, { isGranted: false, actor: "lin", note: "next week" });
  at(2);
  const tonight = { usd: 5, hours: 8, reason: "the release is tonight" };
  await requests.ask("acme/search/grace", "grace", tonight);
}

/** An alert that was delivered. */
async function sent(
  store: BudgetStore,
  target: string,
  { pool, kind, ageMs }: { readonly pool: string; readonly kind: string; readonly ageMs: number },
): Promise<void> {
  const at = NOW - ageMs;
  const text = kind === "frozen" ? `${pool} is frozen` : `${pool} has used 90% of its dollars`;
  const id = `event_${pool}`;
  const attempts = [{ at, result: "200" }];
  const delivery = { id, target, pool, kind, text, at, state: "delivered", attempts, event: {} };
  const { documents } = store;
  await documents.replace("alert-deliveries", id, undefined, JSON.stringify(delivery));
}

/** Starts it; its console has the address `base`, and lets in the administrator with `key`. */
export async function startShownGateway(): Promise<{
  readonly base: string;
  readonly key: string;
}> {
  const file = temporaryFile("budgets.db");
  await makeShownStore(file);
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  const at = (hoursAgo: number): void => void vi.setSystemTime(NOW - hoursAgo * HOUR_MS);
  const store = sqliteStore(file, { durability: "process crash" });
  const key = await makeKeys(store, at);
  await makeRest(store, at);
  await store.close();
  vi.useRealTimers();
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["--import", FIXED_DATE, MAIN, "serve", "--store", file, "--port", String(port), "--quiet"],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, OPENAI_API_KEY: "sk-test", FIXED_NOW: String(NOW) },
    },
  );
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await once(child.stderr, "data");
  return { base: `http://127.0.0.1:${port}/console/`, key };
}
