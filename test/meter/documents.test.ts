// What a document holds, at every model with a published rule.

import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { pdf, png } from "../wire/media/made.ts";

const SENTENCE = "Every call holds what it may cost before it is made, and books what it did. ";
/** Twenty pages of 1,520 characters. */
const TWENTY = pdf({ pages: 20, text: SENTENCE.repeat(20) }).toString("base64");
const GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models";

async function reportOf(url: string, body: object): Promise<ExchangeReport> {
  const reports: ExchangeReport[] = [];
  const fetch = meteredFetch(new BudgetPool({ caps: { usd: 1000 } }), {
    countTokens: false,
    onExchange: (report) => reports.push(report),
    fetch: () => Promise.resolve(new Response("{}", { status: 400 })),
  });
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  await answer.text();
  return reports[0]!;
}

function toClaude(model: string, block: object): Promise<ExchangeReport> {
  const messages = [{ role: "user", content: [block] }];
  return reportOf("https://api.anthropic.com/v1/messages", { model, max_tokens: 1, messages });
}

function toOpenai(model: string, part: object): Promise<ExchangeReport> {
  const input = [{ role: "user", content: [part] }];
  const body = { model, max_output_tokens: 16, input };
  return reportOf("https://api.openai.com/v1/responses", body);
}

function toGemini(model: string, part: object): Promise<ExchangeReport> {
  const generationConfig = { maxOutputTokens: 1 };
  const contents = [{ parts: [part] }];
  return reportOf(`${GOOGLE}/${model}:generateContent`, { contents, generationConfig });
}

const pdfBlock = {
  type: "document",
  source: { type: "base64", media_type: "application/pdf", data: TWENTY },
};
const pdfPart = {
  type: "input_file",
  filename: "twenty.pdf",
  file_data: `data:application/pdf;base64,${TWENTY}`,
};
const pdfData = { inlineData: { mimeType: "application/pdf", data: TWENTY } };

describe("a PDF of twenty pages", () => {
  const CALLS = [
    ["claude-opus-5", () => toClaude("claude-opus-5", pdfBlock)],
    ["claude-sonnet-5", () => toClaude("claude-sonnet-5", pdfBlock)],
    ["claude-haiku-4-5", () => toClaude("claude-haiku-4-5", pdfBlock)],
    ["gpt-4o", () => toOpenai("gpt-4o", pdfPart)],
    ["gpt-5-mini", () => toOpenai("gpt-5-mini", pdfPart)],
    ["gpt-5.1", () => toOpenai("gpt-5.1", pdfPart)],
    ["gpt-5.5", () => toOpenai("gpt-5.5", pdfPart)],
    ["gpt-5.6-sol", () => toOpenai("gpt-5.6-sol", pdfPart)],
    ["gemini-2.0-flash", () => toGemini("gemini-2.0-flash", pdfData)],
    ["gemini-2.5-pro", () => toGemini("gemini-2.5-pro", pdfData)],
    ["gemini-3-pro-preview", () => toGemini("gemini-3-pro-preview", pdfData)],
  ] as const;
  for (const [model, call] of CALLS)
    it(`a PDF of twenty pages holds less than $0.50 at ${model}`, async () => {
      const { held } = await call();
      expect(held?.usd).toBeGreaterThan(0);
      expect(held?.usd).toBeLessThan(0.5);
    });

  it("a PDF holds the window where nothing is certain of it, or where it is somewhere else", async () => {
    const encrypted = Buffer.from(TWENTY, "base64")
      .toString("latin1")
      .replace("/Catalog", "/Encrypt");
    const data = Buffer.from(encrypted, "latin1").toString("base64");
    for (const source of [
      { type: "base64", media_type: "application/pdf", data },
      { type: "url", url: "https://example.com/twenty.pdf", data: TWENTY },
      { type: "file", file_id: "file_1" },
    ]) {
      const { held } = await toClaude("claude-sonnet-4-5", { type: "document", source });
      expect(held?.inputTokens).toBeGreaterThanOrEqual(200_000);
    }
    const both = { ...pdfPart, file_id: "file-1" };
    expect((await toOpenai("gpt-4o", both)).held?.inputTokens).toBe(128_000);
  });

  it("a PDF holds the window for models whose makers publish no rule", async () => {
    const { held } = await toOpenai("gpt-5-pro", pdfPart);
    expect(held?.inputTokens).toBe(400_000);
  });
});

describe("an image", () => {
  const data = png(200, 200).toString("base64");
  const address = `data:image/png;base64,${data}`;

  it("an image holds its size in every format", async () => {
    const source = { type: "base64", media_type: "image/png", data };
    const claude = await toClaude("claude-sonnet-4-5", { type: "image", source });
    const openai = await toOpenai("gpt-5-mini", { type: "input_image", image_url: address });
    const gemini = await toGemini("gemini-2.5-flash", {
      inlineData: { mimeType: "image/png", data },
    });
    for (const { held } of [claude, openai, gemini]) expect(held?.inputTokens).toBeLessThan(800);
  });

  it("an image for a model that keeps any size holds the window at an address, and its detail", async () => {
    const image_url = "https://example.com/image.png";
    const any = await toOpenai("gpt-5.6-luna", { type: "input_image", image_url });
    expect(any.held?.inputTokens).toBeGreaterThan(1_000_000);
    const high = await toOpenai("gpt-5.6-luna", { type: "input_image", image_url, detail: "high" });
    expect(high.held?.inputTokens).toBeLessThan(4000);
  });

  it("an image for Gemini 3 holds the resolution that its part requests", async () => {
    const inlineData = { mimeType: "image/png", data };
    const level = { level: "MEDIA_RESOLUTION_ULTRA_HIGH" };
    const model = "gemini-3-pro-preview";
    expect((await toGemini(model, { inlineData })).held?.inputTokens).toBeLessThan(1600);
    const ultra = await toGemini(model, { inlineData, mediaResolution: level });
    expect(ultra.held?.inputTokens).toBeGreaterThan(2240);
    const counted = await toGemini(model, { inlineData, mediaResolution: { numTokens: 9000 } });
    expect(counted.held?.inputTokens).toBeGreaterThan(100_000);
  });
});
