// Who has a subtree sees nothing of another, and changes nothing there.

import { describe, expect, it } from "vitest";

import { madeClient } from "./api-client.ts";

const POOL = "/pools/acme%2Fsearch%2Fsam";
const reason = "tests";

describe("another subtree", () => {
  const OTHERS = ["acme", "acme/ads", "acme/searching", "other"];

  it("another subtree is not seen or changed by a lead or a member", async () => {
    const client = await madeClient();
    await client.store.pool("acme/searching");
    await client.store.pool("other");
    for (const as of ["lead", "self"]) {
      for (const path of OTHERS) {
        const at = encodeURIComponent(path);
        for (const ask of [
          `/pools/${at}`,
          `/pools/${at}/burn-down`,
          `/pools?below=${at}`,
          `/events?below=${at}`,
          `/ledger?pool=${at}`,
          `/sums?pool=${at}&by=model`,
          `/changes?pool=${at}`,
          `/holds?pool=${at}`,
          `/refusals?pool=${at}`,
        ]) {
          const { status, text } = await client.ask(ask, { as });
          expect([ask, status]).toEqual([ask, 404]);
          // Whether it exists is not revealed.
          const none = await client.ask(ask.replaceAll(at, "nothing"), { as });
          expect(none.text).toBe(text.replaceAll(path, "nothing"));
        }
        const made = await client.ask("/pools", { as, body: { path: `${path}/x`, reason } });
        expect(made.status).toBe(as === "lead" ? 404 : 403);
        for (const change of ["freeze", "thaw", "reset", "delete"]) {
          const asked = await client.ask(`/pools/${at}/${change}`, { as, body: { reason } });
          expect(asked.status).toBe(as === "lead" ? 404 : 403);
        }
      }
    }
    const { body } = await client.ask("/pools", { as: "lead" });
    expect(body["pools"].map(({ path }: { path: string }) => path)).toEqual([
      "acme/search",
      "acme/search/sam",
    ]);
    expect((await client.ask("/ledger", { as: "self" })).body["entries"]).toHaveLength(2);
  });

  it("another subtree has its figures hidden in refusals by a level above", async () => {
    const client = await madeClient();
    await (await client.store.pool("acme")).configure({ caps: { usd: 17 } });
    const search = await client.store.pool("acme/search");
    expect(await search.tryReserve({ usd: 30 })).toBeUndefined();
    const { body } = await client.ask("/refusals", { as: "lead" });
    const refusal = (await client.ask("/refusals?pool=acme")).body["refusals"][0];
    expect(refusal).toMatchObject({ pool: "acme", askedPool: "acme/search", cap: 17 });
    expect(body["refusals"][0]).toMatchObject({ pool: "acme", askedPool: "acme/search" });
    for (const figure of ["attempted", "used", "reserved", "cap", "remaining"])
      expect(body["refusals"][0]).not.toHaveProperty(figure);
    expect(body["counts"]).toEqual([]);
  });

  it("another subtree is not reached through paths that look like the caller's own", async () => {
    const client = await madeClient();
    for (const path of [
      "acme/search/../ads",
      "acme/search/sam/../../ads",
      "acme//ads",
      "/acme/ads",
      "acme/search%2F..%2F..",
      "acme/ads\u0000acme/search",
    ]) {
      const { status } = await client.ask(`/pools/${encodeURIComponent(path)}`, { as: "lead" });
      expect([path, status < 500 && status >= 400]).toEqual([path, true]);
    }
    // A hold of another team, named with a pool of one's own.
    const ads = await client.store.pool("acme/ads");
    await ads.reserve({ usd: 1 }, { id: "theirs" });
    const ended = await client.ask(`${POOL}/holds/theirs/end`, { as: "lead", body: { reason } });
    expect(ended.status).toBe(404);
    await ads.record({ usd: 1 }, { id: "their-call" });
    const body = { actual: { usd: 0 }, reason };
    const amended = await client.ask(`${POOL}/entries/their-call/amend`, { as: "lead", body });
    expect(amended.status).toBe(404);
    expect((await ads.snapshot()).reserved.usd).toBe(1);
  });

  it("a pool of another subtree that binds from above is shown by its path, without figures", async () => {
    const client = await madeClient();
    await (await client.store.pool("acme")).configure({ caps: { usd: 17 } });
    const { body } = await client.ask(POOL, { as: "lead" });
    expect(body["pool"].binding).toEqual({ path: "acme", axis: "usd", frozen: false });
    expect(body["ancestors"].map(({ path }: { path: string }) => path)).toEqual(["acme/search"]);
    expect(JSON.stringify(body)).not.toMatch(/\b17\b/);
  });
});
