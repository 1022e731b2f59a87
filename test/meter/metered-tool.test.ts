import { describe, expect, it } from "vitest";

import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import { meteredTool } from "../../src/meter/index.ts";

function pool(usd = 0.01): BudgetPool {
  return new BudgetPool({ caps: { usd } });
}

describe("meteredTool", () => {
  it("meteredTool holds the fee before the call, books it after, and refuses a call that does not fit", async () => {
    const budget = pool();
    const calls: string[] = [];
    const search = meteredTool(budget, { fee: { usd: 0.004 } })(async (query: string) => {
      expect(budget.snapshot().reserved.usd).toBe(0.004);
      calls.push(query);
      return [query];
    });
    expect(await search("one")).toEqual(["one"]);
    expect(await search("two")).toEqual(["two"]);
    await expect(search("three")).rejects.toBeInstanceOf(BudgetExceeded);
    expect(calls).toEqual(["one", "two"]);
    expect(budget.snapshot().used).toMatchObject({ usd: 0.008, calls: 2 });
    expect(budget.snapshot().openReservations).toBe(0);
  });

  it("meteredTool books what a result reports as its cost", async () => {
    const budget = pool();
    const search = meteredTool(budget, {
      fee: { usd: 0.01 },
      charged: (result) => ({ usd: Reflect.get(Object(result), "costDollars") }),
    })(async () => ({ costDollars: 0.003 }));
    await search();
    expect(budget.snapshot().used.usd).toBe(0.003);
  });

  it("meteredTool books the fee where the cost of the result is not an amount", async () => {
    const budget = pool();
    const search = meteredTool(budget, {
      fee: { usd: 0.002 },
      charged: () => ({ usd: Number.NaN }),
    })(async () => "found");
    expect(await search()).toBe("found");
    expect(budget.snapshot().used.usd).toBe(0.002);
  });

  it("meteredTool books a failure unless failures are free, and passes it to the caller", async () => {
    const fails = (): Promise<never> => Promise.reject(new Error("timed out"));
    const [paid, free] = [pool(), pool()];
    await expect(meteredTool(paid, { fee: { usd: 0.004 } })(fails)()).rejects.toThrow("timed out");
    expect(paid.snapshot().used.usd).toBe(0.004);
    const tool = meteredTool(free, { fee: { usd: 0.004 }, failuresAreFree: true })(fails);
    await expect(tool()).rejects.toThrow("timed out");
    expect(free.snapshot()).toMatchObject({ used: { usd: 0 }, openReservations: 0 });
  });

  it("meteredTool wraps a client of the Model Context Protocol, a fee for each tool", async () => {
    class Client {
      readonly #calls: string[] = [];
      async callTool({ name }: { readonly name: string }): Promise<string> {
        this.#calls.push(name);
        return name;
      }
      listTools(): readonly string[] {
        return this.#calls;
      }
    }
    const budget = pool();
    const client = meteredTool(budget, {
      fee: ({ name }) => (name === "search" ? { usd: 0.006 } : undefined),
    })(new Client());
    expect(await client.callTool({ name: "time" })).toBe("time");
    expect(await client.callTool({ name: "search" })).toBe("search");
    await expect(client.callTool({ name: "search" })).rejects.toBeInstanceOf(BudgetExceeded);
    expect(client.listTools()).toEqual(["time", "search"]);
    expect(budget.snapshot().used).toMatchObject({ usd: 0.006, calls: 1 });
  });

  it("meteredTool explains invalid arguments", () => {
    // @ts-expect-error -- what JavaScript may pass
    expect(() => meteredTool(pool(), {})).toThrow(TypeError);
    // @ts-expect-error -- what JavaScript may pass
    expect(() => meteredTool(pool(), { fee: { usd: 1 } })("search")).toThrow("callTool");
  });
});
