import { describe, expect, it } from "vitest";

import { anthropicMessages } from "../../../src/wire/anthropic/messages.ts";
import { gemini } from "../../../src/wire/google/generate-content.ts";
import { inputBytesOf } from "../../../src/wire/input-bound.ts";
import { openaiChat } from "../../../src/wire/openai/chat.ts";
import { openaiResponses } from "../../../src/wire/openai/responses.ts";
import { about, counts, reported } from "./requests.ts";
import type { Sent } from "./requests.ts";

const CLAUDE = "claude-sonnet-4-5";
const user = (content: unknown): object => ({ role: "user", content });
const assistant = (content: unknown): object => ({ role: "assistant", content });
const claude = (messages: readonly object[], more: object = {}): object => ({
  model: CLAUDE,
  max_tokens: 100,
  system: "Be brief.",
  messages,
  ...more,
});
const begun = [user("What is 1 + 1?")];
const goneOn = [...begun, assistant("It is 2."), user("And 2 + 2?")];

/** What a request is bounded by, after another one was counted as 1,000 tokens with 50 of answer. */
function boundAfter(
  first: object,
  next: object,
  { wire = anthropicMessages, sent = {}, nextSent = sent, report = reported(1000, 50) } = {} as {
    wire?: typeof anthropicMessages;
    sent?: Sent;
    nextSent?: Sent;
    report?: ReturnType<typeof reported>;
  },
): number | undefined {
  const memory = counts();
  about(memory, wire, first, sent).answered(report);
  return about(memory, wire, next, nextSent).bound()?.inputTokens;
}

function bytesOfNew(messages: readonly object[]): number {
  const body = { model: CLAUDE, messages };
  return inputBytesOf(JSON.stringify(body));
}

describe("a request that continues a counted one", () => {
  it("a request that continues a counted one is bounded by the count plus the bytes of everything new", () => {
    expect(boundAfter(claude(begun), claude(goneOn))).toBe(
      1000 + 50 + bytesOfNew(goneOn.slice(1)) + 256,
    );
  });

  it("a counted request that is sent once more is bounded by its own count", () => {
    expect(boundAfter(claude(begun), claude(begun, { temperature: 0.5 }))).toBe(1000 + 256);
  });

  it("a request continues its longest counted beginning", () => {
    const memory = counts();
    about(memory, anthropicMessages, claude(begun)).answered(reported(1000, 50));
    about(memory, anthropicMessages, claude(goneOn)).answered(reported(2000, 60));
    const whole = [...goneOn, assistant("It is 4."), user("Good.")];
    const bound = about(memory, anthropicMessages, claude(whole)).bound();
    expect(bound?.inputTokens).toBe(2000 + 60 + bytesOfNew(whole.slice(3)) + 256);
  });

  it("a request that continues a counted one counts the answer in its longest form for a tokenizer", () => {
    const answer = assistant("ﷺ".repeat(100));
    const bound = boundAfter(claude(begun), claude([...begun, answer]));
    expect(bound).toBeGreaterThan(1050 + 33 * 100);
  });

  it("a request that continues a counted one holds more for the first citation", () => {
    const document = (citations: object): object =>
      user([{ type: "document", source: { type: "text", data: "Text" }, ...citations }]);
    const cited = document({ citations: { enabled: true } });
    const plain = document({});
    const added = (message: object): number =>
      (boundAfter(claude(begun), claude([...begun, message])) ?? 0) - bytesOfNew([message]);
    expect(added(cited) - added(plain)).toBe(1024);
    // Where the earlier request had citations, their prompt was counted with it.
    const again = boundAfter(claude([cited]), claude([cited, cited]));
    expect(again).toBe(1050 + bytesOfNew([cited]) + 256);
  });

  it("media are bounded by their own rule in the new part of a request, and not at all before it", () => {
    const source = { type: "base64", media_type: "image/png", data: "iVBOR".repeat(1000) };
    const seen = user([{ type: "image", source }]);
    const bound = boundAfter(claude([seen]), claude([seen, assistant("A dot"), user("Sure?")]));
    expect(bound).toBeLessThan(1050 + 256 + 300);
    const anew = boundAfter(claude(begun), claude([...begun, seen]));
    expect(anew).toBeGreaterThan(1050 + 256);
    expect(anew).toBeLessThan(1050 + 256 + 5000 + 300);
    const pdf = { type: "document", source: { ...source, media_type: "application/pdf" } };
    expect(boundAfter(claude([user([pdf])]), claude([user([pdf]), assistant("Hm")]))).toBeLessThan(
      1050 + 256 + 300,
    );
  });

  it("content at an address is bounded once more, as it may have changed", () => {
    const image = user([{ type: "image", source: { type: "url", url: "https://a.b/c.png" } }]);
    const bound = boundAfter(claude([image]), claude([image, assistant("A cat")]));
    expect(bound).toBeGreaterThan(1050 + 256 + 1000);
  });

  it("a request that continues a counted one counts tools that a message brings in", () => {
    const tools = [{ name: "a", description: "d".repeat(5000), defer_loading: true }];
    const found = user([
      {
        type: "tool_result",
        tool_use_id: "t",
        content: [{ type: "tool_reference", tool_name: "a" }],
      },
    ]);
    const bound = boundAfter(claude(begun, { tools }), claude([...begun, found], { tools }));
    expect(bound).toBeGreaterThan(1050 + 5000);
  });
});

