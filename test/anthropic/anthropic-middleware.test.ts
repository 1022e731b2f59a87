import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import Anthropic from "@anthropic-ai/sdk";
import { AnthropicVertex } from "@anthropic-ai/vertex-sdk";
import { beforeEach, describe, expect, it } from "vitest";

import { anthropicMiddleware } from "../../src/anthropic/index.ts";
import type { AnthropicMiddlewareOptions } from "../../src/anthropic/index.ts";
import { BudgetPool } from "../../src/index.ts";
import { budgetExceededFrom, meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { withBudget, currentBudget } from "../../src/scope/index.ts";
import { expectBooksCover, expectEqualBooks } from "../meter/books.ts";
import { startProvider } from "../meter/provider.ts";
import { bedrockOver, vertexOver } from "./clouds.ts";
import type { WireRequest } from "./clouds.ts";

const provider = await startProvider();

type Client = Pick<Anthropic, "messages"> | AnthropicBedrock | AnthropicVertex;
interface Made {
  readonly client: Client;
  readonly model: string;
}
type Middleware = ReturnType<typeof anthropicMiddleware>;
type Make = (middleware: readonly Middleware[], maxRetries: number, seen: WireRequest[]) => Made;

/** What the client for Vertex AI asks Google's library for. */
type AuthClient = NonNullable<ConstructorParameters<typeof AnthropicVertex>[0]>["authClient"];
const SIGNED_IN = {
  projectId: "project",
  getRequestHeaders: async () => new Headers({ authorization: "Bearer token" }),
};

const CLIENTS: readonly (readonly [name: string, seller: string, make: Make])[] = [
  [
    "Anthropic",
    "anthropic",
    (middleware, maxRetries) => ({
      client: new Anthropic({ apiKey: "key", fetch: provider.fetch, middleware, maxRetries }),
      model: "claude-haiku-4-5",
    }),
  ],
  [
    "AnthropicBedrock",
    "bedrock",
    (middleware, maxRetries, seen) => ({
      client: new AnthropicBedrock({
        awsAccessKey: "key",
        awsSecretKey: "secret",
        awsRegion: "us-east-1",
        fetch: bedrockOver(provider, seen),
        middleware,
        maxRetries,
      }),
      model: "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    }),
  ],
  [
    "AnthropicVertex",
    "vertex",
    (middleware, maxRetries, seen) => ({
      client: new AnthropicVertex({
        region: "global",
        projectId: "project",
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that the client reads
        authClient: SIGNED_IN as unknown as AuthClient,
        fetch: vertexOver(provider, seen),
        middleware,
        maxRetries,
      }),
      model: "claude-sonnet-4-5@20250929",
    }),
  ],
];

describe.each(CLIENTS)("anthropicMiddleware in %s", (_name, seller, make) => {
  let pool: BudgetPool;
  let reports: ExchangeReport[];
  let seen: WireRequest[];

  beforeEach(() => {
    pool = new BudgetPool({ caps: { usd: 5 } });
    reports = [];
    seen = [];
  });

  const made = (retries = 0, options: AnthropicMiddlewareOptions = {}): Made => {
    const onExchange = (report: ExchangeReport): number => reports.push(report);
    return make([anthropicMiddleware(pool, { onExchange, ...options })], retries, seen);
  };
  const asked = (model: string, content = "Hello", maxTokens = 1000) => ({
    model,
    max_tokens: maxTokens,
    messages: [{ role: "user" as const, content }],
  });

  it("whole answers: the books equal the bill, at the seller's prices", async () => {
    const { client, model } = made();
    for (let turn = 0; turn < 3; turn++) {
      const { content } = await client.messages.create(asked(model, `How are you, ${turn}?`));
      expect(content[0]).toMatchObject({ type: "text" });
    }
    await expectEqualBooks(pool, provider);
    const outcomes = reports.map(({ outcome, doubts, provider: by }) => ({ outcome, doubts, by }));
    const certain = { outcome: "used", doubts: [], by: seller };
    expect(outcomes).toEqual([certain, certain, certain]);
  });

  it("streams: the books equal the bill, and the text is that of the provider", async () => {
    provider.behave(() => ({ text: "Words with é and 字 in pieces of any length. ".repeat(9) }));
    const { client, model } = made();
    let text = "";
    for await (const event of await client.messages.create({ ...asked(model), stream: true }))
      if (event.type === "content_block_delta" && event.delta.type === "text_delta")
        text += event.delta.text;
    expect(text).toBe("Words with é and 字 in pieces of any length. ".repeat(9));
    await expectEqualBooks(pool, provider);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used"]);
  });

  it("a refusal is an error of the SDK's own, without any request or retry", async () => {
    pool.configure({ caps: { usd: 0.000_001 } });
    const { client, model } = made(2);
    const error: unknown = await client.messages.create(asked(model)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ status: 402 });
    expect(budgetExceededFrom(error)).toMatchObject({ axis: "usd", reason: "never" });
    expect(provider.requests).toEqual([]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["refused"]);
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("every attempt of a call is booked once", { timeout: 20_000 }, async () => {
    provider.behave(({ index }) => (index < 1 ? { status: 529 } : {}));
    const { client, model } = made(2);
    await client.messages.create(asked(model));
    expect(reports.map(({ outcome }) => outcome)).toEqual(["released", "used"]);
    await expectEqualBooks(pool, provider);
  });

  it("a call that is aborted before its answer is booked as it was held", async () => {
    const controller = new AbortController();
    provider.behave(() => {
      controller.abort();
      return { hang: true };
    });
    const { client, model } = made();
    const { signal } = controller;
    await expect(client.messages.create(asked(model), { signal })).rejects.toThrow(/abort/);
    await expect.poll(() => reports.map(({ outcome }) => outcome)).toEqual(["unknown"]);
    await expectBooksCover(pool, provider);
  });

  it("a stream that the caller leaves is booked, and not below the bill", async () => {
    provider.behave(() => ({ outputTokens: 800, delayMs: 1 }));
    const { client, model } = made();
    const stream = await client.messages.create({ ...asked(model), stream: true });
    for await (const event of stream) if (event.type === "content_block_delta") break;
    await expect.poll(() => reports.map(({ outcome }) => outcome)).toEqual(["bounded"]);
    await expectBooksCover(pool, provider);
  });

  it("a limit that has to be written is written before the request is signed", async () => {
    pool.configure({ caps: { usd: 0.01 } });
    const { client, model } = made();
    await client.messages.create(asked(model, "Hello", 8000));
    const [report] = reports;
    expect(report?.writtenLimit).toBeGreaterThan(0);
    const [request] = provider.requests;
    expect(JSON.parse(request?.text ?? "")).toMatchObject({ max_tokens: report?.writtenLimit });
    const [wire] = seen;
    if (seller === "bedrock") {
      expect(wire?.url).toContain("/model/global.anthropic.claude-sonnet-4-5-20250929-v1:0/");
      expect(wire?.headers.get("authorization")).toMatch(/^AWS4-HMAC-SHA256 /);
    }
    if (seller === "vertex") expect(wire?.headers.get("authorization")).toBe("Bearer token");
  });
});

describe("anthropicMiddleware", () => {
  const client = (middleware: Middleware): Anthropic =>
    new Anthropic({ apiKey: "key", fetch: provider.fetch, middleware: [middleware] });
  const asked = {
    model: "claude-haiku-4-5",
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "Hello" }],
  };

  it("anthropicMiddleware takes the prices of the provider that it is given", async () => {
    const pool = new BudgetPool();
    const regional = { ...asked, model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" };
    const reports: ExchangeReport[] = [];
    const middleware = anthropicMiddleware(pool, {
      provider: "bedrock",
      onExchange: (report) => reports.push(report),
    });
    // The simulated provider has no such model: what is held is at Bedrock's price all the same.
    await expect(client(middleware).messages.create(regional)).rejects.toThrow(/no model/);
    expect(reports[0]?.provider).toBe("bedrock");
    // $3.30 and $16.50 for a million tokens in a region, where Anthropic itself takes $3 and $15.
    const input = (reports[0]?.held?.inputTokens ?? 0) * 3.3e-6;
    expect(reports[0]?.held?.usd).toBeCloseTo(input + 100 * 16.5e-6, 9);
  });

  it("Vertex AI costs a tenth more in a region", async () => {
    const pool = new BudgetPool();
    const regional = new AnthropicVertex({
      region: "us",
      projectId: "project",
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that the client reads
      authClient: SIGNED_IN as unknown as AuthClient,
      fetch: vertexOver(provider, []),
      middleware: [anthropicMiddleware(pool)],
    });
    await regional.messages.create({ ...asked, model: "claude-sonnet-4-5@20250929" });
    const bill = Number(provider.total.nanoUsd) / 1e9;
    expect(pool.snapshot().used.usd).toBeCloseTo(1.1 * bill, 8);
  });

  it("the client for Vertex AI through the metered fetch, with the model in the path", async () => {
    const pool = new BudgetPool({ caps: { usd: 5 } });
    const plain = new AnthropicVertex({
      region: "global",
      projectId: "project",
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that the client reads
      authClient: SIGNED_IN as unknown as AuthClient,
      fetch: meteredFetch(pool, { fetch: vertexOver(provider, []) }),
    });
    const call = { ...asked, model: "claude-sonnet-4-5@20250929" };
    await plain.messages.create(call);
    await plain.messages.stream(call).finalMessage();
    expect(pool.snapshot().used.calls).toBe(2);
    await expectEqualBooks(pool, provider);
  });

  it("counting tokens is free, and passes", async () => {
    const pool = new BudgetPool({ caps: { usd: 0 } });
    const { model, messages } = asked;
    await client(anthropicMiddleware(pool)).messages.countTokens({ model, messages });
    expect(pool.snapshot().used.calls).toBe(0);
  });

  it("anthropicMiddleware spends from the budget of the context", async () => {
    const pool = new BudgetPool({ caps: { usd: 5 } });
    const metered = client(anthropicMiddleware(currentBudget));
    await withBudget(pool, () => metered.messages.create(asked));
    await expectEqualBooks(pool, provider);
  });

  it("a middleware outside that tries again has every attempt metered", async () => {
    provider.behave(({ index }) => (index < 1 ? { status: 400 } : {}));
    const pool = new BudgetPool({ caps: { usd: 5 } });
    const reports: ExchangeReport[] = [];
    const twice = new Anthropic({
      apiKey: "key",
      fetch: provider.fetch,
      middleware: [
        async (request, next) => {
          const first = await next(request);
          if (first.ok) return first;
          await first.body?.cancel();
          return next(request);
        },
        anthropicMiddleware(pool, { onExchange: (report) => reports.push(report) }),
      ],
    });
    await twice.messages.create(asked);
    expect(provider.bill).toHaveLength(1);
    expect(provider.requests).toHaveLength(2);
    await expectBooksCover(pool, provider);
  });

  it("mistakes are errors at once", () => {
    const pool = new BudgetPool();
    // @ts-expect-error -- no pool
    expect(() => anthropicMiddleware({})).toThrow(TypeError);
    // @ts-expect-error -- an option that does not exist
    expect(() => anthropicMiddleware(pool, { fetch })).toThrow(/Unknown key "fetch"/);
    // @ts-expect-error -- the arguments of a middleware
    expect(() => anthropicMiddleware({ url: "x" }, fetch)).toThrow(TypeError);
  });
});
