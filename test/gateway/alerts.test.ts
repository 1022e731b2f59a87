import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";

import { AlertSender } from "../../src/gateway/alerts/alert-sender.ts";
import { AlertTargets } from "../../src/gateway/alerts/alert-target.ts";
import { startProvider } from "../meter/provider.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const POLL = { pollMs: 10, retriesMs: [10, 10, 10] };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  return (server.address() as AddressInfo).port;
}

/** A receiver of webhooks, which answers with these statuses, and then with 200. */
async function startReceiver(statuses: number[] = []) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      received.push({ headers: request.headers, body: await textOf(request) });
      const status = statuses.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    })();
  });
  const port = await portOf(server);
  return { received, url: `http://127.0.0.1:${port}/hook` };
}

/** A server that takes mail. */
async function startMailServer() {
  const mails: string[] = [];
  const server = createTcpServer((socket) => {
    let text = "";
    let isData = false;
    socket.write("220 here\r\n");
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      text += piece.toString();
      for (;;) {
        const end = isData ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (isData ? 5 : 2));
        if (isData) {
          mails.push(line);
          isData = false;
          socket.write("250 taken\r\n");
        } else if (line.startsWith("EHLO")) socket.write("250-here\r\n250 AUTH PLAIN\r\n");
        else if (line.startsWith("AUTH"))
          socket.write(
            line.endsWith(Buffer.from("\0me\0p@ss").toString("base64"))
              ? "235 yes\r\n"
              : "535 no\r\n",
          );
        else if (line === "DATA") {
          isData = true;
          socket.write("354 go on\r\n");
        } else if (line === "QUIT") socket.end("221 bye\r\n");
        else socket.write("250 yes\r\n");
      }
    });
  });
  return { mails, url: `smtp://me:p%40ss@127.0.0.1:${await portOf(server)}` };
}

function started(store: BudgetStore, options = {}): AlertSender {
  const sender = new AlertSender(store, { ...POLL, ...options });
  sender.start();
  closing.push(() => sender.close());
  return sender;
}

/** Resolves once senders hear of what happens: they do from their beginning on. */
async function heard(store: BudgetStore, sender: AlertSender | undefined): Promise<void> {
  const { url } = await startReceiver();
  const { id } = await new AlertTargets(store).add(
    { channel: "webhook", to: url, subtree: "canary" },
    "ops",
  );
  const canary = await store.pool("canary");
  const sings = async (): Promise<boolean> => {
    await canary.freeze();
    await canary.thaw();
    return ((await sender?.deliveries()) ?? []).some(({ target }) => target === id);
  };
  await expect.poll(sings, { timeout: 20_000 }).toBe(true);
}

