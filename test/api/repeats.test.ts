// Changes that are asked for again: through another process too, they are done once and answered as
// the first time.

import { describe, expect, it, onTestFinished } from "vitest";

import { Repeats } from "../../src/api/repeats.ts";
import type { ApiRoute } from "../../src/api/route.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { ApiClient, madeTree } from "./api-client.ts";

const HOUR = 3_600_000;
const ROUTE: ApiRoute = {
  method: "POST",
  path: "/things",
  summary: "Makes a thing",
  operation: "makeThing",
  role: "lead",
  answer: {},
  handle: () => Promise.resolve({}),
};

/** Processes over one store, whose clock is set by hand, and what they have done. */
function processes(store = new BudgetStore(new MemoryStore())) {
  const clock = { now: 1_000_000 };
  const done: string[] = [];
  const process = (): Repeats => new Repeats(store, () => clock.now);
  const ask = async (
    repeats: Repeats,
    { key = "key-1", body = "a", route = ROUTE, fails = false } = {},
  ): Promise<{ readonly status: number; readonly text: string }> => {
    const request = new Request("https://budget.example/api/v1/things", {
      method: "POST",
      headers: { "idempotency-key": key },
    });
    const access = { actor: "ada", role: "admin", subtree: "" } as const;
    const response = await repeats.once({ access, body, request }, route, (id = "") => {
      done.push(id);
      if (fails) return Promise.reject(new Error("the store is away"));
      return Promise.resolve(new Response(`thing ${done.length}`, { status: 201 }));
    });
    return { status: response.status, text: await response.text() };
  };
  return { clock, done, process, ask, store };
}

describe("a repeated change", () => {
  it("a repeated change is answered as the first time by any process, until a day is over", async () => {
    const { clock, done, process, ask } = processes();
    const first = await ask(process());
    expect(first).toEqual({ status: 201, text: "thing 1" });
    clock.now += 23 * HOUR;
    expect(await ask(process())).toEqual(first);
    await expect(ask(process(), { body: "b" })).rejects.toMatchObject({ status: 422 });
    expect(done).toHaveLength(1);
    clock.now += HOUR + 1;
    expect((await ask(process(), { body: "b" })).text).toBe("thing 2");
  });

  it("a repeated change runs in one process at a time, and again if that process died", async () => {
    const { clock, done, process, ask, store } = processes();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const request = new Request("https://budget.example/api/v1/things", {
      method: "POST",
      headers: { "idempotency-key": "key-1" },
    });
    const access = { actor: "ada", role: "admin", subtree: "" } as const;
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const slow = process().once({ access, body: "a", request }, ROUTE, async () => {
      begun();
      await gate;
      return new Response("slow", { status: 201 });
    });
    await isBegun;
    const other = ask(process());
    await expect(other).rejects.toMatchObject({ status: 409, code: "UNDER_WAY" });
    clock.now += 60_001;
    expect((await ask(process())).text).toBe("thing 1");
    go();
    expect((await slow).status).toBe(201);
    // What the other one has answered stays.
    expect((await ask(process())).text).toBe("thing 1");
    expect(done).toHaveLength(1);
    expect(await store.documents.list({ kind: "repeats", after: "", limit: 9 })).toHaveLength(1);
  });

  it("a change that failed can be tried again under the same id", async () => {
    const { done, process, ask } = processes();
    await expect(ask(process(), { fails: true })).rejects.toThrow("the store is away");
    expect((await ask(process())).status).toBe(201);
    expect(new Set(done).size).toBe(1);
    expect(done).toHaveLength(2);
  });

  it("a repeated change leaves no secret in the store", async () => {
    const { process, ask, store } = processes();
    const own = process();
    const route = { ...ROUTE, answersOnce: true };
    const first = await ask(own, { route });
    expect(await ask(own, { route })).toEqual(first);
    await expect(ask(process(), { route })).rejects.toMatchObject({ code: "ANSWERED_ONCE" });
    const [document] = await store.documents.list({ kind: "repeats", after: "", limit: 9 });
    expect(document?.text).not.toContain("thing");
  });

  it("a repeated change keeps its old answers for a limited time only", async () => {
    const { clock, process, ask, store } = processes();
    const own = process();
    for (let at = 0; at < 20; at++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await ask(own, { key: `key-${at}` });
    clock.now += 25 * HOUR;
    const kept = () => store.documents.list({ kind: "repeats", after: "", limit: 500 });
    for (let at = 0; at < 100; at++)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await ask(own, { key: `later-${at}` });
    expect((await kept()).length).toBeLessThan(112);
  });
});

it("one process makes a change, and another over the same file answers it", async () => {
  const file = temporaryFile("repeats.db");
  const [one, other] = [sqliteStore(file), sqliteStore(file)];
  onTestFinished(async () => {
    await Promise.all([one.close(), other.close()]);
  });
  await madeTree(one);
  const headers = { "idempotency-key": "delete-1" };
  const body = { reason: "it is over" };
  const ask = (store: BudgetStore) =>
    new ApiClient(store).ask("/pools/acme%2Fads/delete", { body, headers });
  const first = await ask(one);
  const second = await ask(other);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.text).toBe(first.text);
});
