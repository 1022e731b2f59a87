import { setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { ExchangeReport, MeteredFetchOptions } from "../../src/meter/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { PoolSource } from "../../src/meter/metered-pool.ts";
import { knownRequestsModule } from "../../src/meter/loaded-beside.ts";
import { priceBook } from "../../src/prices/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import type { Outcome } from "../../src/stores/contract/command.ts";
import { collectGarbage, heapInUse } from "../support/heap.ts";

const URL_OF_CHAT = "https://api.openai.com/v1/chat/completions";

/** Resolves once requests can be remembered. */
async function loaded(): Promise<void> {
  await vi.waitFor(() => expect(knownRequestsModule()).toBeDefined());
}

function postOf(content: string, others: object = {}): RequestInit {
  const messages = [{ role: "user", content }];
  return {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o-mini", max_tokens: 10, ...others, messages }),
  };
}

/** A meter that has seen a request, and how often it has forwarded one. */
async function remembering(
  pool: PoolSource,
  options: MeteredFetchOptions = {},
): Promise<{ readonly fetched: typeof fetch; readonly forwarded: () => number }> {
  await loaded();
  let times = 0;
  const fetched = meteredFetch(pool, {
    countsBytesMax: 0,
    countTokens: false,
    ...options,
    fetch: () => {
      times++;
      const usage = { prompt_tokens: 3, completion_tokens: 5 };
      return Promise.resolve(Response.json({ choices: [], usage }));
    },
  });
  await (await fetched(URL_OF_CHAT, postOf("the first"))).text();
  return { fetched, forwarded: () => times };
}

describe("a call after one that it is like", () => {
  it("is made in the turn of the event loop in which it was called", async () => {
    const { fetched, forwarded } = await remembering(new BudgetPool({ caps: { usd: 1 } }));
    const answer = fetched(URL_OF_CHAT, postOf("another"));
    expect(forwarded()).toBe(2);
    await (await answer).text();
  });

  it("rejects, and never throws, where its arguments cannot be read", async () => {
    const { fetched, forwarded } = await remembering(new BudgetPool({ caps: { usd: 1 } }));
    const none: unknown = null;
    const withoutHeaders: object = { ...postOf("another"), headers: none };
    await (await fetched(URL_OF_CHAT, withoutHeaders)).text();
    await (await fetched("https://api.openai.com/v1/models", none as RequestInit)).text();
    expect(forwarded()).toBe(3);
    const unreadable: RequestInit = {
      method: "POST",
      get body(): string {
        throw new RangeError("the body is gone");
      },
    };
    await expect(fetched(URL_OF_CHAT, unreadable)).rejects.toThrow("the body is gone");
  });

  it("is refused once its model has no price any more", async () => {
    let isGone = false;
    const prices = {
      find: priceBook.find.bind(priceBook),
      findOwn: () => undefined,
      findListed: (name: string) => (isGone ? undefined : priceBook.findListed(name)),
      asOf: priceBook.asOf,
    };
    const asBook: unknown = { ...prices, find: (name: string) => prices.find(`${name}-gone`) };
    const pool = new BudgetPool({ caps: { usd: 1 } });
    const { fetched } = await remembering(pool, { prices: asBook as typeof priceBook });
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      isGone = true;
      vi.advanceTimersByTime(1_000_000_000);
      const answer = await fetched(URL_OF_CHAT, postOf("another"));
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("No price is known");
      expect(pool.snapshot().openReservations).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("calls that are alike, and made at once", () => {
  it("stay within the cap, and leave no hold, whatever becomes of them", async () => {
    const pool = new BudgetPool({ caps: { tokens: 20_000 } });
    const { fetched } = await remembering(pool, { wait: false });
    const init = postOf("long ".repeat(200));
    const before = pool.snapshot().used.calls;
    const answers = Array.from({ length: 64 }, async (_, at) => {
      const gone = new AbortController();
      if (at % 8 === 0) gone.abort(new Error("gone"));
      const answer = fetched(URL_OF_CHAT, { ...init, signal: gone.signal });
      const { used, reserved } = pool.snapshot();
      expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(20_000);
      try {
        const { status, body } = await answer;
        await body?.cancel();
        return status;
      } catch {
        return 0;
      }
    });
    const statuses = await Promise.all(answers);
    const ofGone = statuses.filter((_, at) => at % 8 === 0);
    expect(ofGone).not.toContain(200);
    expect(ofGone).toContain(0);
    const made = statuses.filter((status) => status === 200).length;
    expect(made).toBeGreaterThan(10);
    expect(statuses.filter((status) => status === 402).length).toBeGreaterThan(10);
    const { openReservations, used } = pool.snapshot();
    expect([openReservations, used.calls - before]).toEqual([0, made]);
  });
});

describe("what a call teaches", () => {
  it("stands for the account that it was made with, whatever its headers become", async () => {
    const pool = new BudgetPool({ caps: { tokens: 12_000 } });
    const { fetched } = await remembering(pool, { countsBytesMax: undefined, wait: false });
    const headers = new Headers({ authorization: "Bearer one" });
    const init = { ...postOf("a longer text ".repeat(300)), headers };
    const answer = await fetched(URL_OF_CHAT, init);
    headers.set("authorization", "Bearer another");
    await answer.text();
    // What a call teaches is learned beside the calls that follow.
    await setTimeout(50);
    pool.configure({ caps: { tokens: 1000 } });
    const statuses: number[] = [];
    for (const account of ["another", "one"]) {
      headers.set("authorization", `Bearer ${account}`);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status } = await fetched(URL_OF_CHAT, init);
      statuses.push(status);
    }
    expect(statuses).toEqual([402, 200]);
  });
});

/** A store whose answers to holds are lost, from some time on. */
class LosingStore extends MemoryStore {
  isLosing = false;
  readonly asked = new Set<string>();

  override async execute(
    ...given: Parameters<MemoryStore["execute"]>
  ): Promise<readonly Outcome[]> {
    const outcomes = await super.execute(...given);
    if (!this.isLosing) return outcomes;
    for (const command of given[1]) if (command.kind === "grant") this.asked.add(command.id);
    throw new Error("the answer was lost");
  }
}

describe("a pool that fails", () => {
  it("is not asked a second time, and its error is the answer", async () => {
    const memory = new LosingStore();
    const store = new BudgetStore(memory, { timeoutMs: 50 });
    const pool = await store.pool("run", { caps: { usd: 1 } });
    const reports: ExchangeReport[] = [];
    const { fetched, forwarded } = await remembering(pool, {
      onExchange: (report) => reports.push(report),
    });
    memory.isLosing = true;
    const answer = await fetched(URL_OF_CHAT, postOf("another"));
    expect([answer.status, forwarded(), memory.asked.size]).toEqual([503, 1, 1]);
    expect(reports.map(({ outcome, pool: path }) => [outcome, path])).toEqual([
      ["used", "run"],
      ["refused", "run"],
    ]);
    memory.isLosing = false;
    await store.close();
  });
});

describe("the memory of a meter", () => {
  it("has no turns of the requests that it remembers", async () => {
    const { fetched } = await remembering(new BudgetPool({ caps: { usd: 1000 } }));
    const before = heapInUse();
    for (let user = 0; user < 8; user++) {
      const init = postOf("x".repeat(1_000_000) + String(user), { user: String(user) });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await (await fetched(URL_OF_CHAT, init)).text();
    }
    await collectGarbage();
    expect(heapInUse() - before).toBeLessThan(2_000_000);
  });

  it("remembers a request with very many turns, and never at the cost of its call", async () => {
    const pool = new BudgetPool({ caps: { usd: 1000 } });
    const { fetched, forwarded } = await remembering(pool);
    const messages = Array.from({ length: 200_000 }, () => ({ role: "user", content: "x" }));
    const body = JSON.stringify({ model: "gpt-4o-mini", max_tokens: 10, user: "many", messages });
    const answer = await fetched(URL_OF_CHAT, { method: "POST", body });
    await answer.text();
    expect([answer.status, pool.snapshot().openReservations]).toEqual([200, 0]);
    const another = fetched(URL_OF_CHAT, postOf("another", { user: "many" }));
    expect(forwarded()).toBe(3);
    await (await another).text();
  });

  it("has one place for requests that are alike, and were made at once", async () => {
    const { fetched, forwarded } = await remembering(new BudgetPool({ caps: { usd: 1000 } }));
    const made = Array.from({ length: 8 }, async () => {
      await (await fetched(URL_OF_CHAT, postOf("others", { user: "another" }))).text();
    });
    await Promise.all(made);
    const answer = fetched(URL_OF_CHAT, postOf("another"));
    expect(forwarded()).toBe(10);
    await (await answer).text();
  });
});
