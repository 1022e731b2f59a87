// Batches of the Gemini API: held when they are made, settled by the operation that has their
// answers.

import { GoogleGenAI } from "@google/genai";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { budgetExceededFrom } from "../../src/meter/index.ts";
import { GOOGLE_URL, meteredBy, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);
const model = "gemini-2.5-flash";

function clientOf(fetch: typeof globalThis.fetch): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: GOOGLE_URL, fetch } });
}

const REQUESTS = Array.from({ length: 4 }, (_, at) => ({
  contents: [{ role: "user", parts: [{ text: `Number ${at}` }] }],
  config: { maxOutputTokens: 200 },
}));

describe("a batch, by Google's own client", () => {
  it("a Gemini batch is held at half the price until it is fetched, and booked once", async () => {
    const { pool, fetch, reports } = metered();
    const client = clientOf(fetch);
    const { name = "" } = await client.batches.create({ model, src: REQUESTS });
    const { reserved, openReservations } = pool.snapshot();
    expect([openReservations, reserved.outputTokens]).toEqual([1, 4 * (200 + 16)]);
    expect((await client.batches.get({ name })).state).toBe("JOB_STATE_RUNNING");
    const { dest } = await client.batches.get({ name });
    expect(dest?.inlinedResponses).toHaveLength(4);
    await client.batches.get({ name });
    const { used, ...after } = pool.snapshot();
    expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
    expect([used.outputTokens, used.calls]).toEqual([provider.total.outputTokens, 1]);
    expect([after.openReservations, reports.length]).toEqual([0, 1]);
    expect(reports[0]).toMatchObject({ outcome: "used", wire: "gemini-batches" });
  });

  it("a Gemini batch is refused when it does not fit", async () => {
    const { fetch } = metered(0.000_01);
    const error: unknown = await clientOf(fetch)
      .batches.create({ model, src: REQUESTS })
      .catch((thrown: unknown) => thrown);
    expect(budgetExceededFrom(error)).toMatchObject({ axis: "usd" });
    expect(provider.requests.length).toBe(0);
  });

  it("a Gemini batch of a file is refused, with an alternative", async () => {
    const { fetch } = metered();
    await expect(
      clientOf(fetch).batches.create({ model, src: { fileName: "files/one" } }),
    ).rejects.toThrow(/hand the requests themselves/);
  });
});

describe("requests without a bound are refused", () => {
  const request = { contents: [{ parts: [{ text: "Hi" }] }] };
  const limited = { ...request, generationConfig: { maxOutputTokens: 5 } };
  const cases: Readonly<Record<string, object>> = {
    "a request without a limit": { inputConfig: { requests: { requests: [{ request }] } } },
    "a request of another model": {
      inputConfig: {
        requests: { requests: [{ request: { ...limited, model: "models/gemini-2.5-pro" } }] },
      },
    },
    "requests in two spellings": {
      inputConfig: { requests: { requests: [{ request: limited }] } },
      input_config: { requests: { requests: [{ request }] } },
    },
    "a field that is not known": {
      inputConfig: { requests: { requests: [{ request: limited }] } },
      repeat: 7,
    },
  };
  it.each(Object.entries(cases))(
    "a Gemini batch that nothing bounds is refused: %s",
    async (_name, batch) => {
      const { fetch, pool } = metered();
      const url = `${GOOGLE_URL}/v1beta/models/${model}:batchGenerateContent`;
      const answer = await fetch(url, post({ batch }));
      expect(answer.status).toBe(400);
      expect([pool.snapshot().openReservations, provider.requests.length]).toEqual([0, 0]);
    },
  );
});
