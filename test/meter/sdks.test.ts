import { beforeEach, describe, expect, it, vi } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { collectGarbage } from "../support/heap.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";
import { CLIENTS } from "./clients.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

for (const [name, make] of CLIENTS) {
  describe(`with ${name}`, () => {
    let pool: BudgetPool;
    let reports: ExchangeReport[];
    let requests: number;
    let fetched: number;

    beforeEach(async () => {
      pool = new BudgetPool({ caps: { usd: 5, tokens: 10_000_000 } });
      reports = [];
      requests = 0;
      fetched = 0;
    });

    const client = (retries = 0): ReturnType<typeof make> => {
      const metered = meteredFetch(pool, {
        onExchange: (report) => reports.push(report),
        fetch: (...request) => {
          requests++;
          return provider.fetch(...request);
        },
      });
      return make((...request) => {
        fetched++;
        return metered(...request);
      }, retries);
    };

    it("whole answers: the books equal the bill", async () => {
      for (let turn = 0; turn < 5; turn++) {
        expect(await client().whole(`How are you, ${turn}?`)).not.toBe("");
      }
      expect(requests).toBe(5);
      await expectEqualBooks(pool, provider);
    });

    it("streams: the books equal the bill, and the text is that of the provider", async () => {
      provider.behave(() => ({ text: "Words with é and 字 in pieces of any length. ".repeat(9) }));
      const text = await textOf(client().stream("Tell me!"));
      expect(text).toBe("Words with é and 字 in pieces of any length. ".repeat(9));
      await expectEqualBooks(pool, provider);
      expect(reports.map(({ outcome }) => outcome)).toEqual(["used"]);
    });

    it("cached input and reasoning are priced by class", async () => {
      provider.behave(() => ({ cachedTokens: 9, reasoningTokens: 40, outputTokens: 20 }));
      await client().whole("What is it that we know? ".repeat(9));
      await textOf(client().stream("What is it that we know? ".repeat(9)));
      await expectEqualBooks(pool, provider);
    });

    it("the caller's own limit is kept if it fits, and sets the hold", async () => {
      provider.behave(() => ({ outputTokens: 900 }));
      await client().whole("Long!", { maxTokens: 50 });
      expect(provider.bill[0]?.outputTokens).toBe(50);
      await expectEqualBooks(pool, provider);
    });

    it("F52, F53: a refusal is one call and no request, and is found again", async () => {
      pool.configure({ caps: { usd: 0.000_001 } });
      for (const asked of [
        () => client(2).whole("Hello"),
        () => textOf(client(2).stream("Hello")),
      ]) {
        fetched = 0;
        const error = await asked().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(fetched).toBe(1);
        const refusal = budgetExceededFrom(error);
        expect(refusal).toMatchObject({ pool: "budget", axis: "usd", reason: "never" });
        expect(refusal?.cap).toBe(0.000_001);
        expect(String(error)).toContain("Budget exceeded on usd");
      }
      expect(requests).toBe(0);
      expect(pool.snapshot().openReservations).toBe(0);
    });

    it("an error before any work is released", async () => {
      provider.behave(() => ({ status: 400 }));
      await expect(client().whole("Hello")).rejects.toThrow(/simulated status 400/);
      expect(pool.snapshot().used.calls).toBe(0);
      await expectEqualBooks(pool, provider);
    });

    it("F41: a stream that the caller leaves is booked, and not below the bill", async () => {
      provider.behave(() => ({ outputTokens: 800, delayMs: 1 }));
      const controller = new AbortController();
      let text = "";
      try {
        for await (const piece of client().stream("Go on", { signal: controller.signal })) {
          text += piece;
          if (text.length > 20) controller.abort();
        }
      } catch {
        // Some clients throw when they are aborted, some end.
      }
      await expectBooksCover(pool, provider);
      expect(pool.snapshot().used.usd).toBeGreaterThan(0);
      expect(["bounded", "unknown"]).toContain(reports[0]?.outcome);
    });

    it("a stream that the provider cuts is booked, and not below the bill", async () => {
      provider.behave(() => ({ outputTokens: 300, cutAfter: 2 }));
      await textOf(client().stream("Go on")).catch(() => undefined);
      await expectBooksCover(pool, provider);
      expect(pool.snapshot().used.usd).toBeGreaterThan(0);
    });

    it("F42, F51: an answer without usage, or with a wrong one, is booked at its bound", async () => {
      for (const behavior of [{ withoutUsage: true }, { malformedUsage: true }]) {
        provider.behave(() => behavior);
        await client()
          .whole("Hello")
          .catch(() => undefined);
        await textOf(client().stream("Hello")).catch(() => undefined);
      }
      // A client that cannot make sense of a stream may just drop it: then nobody refers to it.
      await vi.waitFor(
        async () => {
          await collectGarbage();
          expect(reports.length).toBe(4);
        },
        { timeout: 20_000 },
      );
      await expectBooksCover(pool, provider);
      expect(reports.map(({ outcome }) => outcome)).toEqual(Array(4).fill("bounded"));
    });

    it("F43: an answer that is lost is booked as it was held", async () => {
      provider.behave(() => ({ loseAnswer: true }));
      await client()
        .whole("Hello")
        .catch(() => undefined);
      await expectBooksCover(pool, provider);
      expect(reports.map(({ outcome }) => outcome)).toEqual(Array(fetched).fill("unknown"));
      expect(pool.snapshot().used.calls).toBe(fetched);
    });
  });
}

/** Those whose tools are not the same request as those of another client. */
const WITH_TOOLS = CLIENTS.filter(([, make]) => make(fetch).withTool !== undefined);

describe("tools", () => {
  for (const [name, make] of WITH_TOOLS) {
    it(`${name}: every step is a call of its own`, async () => {
      provider.behave(({ index }) => ({ tool: index === 0 }));
      const pool = new BudgetPool({ caps: { usd: 5 } });
      const client = make(meteredFetch(pool, { fetch: provider.fetch }));
      expect(await client.withTool?.("How is the weather?")).not.toBe("");
      expect(pool.snapshot().used.calls).toBe(2);
      await expectEqualBooks(pool, provider);
    });
  }
});

describe("F46: retries", () => {
  for (const [name, make] of CLIENTS.filter(([each]) => !each.includes("google"))) {
    it(`${name}: every attempt is held and settled by itself`, async () => {
      provider.behave(({ index }) => ({ ...(index < 1 && { status: 503 }) }));
      const pool = new BudgetPool({ caps: { usd: 5 } });
      const reports: ExchangeReport[] = [];
      const onExchange = (report: ExchangeReport): number => reports.push(report);
      const client = make(meteredFetch(pool, { onExchange, fetch: provider.fetch }), 2);
      expect(await client.whole("Hi")).not.toBe("");
      expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "used"]);
      await expectEqualBooks(pool, provider);
    });
  }
});
