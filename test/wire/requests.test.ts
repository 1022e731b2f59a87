import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../src/wire/anthropic/messages.ts";
import { gemini } from "../../src/wire/google/generate-content.ts";
import { ollamaChat } from "../../src/wire/ollama/chat.ts";
import { edited } from "../../src/wire/json/set-members.ts";
import { openaiChat } from "../../src/wire/openai/chat.ts";
import { openaiEmbeddings } from "../../src/wire/openai/embeddings.ts";
import { openaiResponses } from "../../src/wire/openai/responses.ts";
import type { Asked, Wire } from "../../src/wire/wire.ts";
import { askedOf, requestOf } from "./asked.ts";

const GOOGLE = "https://generativelanguage.googleapis.com";
const COMMON = {
  streams: false,
  outputLimit: undefined,
  choices: 1,
  outputMedia: [],
  service: {},
};

interface RequestFixture {
  readonly title: string;
  readonly wire: Wire;
  readonly body: object;
  readonly address?: string;
  readonly asked: Partial<Asked>;
}

const REQUESTS: readonly RequestFixture[] = [
  {
    title: "openai-chat: a plain request",
    wire: openaiChat,
    body: { model: "gpt-4o", messages: [] },
    asked: { ...COMMON, model: "gpt-4o", isOutputHidden: false },
  },
  {
    title: "openai-chat: everything that changes the price",
    wire: openaiChat,
    body: {
      model: "gpt-5.5",
      messages: [],
      stream: true,
      n: 3,
      max_tokens: 900,
      max_completion_tokens: 700,
      modalities: ["text", "audio"],
      service_tier: "flex",
    },
    asked: {
      model: "gpt-5.5",
      streams: true,
      choices: 3,
      outputLimit: 900,
      outputMedia: ["audio"],
      service: { tier: "flex" },
      isOutputHidden: true,
    },
  },
  {
    title: "openai-chat: the deployment where there is no model (Azure)",
    wire: openaiChat,
    body: { messages: [] },
    address: "https://mine.openai.azure.com/openai/deployments/my-gpt/chat/completions",
    asked: { model: "my-gpt" },
  },
  {
    title: "openai-chat: limits that are none",
    wire: openaiChat,
    body: { model: "gpt-4o", max_tokens: null, max_completion_tokens: null, n: null },
    asked: { outputLimit: undefined, choices: 1, clarifications: [] },
  },
  {
    title: "openai-chat: a limit as a text, which is a number to some servers, is written as one",
    wire: openaiChat,
    body: { model: "gpt-4o", max_completion_tokens: "9" },
    asked: { outputLimit: 9, clarifications: [[["max_completion_tokens"], 9]] },
  },
  {
    title: "openai-chat: reasoning that is turned off",
    wire: openaiChat,
    body: { model: "gpt-5.5", reasoning_effort: "none" },
    asked: { isOutputHidden: false },
  },
  {
    title: "openai-responses",
    wire: openaiResponses,
    body: { model: "gpt-4o", input: "Hi", stream: true, max_output_tokens: 50 },
    asked: { ...COMMON, streams: true, outputLimit: 50, outputLimitMin: 16 },
  },
  {
    title: "openai-embeddings: nothing comes out",
    wire: openaiEmbeddings,
    body: { model: "text-embedding-3-small", input: ["a"] },
    asked: { ...COMMON, outputLimit: 0, outputLimitMin: 0 },
  },
  {
    title: "anthropic-messages: room for the thinking that is asked for",
    wire: anthropicMessages,
    body: {
      model: "claude-opus-4-5",
      max_tokens: 9000,
      thinking: { type: "enabled", budget_tokens: 4000 },
    },
    asked: { ...COMMON, outputLimit: 9000, outputLimitMin: 4001, isOutputHidden: true },
  },
  {
    title: "anthropic-messages: fast, and somewhere",
    wire: anthropicMessages,
    body: { model: "claude-opus-4-6", max_tokens: 1, speed: "fast" },
    asked: { service: { speed: "fast" }, isOutputHidden: false },
  },
  {
    title: "anthropic-messages: in one country",
    wire: anthropicMessages,
    body: { model: "claude-opus-4-6", max_tokens: 1, inference_geo: "us" },
    asked: { service: { place: "us" } },
  },
  {
    title: "gemini",
    wire: gemini,
    body: { contents: [], generationConfig: { maxOutputTokens: 9, candidateCount: 2 } },
    asked: { ...COMMON, model: "gemini-2.5-flash", outputLimit: 9, choices: 2 },
  },
  {
    title: "gemini: a request in the other way of writing",
    wire: gemini,
    body: { contents: [], generation_config: { max_output_tokens: 9, candidate_count: 2 } },
    asked: { ...COMMON, outputLimit: 9, choices: 2, isOutputHidden: true },
  },
  {
    title: "gemini: a count of answers that is written as a text, which Google reads",
    wire: gemini,
    body: { contents: [], generationConfig: { maxOutputTokens: 9, candidateCount: "8" } },
    asked: { ...COMMON, outputLimit: 9, choices: 8, isOutputHidden: true },
  },
  {
    title: "openai-chat: a count of answers as a text, which compatible servers read",
    wire: openaiChat,
    body: { model: "gpt-4o", n: "3" },
    asked: { choices: 3 },
  },
  {
    title: "openai-chat: no answers at all, which some take for one",
    wire: openaiChat,
    body: { model: "gpt-4o", n: 0 },
    asked: { choices: 1 },
  },
  {
    title: "gemini: a stream of a model that does not think, with images",
    wire: gemini,
    body: {
      contents: [],
      generationConfig: {
        thinkingConfig: { thinkingBudget: 0 },
        responseModalities: ["TEXT", "IMAGE"],
      },
    },
    address: `${GOOGLE}/v1beta/models/gemini-2.5-flash-image:streamGenerateContent`,
    asked: { streams: true, outputMedia: ["image"], isOutputHidden: false },
  },
  {
    title: "ollama: a stream unless it is told not to",
    wire: ollamaChat,
    body: { model: "llama3", messages: [], options: { num_predict: 40 } },
    asked: { ...COMMON, streams: true, outputLimit: 40 },
  },
  {
    title: "ollama: without a limit",
    wire: ollamaChat,
    body: { model: "llama3", prompt: "", stream: false, options: { num_predict: -1 } },
    asked: COMMON,
  },
];

