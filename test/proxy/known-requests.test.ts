import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { knownRequestsModule } from "../../src/meter/loaded-beside.ts";
import type { PoolSource } from "../../src/meter/metered-pool.ts";
import { readMeterOptions } from "../../src/meter/options.ts";
import { Connections } from "../../src/proxy/connections.ts";
import { Plan } from "../../src/proxy/plan.ts";
import { RequestCarrier } from "../../src/proxy/request-carrier.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1/chat/completions`;
}

/** Whether a carrier remembers a request that it has carried for a pool. */
async function remembers(pool: PoolSource): Promise<boolean> {
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
  const upstream = await listening((request, response) => {
    request.resume();
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ choices: [], usage }));
    });
  });
  const meter = readMeterOptions({ countTokens: false });
  const connections = new Connections(1000);
  const plan = new Plan({}, () => undefined);
  const limits = { bodyBytesMax: 100_000, idleTimeoutMs: 1000 };
  const carrier = new RequestCarrier({ connections, plan, ...limits });
  const errand = { pool, meter, upstream: "openai", url: new URL(upstream) };
  const url = await listening((request, response) => {
    void carrier.carry(request, response, errand);
  });
  await vi.waitFor(() => expect(knownRequestsModule()).toBeDefined());
  const messages = [{ role: "user", content: "Hello" }];
  const body = JSON.stringify({ model: "gpt-4o-mini", max_tokens: 10, messages });
  const answer = await fetch(url, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ usage });
  return knownRequestsModule()?.isKnownAddress(meter, `openai ${upstream}`) === true;
}

describe("requests that a proxy carries", () => {
  it("are remembered, unless their pool is found for each of them", async () => {
    const pool = new BudgetPool({ caps: { usd: 1 } });
    expect(await remembers(pool)).toBe(true);
    // As in the gateway, whose settings are those of a caller.
    expect(await remembers(() => pool)).toBe(false);
  });
});
