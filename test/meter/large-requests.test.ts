// Requests that are larger or deeper than any program's: read in linear time, or refused.

import { describe, expect, it, vi } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { tallyFields } from "../../src/wire/fields.ts";
import { InputTally } from "../../src/wire/input-bound.ts";
import { CHAT_FIELDS } from "../../src/wire/openai/chat-fields.ts";

async function asked(body: string): Promise<{ status: number; report: ExchangeReport }> {
  let report: ExchangeReport | undefined;
  const fetch = meteredFetch(new BudgetPool({ caps: { usd: 1000 } }), {
    onExchange: (each) => {
      report = each;
    },
    fetch: () => Promise.resolve(Response.json({}, { status: 503 })),
  });
  const url = "https://api.openai.com/v1/chat/completions";
  const answer = await fetch(url, { method: "POST", body });
  await answer.text();
  if (report === undefined) throw new Error("There is no report");
  return { status: answer.status, report };
}

function chatWith(members: string): string {
  return `{"model":"gpt-4o","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],${members}}`;
}

function fields(count: number): string {
  return Array.from({ length: count }, (_, index) => `"temperature${index}":1`).join(",");
}

describe("a request", () => {
  it.each(["a", String.raw`\u0061`])(
    "a request nested 100,000 deep with %s in it is held for the window that it may fill",
    async (text) => {
      const deep = `"metadata":${"[".repeat(100_000)}"${text}"${"]".repeat(100_000)}`;
      const { status, report } = await asked(chatWith(deep));
      expect(status).toBe(503);
      expect(report.held?.inputTokens).toBe(128_000);
    },
  );

  it("a request of more fields than any format has is refused", async () => {
    expect((await asked(chatWith(fields(996)))).status).toBe(503);
    const { status, report } = await asked(chatWith(fields(200_000)));
    expect(status).toBe(400);
    expect(report.error?.message).toContain("Expected at most 1000 fields in one object");
  });

  it("a request has each unknown field compared once, however many are known", () => {
    const names = Array.from({ length: 5000 }, (_, index) => [`temperature${index}`, 1]);
    const lower = vi.spyOn(String.prototype, "toLowerCase");
    tallyFields(Object.fromEntries(names), CHAT_FIELDS, undefined, new InputTally());
    const compared = lower.mock.calls.length;
    lower.mockRestore();
    expect(compared).toBeGreaterThanOrEqual(names.length);
    expect(compared).toBeLessThan(2 * names.length);
  });
});