describe("requests", () => {
  for (const { title, wire, body, address, asked: expected } of REQUESTS) {
    it(`a request is read: ${title}`, () => {
      expect(askedOf(wire, body, address)).toMatchObject(expected);
    });
  }
});

describe("limits", () => {
  /** The ways in which a limit of 7 may be written, the first to be tried first. */
  const limited = (wire: Wire, body: object, address?: string): readonly unknown[] => {
    const request = requestOf(wire, body, address);
    return wire
      .limitEdits(request, 7)
      .map((edits): unknown => JSON.parse(edited(request.text, edits)));
  };
  const GROQ = "https://api.groq.com/openai/v1/chat/completions";
  const MISTRAL = "https://api.mistral.ai/v1/chat/completions";
  const UNKNOWN = "https://gateway.example/v1/chat/completions";
  const AZURE = "https://mine.openai.azure.com/openai/deployments/a/chat/completions?api-version=";

  it("limits are written into the provider's own field", () => {
    expect(limited(openaiChat, {})[0]).toEqual({ max_completion_tokens: 7 });
    expect(limited(openaiChat, {}, GROQ)[0]).toEqual({ max_completion_tokens: 7 });
    for (const address of [MISTRAL, UNKNOWN, `${AZURE}2024-02-01`])
      expect(limited(openaiChat, {}, address)).toEqual([{ max_tokens: 7 }]);
    const newer = `${AZURE}2024-10-21`;
    expect(limited(openaiChat, { model: "gpt-5" }, newer)[0]).toEqual({
      model: "gpt-5",
      max_completion_tokens: 7,
    });
    expect(limited(openaiResponses, {})).toEqual([{ max_output_tokens: 7 }]);
    expect(limited(anthropicMessages, { max_tokens: 9 })).toEqual([{ max_tokens: 7 }]);
    expect(limited(gemini, {})).toEqual([{ generationConfig: { maxOutputTokens: 7 } }]);
    expect(limited(gemini, { generation_config: { max_output_tokens: 9, topK: 1 } })).toEqual([
      { generation_config: { max_output_tokens: 7, topK: 1 } },
    ]);
    expect(limited(ollamaChat, { options: { num_predict: -1 } })).toEqual([
      { options: { num_predict: 7 } },
    ]);
  });

  it("the caller's own limits are lowered where they stand, and never raised", () => {
    expect(limited(openaiChat, { max_tokens: 9 })).toEqual([{ max_tokens: 7 }]);
    expect(limited(openaiChat, { max_tokens: 9, max_completion_tokens: 8 })).toEqual([
      { max_tokens: 7, max_completion_tokens: 7 },
    ]);
    expect(limited(openaiChat, { max_tokens: 9, max_completion_tokens: 3 })).toEqual([
      { max_tokens: 7, max_completion_tokens: 3 },
    ]);
  });

  it("limits have another name to be tried where the first is rejected", () => {
    expect(limited(openaiChat, {})).toEqual([{ max_completion_tokens: 7 }, { max_tokens: 7 }]);
  });
});