describe("requests that are not the same conversation", () => {
  const cases: Readonly<Record<string, readonly [object, object, Sent?, Sent?]>> = {
    "another model": [claude(begun), claude(goneOn, { model: "claude-opus-4-5" })],
    "another system prompt": [claude(begun), claude(goneOn, { system: "Be brief!" })],
    "other tools": [claude(begun), claude(goneOn, { tools: [{ name: "a" }] })],
    "another choice of tools": [claude(begun), claude(goneOn, { tool_choice: { type: "any" } })],
    thinking: [claude(begun), claude(goneOn, { thinking: { type: "adaptive" } })],
    "context that is edited": [
      claude(begun, { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }),
      claude(goneOn, { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }),
    ],
    "a field that is not known": [claude(begun), claude(goneOn, { metadata_v2: { a: 1 } })],
    "an edited message": [claude(begun), claude([user("What is 1 + 2?"), ...goneOn.slice(1)])],
    "a message that was left out": [claude(goneOn), claude(goneOn.slice(1))],
    "a text of two blocks": [
      claude(begun),
      claude([
        user([
          { type: "text", text: "What is 1 " },
          { type: "text", text: "+ 1?" },
        ]),
      ]),
    ],
    "another account": [claude(begun), claude(goneOn), { key: "sk-1" }, { key: "sk-2" }],
    "another host": [
      claude(begun),
      claude(goneOn),
      {},
      { url: "https://eu.anthropic.com/v1/messages" },
    ],
    "a router, which switches hosts": [
      claude(begun),
      claude(goneOn),
      { url: "https://openrouter.ai/api/v1/messages" },
    ],
    "a host that is not known": [claude(begun), claude(goneOn), { url: "https://a.b/v1/messages" }],
    "another beta of the API": [
      claude(begun),
      claude(goneOn),
      { header: () => undefined },
      { header: (name) => (name === "anthropic-beta" ? "context-1m" : undefined) },
    ],
    "tools that the provider runs": [
      claude(begun, { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 1 }] }),
      claude(goneOn, { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 1 }] }),
    ],
    compaction: [
      claude(begun, { context_management: { edits: [{ type: "compact_20260112" }] } }),
      claude(goneOn, { context_management: { edits: [{ type: "compact_20260112" }] } }),
    ],
  };
  for (const [name, [first, next, sent = {}, nextSent = sent]] of Object.entries(cases)) {
    it(`a request is not taken for the same conversation with ${name}`, () => {
      expect(boundAfter(first, next, { sent, nextSent })).toBeUndefined();
    });
  }

  const reports = {
    "usage that is not whole": reported(1000, 50, { isWhole: false }),
    "usage that is in doubt": reported(1000, 50, { doubts: ["a count is not known"] }),
    "usage with passes besides": reported(1000, 50, { passes: [{ model: CLAUDE, usage: {} }] }),
    "an answer of another model": reported(1000, 50, { model: "claude-haiku-4-5" }),
    "more tokens than can be remembered": reported(2 ** 33, 50),
  };
  for (const [name, report] of Object.entries(reports)) {
    it(`the count of ${name} is not remembered`, () => {
      expect(boundAfter(claude(begun), claude(goneOn), { report })).toBeUndefined();
    });
  }
});

