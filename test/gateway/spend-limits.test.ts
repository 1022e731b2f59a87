import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { startTestGateway } from "./gateways.ts";

const provider = await startProvider();

describe("Anthropic's API of spend limits, by its own client", () => {
  it("Anthropic's client sets, reads, lists and deletes the caps of pools, each within its subtree", async () => {
    const { store, gateway, keyFor } = await startTestGateway(provider);
    const client = (apiKey: string) =>
      new Anthropic({ apiKey, baseURL: gateway.url, maxRetries: 0 });
    const admin = client(await keyFor("admin", { role: "admin", name: "root" }));
    const lead = client(await keyFor("acme", { role: "lead", name: "lead" }));
    const { spendLimits } = admin.beta.organization;
    const scope = { type: "user" as const, user_id: "acme/ada" };
    const set = await spendLimits.set({ amount: "50000", scope, period: "daily" });
    expect(set).toMatchObject({ type: "spend_limit", amount: "50000", period: "daily", scope });
    const ada = await store.pool("acme/ada");
    expect(await ada.snapshot()).toMatchObject({ caps: { usd: 500 } });
    await store.pool("acme", { caps: { usd: 20 }, window: "month" }).catch(() => undefined);
    await (await store.pool("acme")).configure({ caps: { usd: 20 }, window: "month" });
    await ada.record({ usd: 12.34 });
    expect(await spendLimits.retrieve(set.id)).toMatchObject({ id: set.id, amount: "50000" });
    const listed = [];
    for await (const limit of spendLimits.list()) listed.push(limit.scope);
    expect(listed).toEqual([{ type: "user", user_id: "acme" }, scope]);
    const effective = [];
    for await (const each of lead.beta.organization.spendLimits.effective.list())
      effective.push(each);
    // The pot of the team leaves less than her own cap.
    expect(effective[1]).toMatchObject({
      amount: "2000",
      period: "monthly",
      period_to_date_spend: "1234",
      scope,
      source: { type: "user", user_id: "acme" },
    });
    const outside = { type: "user" as const, user_id: "other/bob" };
    await expect(
      lead.beta.organization.spendLimits.set({ amount: "1", scope: outside }),
    ).rejects.toThrow(/404/);
    await expect(spendLimits.set({ amount: "1.5", scope })).rejects.toThrow(/400/);
    const member = client(await keyFor("acme/ada"));
    await expect(member.beta.organization.spendLimits.retrieve(set.id)).rejects.toThrow(/403/);
    expect(await spendLimits.delete(set.id)).toEqual({ id: set.id, type: "spend_limit_deleted" });
    expect((await ada.snapshot()).caps).toEqual({});
    const audit = await admin.get<{ data: { actor: string }[] }>(
      "/v1/organizations/spend_limits/audit",
    );
    expect(audit.data.map(({ actor }) => actor)).toContain("root");
  });
});
