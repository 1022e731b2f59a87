import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../src/wire/anthropic-wire.ts";
import { gemini } from "../../src/wire/gemini-wire.ts";
import { inputBytesOf } from "../../src/wire/input-bound.ts";
import { ollama } from "../../src/wire/ollama.ts";
import { openaiChat } from "../../src/wire/openai-chat-wire.ts";
import { openaiEmbeddings, openaiResponses } from "../../src/wire/openai-responses-wire.ts";
import { routeOf } from "../../src/wire/routes.ts";
import type { Asked, Wire } from "../../src/wire/wire.ts";

const GEMINI_PATH = "/v1beta/models/gemini-2.5-flash:generateContent";

function asked(wire: Wire, body: object, path = GEMINI_PATH): Asked {
  return wire.asked(body, inputBytesOf(JSON.stringify(body), body), path);
}

describe("routeOf", () => {
  const wires: readonly (readonly [path: string, name: string])[] = [
    ["/v1/chat/completions", "openai-chat"],
    ["/chat/completions/", "openai-chat"],
    ["/openai/deployments/mine/chat/completions", "openai-chat"],
    ["/api/v1/chat/completions", "openai-chat"],
    ["/v1/responses", "openai-responses"],
    ["/v1/embeddings", "openai-embeddings"],
    ["/v1/messages", "anthropic-messages"],
    ["/messages", "anthropic-messages"],
    ["/v1beta/models/gemini-3-pro:streamGenerateContent", "gemini"],
    [
      "/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent",
      "gemini",
    ],
    ["/api/chat", "ollama"],
    ["/api/generate", "ollama"],
  ];
  for (const [path, name] of wires) {
    it(`reads POST ${path} as ${name}, and GET as free`, () => {
      expect(routeOf("POST", path)).toMatchObject({ kind: "billable", wire: { name } });
      expect(routeOf("post", path)).toMatchObject({ kind: "billable", wire: { name } });
      expect(routeOf("GET", path).kind).toBe("free");
    });
  }

  it("knows what is free, and nothing else", () => {
    for (const path of [
      "/v1/messages/count_tokens",
      "/v1beta/models/gemini-2.5-flash:countTokens",
      "/v1/responses/input_tokens",
      "/v1/moderations",
      "/v1/files",
      "/upload/v1beta/files",
      "/v1/conversations",
    ])
      expect(routeOf("POST", path).kind).toBe("free");
    for (const path of [
      "/v1/messages/batches",
      "/v1/batches",
      "/v1/images/generations",
      "/v1/audio/speech",
      "/v1/completions",
      "/v1beta/models/gemini-2.5-flash:batchGenerateContent",
      "/v1beta/models/text-embedding-004:embedContent",
      "/v1/fine_tuning/jobs",
      "/v1/vector_stores/vs_1/files",
      "/v1beta/tunedModels/mine:generateContent",
      "/",
      "/v1/chat/completions/more",
    ])
      expect(routeOf("POST", path).kind).toBe("unknown");
    expect(routeOf("PUT", "/v1/chat/completions").kind).toBe("billable");
  });
});

const COMMON = {
  streams: false,
  outputLimit: undefined,
  choices: 1,
  hasMediaOutput: false,
  service: undefined,
};

interface RequestFixture {
  readonly title: string;
  readonly wire: Wire;
  readonly body: object;
  readonly path?: string;
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
      outputLimit: 700,
      hasMediaOutput: true,
      service: "flex",
      isOutputHidden: true,
    },
  },
  {
    title: "openai-chat: the deployment where there is no model (Azure)",
    wire: openaiChat,
    body: { messages: [] },
    path: "/openai/deployments/my-gpt/chat/completions",
    asked: { model: "my-gpt" },
  },
  {
    title: "openai-chat: limits that are none",
    wire: openaiChat,
    body: { model: "gpt-4o", max_tokens: null, max_completion_tokens: "9", n: null },
    asked: { outputLimit: undefined, choices: 1 },
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
    asked: { service: "fast", isOutputHidden: false },
  },
  {
    title: "anthropic-messages: in one country",
    wire: anthropicMessages,
    body: { model: "claude-opus-4-6", max_tokens: 1, inference_geo: "us" },
    asked: { service: "inference_geo us" },
  },
  {
    title: "gemini",
    wire: gemini,
    body: { contents: [], generationConfig: { maxOutputTokens: 9, candidateCount: 2 } },
    asked: { ...COMMON, model: "gemini-2.5-flash", outputLimit: 9, choices: 2 },
  },
  {
    title: "gemini: the same in the other way of writing",
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
    title: "openai-chat: the same, which compatible servers read",
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
    path: "/v1beta/models/gemini-2.5-flash-image:streamGenerateContent",
    asked: { streams: true, hasMediaOutput: true, isOutputHidden: false },
  },
  {
    title: "ollama: a stream unless it is told not to",
    wire: ollama,
    body: { model: "llama3", messages: [], options: { num_predict: 40 } },
    asked: { ...COMMON, streams: true, outputLimit: 40 },
  },
  {
    title: "ollama: without a limit",
    wire: ollama,
    body: { model: "llama3", prompt: "", stream: false, options: { num_predict: -1 } },
    asked: COMMON,
  },
];

