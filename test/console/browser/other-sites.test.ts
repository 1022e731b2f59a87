// Pages of other origins, in a browser that is signed in to the console: what they try, and what comes
// of it.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";

import { sqliteStore } from "../../../src/sqlite/index.ts";
import { temporaryFile } from "../../support/temporary-file.ts";
import { CHROMIUM, openConsole, REBOUND_NAME } from "./open-console.ts";

/** Serves an empty page on a port of its own, and returns the port. */
async function startHostile(): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>hostile</title><body></body>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  return (server.address() as AddressInfo).port;
}

/** Runs in the hostile page: each way in which it may reach the console. */
async function attack(base: string): Promise<readonly string[]> {
  const body = JSON.stringify({ by: { usd: 1000 }, reason: "attack" });
  const raise = `${base}api/v1/pools/team/raise`;
  const tried = async (name: string, ask: () => Promise<Response>): Promise<string> => {
    try {
      const response = await ask();
      return `${name}: ${response.type} ${response.status} ${await response.text()}`;
    } catch {
      return `${name}: failed`;
    }
  };
  const credentials = "include";
  const json = { "content-type": "application/json" };
  const found = [
    await tried("read", () => fetch(`${base}api/v1/pools`, { credentials })),
    await tried("read without CORS", () =>
      fetch(`${base}api/v1/pools`, { credentials, mode: "no-cors" }),
    ),
    await tried("JSON", () => fetch(raise, { method: "POST", credentials, headers: json, body })),
    await tried("plain text", () =>
      fetch(raise, { method: "POST", credentials, mode: "no-cors", body }),
    ),
    await tried("sign-out", () =>
      fetch(`${base}session/end`, { method: "POST", credentials, mode: "no-cors" }),
    ),
  ];
  return found;
}

/** Runs in the hostile page: a form, which needs no permission to be sent. */
function submitForm(raise: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = raise;
  form.enctype = "text/plain";
  const field = document.createElement("input");
  field.name = '{"by":{"usd":1000},"reason":"attack","x":"';
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  form.submit();
}

/** Runs in the hostile page: the console in a frame, for clicks that are led to it. */
function embed(base: string): void {
  const frame = document.createElement("iframe");
  frame.src = base;
  document.body.append(frame);
}

describe.skipIf(CHROMIUM === undefined)("pages of other sites", () => {
  it("pages of other ports and names read nothing of the console, and change nothing", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const pool = await store.pool("team", { caps: { usd: 5 } });
    const { page, base } = await openConsole(file);
    await page.waitForSelector("li.pool");
    const port = await startHostile();
    // Another port of the same host is the same site: its requests have the cookie.
    for (const host of ["127.0.0.1", "localhost"]) {
      // oxlint-disable-next-line no-await-in-loop -- one page, one after the other
      await page.goto(`http://${host}:${port}/`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const found = await page.evaluate(attack, base);
      expect([host, ...found]).toEqual([
        host,
        "read: failed",
        "read without CORS: failed",
        "JSON: failed",
        "plain text: failed",
        "sign-out: failed",
      ]);
      const raise = `${base}api/v1/pools/team/raise`;
      const sent = page.waitForResponse(raise);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.evaluate(submitForm, raise);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await sent).status()).toBe(403);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.waitForURL(raise);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.goto(`http://${host}:${port}/`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.evaluate(embed, base);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
    }
    expect((await pool.snapshot()).caps.usd).toBe(5);
    expect(await pool.changes()).toEqual([]);
    // The session has outlived all of it.
    await page.goto(base);
    await page.waitForSelector("li.pool");
    await store.close();
  });

  it("a name that leads to this machine (DNS rebinding) gets nothing of the console", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    await store.pool("team", { caps: { usd: 5 } });
    const { page, base } = await openConsole(file);
    await page.waitForSelector("li.pool");
    const { port } = new URL(base);
    for (const path of ["", "api/v1/pools", "api/v1/access"]) {
      // oxlint-disable-next-line no-await-in-loop -- one page, one after the other
      const answer = await page.goto(`http://${REBOUND_NAME}:${port}/${path}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect([path, answer?.status(), await answer?.text()]).toEqual([
        path,
        421,
        "This console answers under its own address only\n",
      ]);
    }
    const read = await page.evaluate(async () => (await fetch("/api/v1/pools")).status);
    expect(read).toBe(421);
    await store.close();
  });
});