describe("requests that are the same conversation", () => {
  const marked = (text: string): object =>
    user([{ type: "text", text, cache_control: { type: "ephemeral" } }]);
  const cases: Readonly<Record<string, readonly [object, object]>> = {
    "cache markers that move": [
      claude([marked("What is 1 + 1?")], { system: [{ type: "text", text: "Be brief." }] }),
      claude([...goneOn.slice(0, 2), marked("And 2 + 2?")]),
    ],
    "another limit, temperature and way to answer": [
      claude(begun, { max_tokens: 5, temperature: 1 }),
      claude(goneOn, { stream: true, metadata: { user_id: "1" } }),
    ],
    "the same thinking, kept": [
      claude(begun, {
        thinking: { type: "adaptive" },
        context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      }),
      claude(goneOn, {
        thinking: { type: "adaptive" },
        context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      }),
    ],
  };
  for (const [name, [first, next]] of Object.entries(cases)) {
    it(`a request is taken for the same conversation with ${name}`, () => {
      expect(boundAfter(first, next)).toBeDefined();
    });
  }

  it("the same conversation is recognized in the other formats", () => {
    const chat = (messages: readonly object[]): object => ({ model: "gpt-5.4", messages });
    expect(boundAfter(chat(begun), chat(goneOn), { wire: openaiChat })).toBeDefined();
    const response = (input: unknown, more = {}): object => ({ model: "gpt-5.4", input, ...more });
    const url = "https://api.openai.com/v1/responses";
    const items = [
      { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
      { type: "reasoning", summary: [], encrypted_content: "gAAA" },
    ];
    expect(
      boundAfter(response("Hi"), response(items, { client_metadata: { turn: "2" } }), {
        wire: openaiResponses,
        sent: { url },
      }),
    ).toBeDefined();
    const say = (text: string, role = "user"): object => ({ role, parts: [{ text }] });
    const generate = (contents: readonly object[], maxOutputTokens: number): object => ({
      contents,
      generationConfig: { maxOutputTokens, thinkingConfig: { thinkingBudget: 99 } },
    });
    const contents = [say("Hi"), say("Hello", "model"), say("Bye")];
    expect(
      boundAfter(generate([say("Hi")], 9), generate(contents, 10), { wire: gemini }),
    ).toBeDefined();
  });

  it("a conversation is recognized with every Gemini method", () => {
    const url = (method: string): string =>
      `https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:${method}`;
    const body = { contents: [{ parts: [{ text: "Hi" }] }] };
    const bound = boundAfter(body, body, {
      wire: gemini,
      sent: { url: url("generateContent") },
      nextSent: { url: url("streamGenerateContent?alt=sse") },
    });
    expect(bound).toBe(1256);
  });
});

describe("a request that continues an answer by its id", () => {
  const url = "https://api.openai.com/v1/responses";
  const asked = (more: object): object => ({ model: "gpt-5.4", input: "Hi", ...more });
  const next = (id: string, more = {}): object => asked({ previous_response_id: id, ...more });
  const after = (body: object, sent: Sent = {}): number | undefined => {
    const memory = counts();
    const first = about(memory, openaiResponses, asked({}), { url });
    first.answered(reported(1000, 50, { id: "resp_1" }));
    return about(memory, openaiResponses, body, { url, ...sent }).bound()?.inputTokens;
  };

  it("a request that continues an answer by its id is bounded by what was counted for it, and all bytes of its own", () => {
    const own = asked({ instructions: "Be brief." });
    expect(after(next("resp_1", { instructions: "Be brief." }))).toBe(
      1050 + inputBytesOf(JSON.stringify(own)) + 256,
    );
  });

  const strangers = {
    "an id that nobody has reported": [next("resp_2")],
    "the key of another account": [next("resp_1"), { key: "sk-2" }],
    "another model": [next("resp_1", { model: "gpt-5.4-mini" })],
    "other reasoning": [next("resp_1", { reasoning: { effort: "high" } })],
    "a context that is cut": [next("resp_1", { truncation: "auto" })],
    "a conversation that others may add to": [next("resp_1", { conversation: "conv_1" })],
    "a reference to another item": [
      next("resp_1", { input: [{ type: "item_reference", id: "rs_1" }] }),
    ],
  } satisfies Record<string, readonly [object, Sent?]>;
  for (const [name, [body, sent]] of Object.entries(strangers) as [string, [object, Sent?]][]) {
    it(`a request that continues an answer by its id is not bounded with ${name}`, () => {
      expect(after(body, sent)).toBeUndefined();
    });
  }

  it("a chain of answers is bounded, and not one that began with content at an address", () => {
    for (const [input, isKnown] of [
      ["Hi", true],
      [[user([{ type: "input_image", image_url: "https://a.b/c.png" }])], false],
    ] as const) {
      const memory = counts();
      const ask = (body: object) => about(memory, openaiResponses, body, { url });
      ask(asked({ input })).answered(reported(1000, 50, { id: "resp_1" }));
      ask(next("resp_1")).answered(reported(1060, 50, { id: "resp_2" }));
      expect(ask(next("resp_2")).bound() !== undefined).toBe(isKnown);
    }
  });
});

describe("a provider that does not keep to its own counts", () => {
  it("a provider that counts wrongly is not believed after three times, for this model and account", () => {
    const memory = counts();
    const ask = (messages: readonly object[], sent?: Sent) =>
      about(memory, anthropicMessages, claude(messages), sent);
    ask(begun, { key: "sk-2" }).answered(reported(1000, 50));
    const turns = [...begun];
    ask(turns).answered(reported(1000, 50));
    for (const inputTokens of [5000, 10_000, 15_000]) {
      turns.push(assistant("4"));
      const next = ask(turns);
      // It goes on from what was counted last, however much that was.
      expect(next.bound()?.inputTokens).toBeLessThan(inputTokens - 3000);
      next.answered(reported(inputTokens, 50));
    }
    expect(ask(goneOn).bound()).toBeUndefined();
    expect(ask([...turns, assistant("4")]).bound()).toBeUndefined();
    expect(ask(goneOn, { key: "sk-2" }).bound()).toBeDefined();
  });

  it("the provider's count is used if it is lower, and if no other bound was requested", () => {
    const memory = counts();
    const ask = () => about(memory, anthropicMessages, claude(goneOn));
    ask().answered(reported(1000, 50));
    ask().answered(reported(5000, 50));
    const next = ask();
    next.bound();
    next.answered(reported(4000, 50));
    expect(ask().bound()?.inputTokens).toBe(4256);
  });
});

describe("the lifetime of a count", () => {
  it("the lifetime of a count is a day: a name of a model may come to mean another one", () => {
    let now = 1_790_000_000_000;
    const memory = counts({ now: () => now });
    about(memory, anthropicMessages, claude(begun)).answered(reported(1000, 50));
    now += 86_400_000;
    expect(about(memory, anthropicMessages, claude(goneOn)).bound()).toBeDefined();
    now++;
    expect(about(memory, anthropicMessages, claude(goneOn)).bound()).toBeUndefined();
  });
});