describe("requests that nothing, or only the window, bounds", () => {
  const unbounded: readonly (readonly [Wire, object])[] = [
    [openaiChat, { tools: [{ type: "web_search_preview" }] }],
    [openaiChat, { plugins: [{ id: "web" }] }],
    [openaiChat, { prediction: { type: "content", content: "a" } }],
    [openaiChat, { tools: [{ type: "file_search" }] }],
    [openaiResponses, { tools: [{ type: "mcp" }] }],
    [openaiResponses, { tools: [{ type: "mcp", server_label: "files" }] }],
    [openaiChat, { tools: [{ type: "of_tomorrow" }] }],
    [openaiResponses, { tools: [{ type: "shell", environment: { type: "container_auto" } }] }],
    [anthropicMessages, { tools: [{ type: "advisor_20260301" }] }],
    [anthropicMessages, { container: { skills: [] } }],
    [gemini, { tools: [{ googleMaps: {} }] }],
  ];
  for (const [wire, body] of unbounded) {
    it(`${wire.name}: ${JSON.stringify(body)} is not bounded`, () => {
      expect(askedOf(wire, body).input.unbounded).toHaveLength(1);
    });
  }

  const WEB_SEARCH = { type: "web_search_20250305", name: "web_search" };
  const passes: readonly (readonly [Wire, object, passes: number, searches: number])[] = [
    [anthropicMessages, { tools: [WEB_SEARCH] }, 10, 10],
    [openaiChat, { web_search_options: {} }, 1, 1],
    [openaiResponses, { tools: [{ type: "file_search" }] }, 11, 0],
    [openaiResponses, { tools: [{ type: "code_interpreter" }], max_tool_calls: 2 }, 3, 0],
    [openaiResponses, { tools: [{ type: "web_search" }] }, 11, 10],
    [anthropicMessages, { tools: [{ ...WEB_SEARCH, max_uses: 2 }] }, 3, 2],
    [anthropicMessages, { tools: [{ type: "code_execution_20250825" }] }, 10, 0],
    [anthropicMessages, { mcp_servers: [{}] }, 10, 0],
    [openaiResponses, { max_tool_calls: 3, tools: [{ type: "web_search" }] }, 4, 3],
    [openaiResponses, { context_management: [{ type: "compaction" }] }, 2, 0],
    // What a search finds is not billed as input at Google.
    [gemini, { tools: [{ googleSearch: {} }] }, 1, 1],
    [gemini, { tools: [{ google_search: {} }] }, 1, 1],
    [gemini, { tools: [{ codeExecution: {} }] }, 6, 0],
    [gemini, { tools: [{ urlContext: {} }] }, 2, 0],
  ];
  for (const [wire, body, times, searches] of passes) {
    it(`${wire.name}: ${JSON.stringify(body)} reads the window ${times} times at the most`, () => {
      const { input } = askedOf(wire, body);
      expect([input.unbounded, input.passes, input.searchesMax]).toEqual([[], times, searches]);
    });
  }

  it("searches of files have a fee, as often as the provider may call the tool", () => {
    const { input } = askedOf(openaiResponses, { tools: [{ type: "file_search" }] });
    expect(input.fileSearchesMax).toBe(10);
  });

  it("searches without a limit are given one", () => {
    const { input } = askedOf(anthropicMessages, { tools: [{}, WEB_SEARCH] });
    expect(input.toolLimits).toEqual([[["tools", 1, "max_uses"], 10]]);
    const responses = askedOf(openaiResponses, { tools: [{ type: "web_search" }] });
    expect(responses.input.toolLimits).toEqual([[["max_tool_calls"], 10]]);
  });

  const inMessage = (part: object): object => ({ messages: [{ role: "user", content: [part] }] });
  const inContents = (part: object): object => ({ contents: [{ role: "user", parts: [part] }] });
  const upToWindow: readonly (readonly [Wire, object])[] = [
    [openaiChat, inMessage({ type: "file", file: { file_id: "a" } })],
    [openaiChat, inMessage({ type: "video_url", video_url: { url: "https://a.example" } })],
    [openaiResponses, { previous_response_id: "a" }],
    [openaiResponses, { conversation: "a" }],
    [openaiResponses, { prompt: { id: "a" } }],
    [openaiResponses, { input: [{ role: "user", content: [{ type: "input_file" }] }] }],
    [anthropicMessages, inMessage({ type: "document", source: { type: "base64", data: "a" } })],
    [anthropicMessages, inMessage({ type: "container_upload", file_id: "a" })],
    [gemini, { cachedContent: "cachedContents/a" }],
    [gemini, inContents({ fileData: { fileUri: "https://a.example" } })],
    [gemini, inContents({ file_data: { file_uri: "https://a.example" } })],
    [gemini, inContents({ inlineData: { mimeType: "video/mp4", data: "AAAA" } })],
    [gemini, inContents({ inline_data: { mime_type: "application/pdf", data: "AAAA" } })],
    [ollamaChat, { context: [1, 2] }],
  ];
  for (const [wire, body] of upToWindow) {
    it(`${wire.name}: ${JSON.stringify(body)} is bounded by the window only`, () => {
      const { input } = askedOf(wire, body);
      expect([input.upToWindow.length, input.unbounded.length]).toEqual([1, 0]);
    });
  }

  it("tools that the caller runs, and text, are bounded by their bytes", () => {
    const tool = { type: "function", function: { name: "a", parameters: {} } };
    const plain: readonly (readonly [Wire, object])[] = [
      [openaiChat, { tools: [tool] }],
      [openaiResponses, { tools: [{ type: "custom", name: "a" }] }],
      [anthropicMessages, { tools: [{ name: "a", input_schema: {} }] }],
      [anthropicMessages, { tools: [{ type: "bash_20250124", name: "bash" }] }],
      [anthropicMessages, inMessage({ type: "document", source: { type: "text", data: "a" } })],
      [gemini, { tools: [{ functionDeclarations: [{ name: "a" }] }] }],
      [gemini, inContents({ inlineData: { mimeType: "text/plain", data: "AAAA" } })],
    ];
    for (const [wire, body] of plain) {
      const { input } = askedOf(wire, body);
      expect([...input.upToWindow, ...input.unbounded]).toEqual([]);
    }
  });

  it("images are counted by rule and not by their bytes, wherever they are", () => {
    const data = "A".repeat(300_000);
    const url = `data:image/png;base64,${data}`;
    const source = { type: "base64", media_type: "image/png", data };
    const image = { type: "image", source };
    const cases: readonly (readonly [Wire, object, number])[] = [
      [openaiChat, inMessage({ type: "image_url", image_url: { url } }), 20_000],
      [
        openaiResponses,
        { input: [{ content: [{ type: "input_image", image_url: url }] }] },
        20_000,
      ],
      [anthropicMessages, inMessage(image), 4784],
      [anthropicMessages, inMessage({ type: "tool_result", content: [image, image] }), 2 * 4784],
      [ollamaChat, { messages: [{ role: "user", images: [data] }] }, 20_000],
    ];
    for (const [wire, body, tokens] of cases) {
      const { input } = askedOf(wire, body);
      expect(input.tokens).toBeGreaterThanOrEqual(tokens);
      expect(input.tokens).toBeLessThan(tokens + 1000);
      expect(input.hasMedia).toBe(true);
      expect(input.texts().join("")).not.toContain(data);
    }
    const inline = inContents({ inlineData: { mimeType: "image/png", data } });
    const { input } = askedOf(
      gemini,
      inline,
      `${GOOGLE}/v1beta/models/gemini-3-pro:generateContent`,
    );
    expect(input.tokens).toBeLessThan(3500);
  });
});

describe("refusals", () => {
  const notice = { code: "budget_exceeded", message: "no", status: 402, evidence: { cap: 1 } };

  it("refusals have the shape of the provider's own errors", () => {
    expect(openaiChat.refusal(notice)).toEqual({
      error: {
        message: "no",
        type: "insufficient_quota",
        code: "budget_exceeded",
        param: null,
        budget: { cap: 1 },
      },
    });
    expect(anthropicMessages.refusal(notice)).toEqual({
      type: "error",
      error: {
        type: "billing_error",
        message: "no",
        details: { error_code: "budget_exceeded", budget: { cap: 1 } },
      },
      request_id: null,
    });
    expect(gemini.refusal(notice)).toMatchObject({
      error: { code: 402, message: "no", status: "RESOURCE_EXHAUSTED" },
    });
    expect(ollamaChat.refusal(notice)).toEqual({ error: "no" });
  });
});

describe("counts of answers that cannot be read", () => {
  it.each([2.5, -1, "2.5", "many", true, [2], 2 ** 60])("a count of %j answers is refused", (n) => {
    expect(() => askedOf(openaiChat, { model: "gpt-4o", n })).toThrow(
      /Expected `n` to be a whole number/,
    );
  });
});