describe("alerts", () => {
  it("an alert is sent once for each threshold, whichever process crosses it and however many gateways run", async () => {
    const store = new BudgetStore(new MemoryStore());
    const { received, url } = await startReceiver([500, 503]);
    const target = await new AlertTargets(store).add(
      { channel: "webhook", to: url, subtree: "acme" },
      "ops",
    );
    const senders = [started(store), started(store), started(store)];
    const pool = await store.pool("acme/search", { caps: { usd: 1 } });
    await store.pool("other", { caps: { usd: 1 } });
    const [first] = senders;
    await heard(store, first);
    await (await store.pool("other")).record({ usd: 0.9 });
    for (let call = 0; call < 9; call++) await pool.record({ usd: 0.1 });
    const ofAcme = async () =>
      ((await first?.deliveries()) ?? []).filter((each) => each.target === target.id);
    const delivered = async () =>
      (await ofAcme()).filter(({ state }) => state === "delivered").length;
    await expect.poll(delivered, { timeout: 20_000 }).toBe(2);
    const deliveries = await ofAcme();
    expect(deliveries.map(({ text }) => text).toSorted()).toEqual([
      expect.stringMatching(/^Pool acme\/search has used 50 % of its cap: \$0\.[5-9]0 of \$1\.00$/),
      expect.stringMatching(/^Pool acme\/search has used 80 % of its cap: \$0\.[89]0 of \$1\.00$/),
    ]);
    expect(
      deliveries.flatMap(({ attempts }) => attempts.map(({ result }) => result)).toSorted(),
    ).toEqual(["status 200", "status 200", "status 500", "status 503"]);
    expect(received).toHaveLength(4);
    for (const { headers, body } of received) {
      const id = String(headers["webhook-id"]);
      const at = String(headers["webhook-timestamp"]);
      const key = Buffer.from((target.secret ?? "").slice(6), "base64");
      const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
      expect(JSON.parse(body)).toMatchObject({
        type: "budget.threshold",
        data: { pool: "acme/search" },
      });
    }
    // The same alert keeps its id, so that a receiver can drop what it has.
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });

  it("an alert is dropped after the last attempt, or at once if the receiver is gone, and never follows a redirect", async () => {
    const store = new BudgetStore(new MemoryStore());
    const sender = new AlertSender(store, POLL);
    const targets = new AlertTargets(store);
    const gone = await startReceiver([410]);
    const moved = await startReceiver([302, 302, 302, 302]);
    const results = [];
    for (const { url } of [gone, moved]) {
      const target = await targets.add({ channel: "webhook", to: url }, "ops");
      results.push(await sender.test(target));
    }
    expect(results.map(({ state, attempts }) => [state, attempts[0]?.result])).toEqual([
      ["failed", "status 410"],
      ["failed", "status 302"],
    ]);
    expect(moved.received).toHaveLength(1);
  });

  it("alerts reach Slack without markup, and mail with their text", async () => {
    const { received, url } = await startReceiver();
    const { mails, url: mail } = await startMailServer();
    const { ask, keyFor } = await startTestGateway(provider, {
      mail: { url: mail, from: "budget@example.com" },
    });
    const admin = await keyFor("admin", { role: "admin" });
    const json = { "content-type": "application/json" };
    const add = async (body: object) =>
      await jsonOf<{ id: string }>(
        await ask("/api/v1/alerts", admin, {
          method: "POST",
          body: JSON.stringify(body),
          headers: json,
        }),
      );
    const slack = await add({ channel: "slack", to: url, subtree: "users/<!channel>" });
    const post = await add({ channel: "email", to: "lead@example.com" });
    for (const { id } of [slack, post]) {
      const sent = await ask(`/api/v1/alerts/${id}/test`, admin, { method: "POST" });
      expect(await sent.json()).toMatchObject({ state: "delivered" });
    }
    expect(JSON.parse(received[0]?.body ?? "")).toEqual({
      text: "This is a test of token-budget's alerts",
    });
    expect(mails[0]).toContain("To: <lead@example.com>");
    const [, body = ""] = (mails[0] ?? "").split("\r\n\r\n");
    expect(Buffer.from(body, "base64").toString()).toBe(
      "This is a test of token-budget's alerts\r\n",
    );
    const { deliveries } = await jsonOf<{ deliveries: object[] }>(
      await ask("/api/v1/deliveries", admin),
    );
    expect(deliveries).toHaveLength(2);
    const hook = await jsonOf<{ id: string; secret?: string }>(
      await ask("/api/v1/alerts", admin, {
        method: "POST",
        body: JSON.stringify({ channel: "webhook", to: url }),
        headers: json,
      }),
    );
    expect(hook.secret).toMatch(/^whsec_/);
    expect(await (await ask("/api/v1/alerts", admin)).text()).not.toContain("whsec_");
    for (const to of [
      "http://169.254.169.254/",
      "file:///etc/passwd",
      "https://user:pass@host/",
      "a@b\r\nRCPT TO:<c@d>",
    ])
      for (const channel of ["webhook", "email"])
        expect(
          (
            await ask("/api/v1/alerts", admin, {
              method: "POST",
              body: JSON.stringify({ channel, to }),
              headers: json,
            })
          ).status,
        ).toBe(400);
    expect((await ask(`/api/v1/alerts/${hook.id}`, admin, { method: "DELETE" })).status).toBe(200);
    expect((await ask(`/api/v1/alerts/${hook.id}/test`, admin, { method: "POST" })).status).toBe(
      404,
    );
    expect((await ask("/api/v1/alerts", await keyFor("acme", { role: "lead" }))).status).toBe(403);
  });
});
