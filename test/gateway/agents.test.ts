import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();

interface Reply {
  readonly id: number;
  readonly result: {
    readonly protocolVersion: string;
    readonly tools: readonly { readonly name: string }[];
    readonly isError: boolean;
    readonly structuredContent: Readonly<Record<string, unknown>>;
    readonly content: readonly { readonly text: string }[];
  };
  readonly error: { readonly code: number };
}

describe("agents that look before they leap, over MCP", () => {
  it("agents over MCP read the remaining budget of their key, and request an increase", async () => {
    const { store, ask, keyFor } = await startTestGateway(provider);
    const key = await keyFor("users/ada", { name: "ada" });
    const lead = await keyFor("users", { role: "lead", name: "lead" });
    let id = 0;
    const send = async (method: string, params: object = {}) =>
      await jsonOf<Reply>(
        await ask("/mcp", key, {
          method: "POST",
          body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }),
          headers: { accept: "application/json, text/event-stream" },
        }),
      );
    const greeted = await send("initialize", { protocolVersion: "2025-03-26" });
    expect(greeted.result.protocolVersion).toBe("2025-03-26");
    const notified = {
      method: "POST",
      body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    };
    expect((await ask("/mcp", key, notified)).status).toBe(202);
    expect((await send("tools/list")).result.tools.map(({ name }) => name)).toEqual([
      "budget_status",
      "budget_request",
    ]);
    const status = await send("tools/call", { name: "budget_status" });
    expect(status.result.structuredContent).toMatchObject({
      pool: "users/ada",
      limits: { usd: { cap: 1, remaining: 1 } },
    });
    const wanted = { usd: 20, hours: 12, reason: "the release" };
    const asked = await send("tools/call", { name: "budget_request", arguments: wanted });
    expect(asked.result.structuredContent).toMatchObject({
      state: "open",
      pool: "users/ada",
      usd: 20,
    });
    // Asked again, it is the same request.
    const again = await send("tools/call", { name: "budget_request", arguments: wanted });
    expect(again.result.structuredContent["id"]).toBe(asked.result.structuredContent["id"]);
    for (const bad of [
      { usd: -1, reason: "x" },
      { usd: 1, reason: " " },
      { usd: "1", reason: "x" },
      {},
    ]) {
      const refused = await send("tools/call", { name: "budget_request", arguments: bad });
      expect([refused.result.isError, refused.result.content[0]?.text]).toEqual([
        true,
        expect.stringMatching(/^Expected /),
      ]);
    }
    expect((await send("tools/call", { name: "budget_reset" })).error.code).toBe(-32_602);
    expect((await send("resources/list")).error.code).toBe(-32_601);
    expect((await ask("/mcp", key)).status).toBe(405);
    expect((await ask("/mcp", key, { method: "POST", body: "[" })).status).toBe(400);
    const { requests } = await jsonOf<{ requests: { id: string }[] }>(
      await ask("/api/v1/requests?state=open", lead),
    );
    expect(requests).toHaveLength(1);
    const granted = await ask(`/api/v1/requests/${requests[0]?.id}/grant`, lead, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(granted.status).toBe(200);
    expect((await (await store.pool("users/ada")).snapshot()).raises).toMatchObject([
      { by: { usd: 20 } },
    ]);
    expect((await (await store.pool("users/ada")).snapshot()).caps.usd).toBe(21);
  });
});