describe("requests", () => {
  for (const { title, wire, body, path, asked: expected } of REQUESTS) {
    it(`reads ${title}`, () => {
      expect(asked(wire, body, path)).toMatchObject(expected);
    });
  }
});

describe("limits", () => {
  const limited = (wire: Wire, body: object, provider = "openai"): unknown =>
    JSON.parse(wire.withOutputLimit(JSON.stringify(body), body, 7, provider));

  it("are written into the provider's own field", () => {
    expect(limited(openaiChat, {})).toEqual({ max_completion_tokens: 7 });
    expect(limited(openaiChat, {}, "groq")).toEqual({ max_tokens: 7 });
    expect(limited(openaiChat, { max_tokens: 9 })).toEqual({ max_tokens: 7 });
    expect(limited(openaiChat, { max_tokens: 9, max_completion_tokens: 8 })).toEqual({
      max_tokens: 7,
      max_completion_tokens: 7,
    });
    expect(limited(openaiResponses, {})).toEqual({ max_output_tokens: 7 });
    expect(limited(anthropicMessages, { max_tokens: 9 })).toEqual({ max_tokens: 7 });
    expect(limited(gemini, {})).toEqual({ generationConfig: { maxOutputTokens: 7 } });
    expect(limited(gemini, { generation_config: { max_output_tokens: 9, topK: 1 } })).toEqual({
      generation_config: { max_output_tokens: 7, topK: 1 },
    });
    expect(limited(ollama, { options: { num_predict: -1 } })).toEqual({
      options: { num_predict: 7 },
    });
  });
});

describe("what nothing, or only the window, bounds", () => {
  const unbounded: readonly (readonly [Wire, object])[] = [
    [openaiChat, { web_search_options: {} }],
    [openaiChat, { tools: [{ type: "web_search_preview" }] }],
    [openaiChat, { plugins: [{ id: "web" }] }],
    [openaiChat, { prediction: { type: "content", content: "a" } }],
    [openaiResponses, { tools: [{ type: "file_search" }] }],
    [openaiResponses, { tools: [{ type: "mcp" }] }],
    [openaiResponses, { tools: [{ type: "code_interpreter" }] }],
    [anthropicMessages, { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    [anthropicMessages, { tools: [{ type: "code_execution_20250825" }] }],
    [anthropicMessages, { mcp_servers: [{}] }],
    [anthropicMessages, { container: { skills: [] } }],
    [gemini, { tools: [{ googleSearch: {} }] }],
    [gemini, { tools: [{ google_search: {} }] }],
    [gemini, { tools: [{ codeExecution: {} }] }],
    [gemini, { tools: [{ urlContext: {} }] }],
  ];
  for (const [wire, body] of unbounded) {
    it(`${wire.name}: ${JSON.stringify(body)} is not bounded`, () => {
      expect(asked(wire, body).input.unbounded).toHaveLength(1);
    });
  }

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
    [ollama, { context: [1, 2] }],
  ];
  for (const [wire, body] of upToWindow) {
    it(`${wire.name}: ${JSON.stringify(body)} is bounded by the window only`, () => {
      const { input } = asked(wire, body);
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
      const { input } = asked(wire, body);
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
      [ollama, { messages: [{ role: "user", images: [data] }] }, 20_000],
    ];
    for (const [wire, body, tokens] of cases) {
      const { input } = asked(wire, body);
      expect(input.tokens).toBeGreaterThanOrEqual(tokens);
      expect(input.tokens).toBeLessThan(tokens + 1000);
      expect(input.hasMedia).toBe(true);
      expect(input.texts().join("")).not.toContain(data);
    }
    const inline = inContents({ inlineData: { mimeType: "image/png", data } });
    const { input } = asked(gemini, inline, "/v1beta/models/gemini-3-pro:generateContent");
    expect(input.tokens).toBeLessThan(3500);
  });
});

describe("refusals", () => {
  const notice = { code: "budget_exceeded", message: "no", status: 402, evidence: { cap: 1 } };

  it("have the shape of the provider's own errors", () => {
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
    expect(ollama.refusal(notice)).toEqual({ error: "no" });
  });
});

describe("counts of answers that cannot be read", () => {
  it.each([2.5, -1, "2.5", "many", true, [2], 2 ** 60])("%j is refused", (n) => {
    expect(() => openaiChat.asked({ model: "gpt-4o", n }, 1, "/v1/chat/completions")).toThrow(
      /Expected `n` to be a whole number/,
    );
  });
});
