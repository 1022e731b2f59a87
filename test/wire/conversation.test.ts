import { describe, expect, it } from "vitest";

import { conversationOf } from "../../src/wire/anthropic/conversation.ts";
import { geminiConversation } from "../../src/wire/google/conversation.ts";
import { chatConversation } from "../../src/wire/openai/chat-conversation.ts";
import {
  responsesContinuation,
  responsesConversation,
} from "../../src/wire/openai/responses-conversation.ts";
import type { Conversation } from "../../src/wire/conversation.ts";

const marker = { cache_control: { type: "ephemeral" } };

/** The messages of a conversation as they are counted. */
function countedIn(conversation: Conversation | undefined): readonly unknown[] {
  return (conversation?.messages ?? []).map((message) => conversation?.counted(message));
}

describe("a message as it is counted", () => {
  it("Anthropic: without markers at any depth, and one text as itself", () => {
    const text = { type: "text", text: "Hi" };
    const result = (content: unknown): object => ({
      type: "tool_result",
      tool_use_id: "t",
      content,
    });
    const conversation = conversationOf({
      system: [{ ...text, ...marker }],
      messages: [
        { role: "user", content: [{ ...text, ...marker }] },
        { role: "user", content: [{ ...result([{ ...text, ...marker }]), ...marker }, text] },
      ],
    });
    expect(conversation?.settings).toEqual([["system", "Hi"]]);
    expect(countedIn(conversation)).toEqual([
      { role: "user", content: "Hi" },
      { role: "user", content: [result("Hi"), text] },
    ]);
  });

  it("Anthropic: what a tool is called with is the caller's own, markers and all", () => {
    const call = {
      type: "tool_use",
      id: "t",
      name: "write",
      input: { ...marker, content: [marker] },
    };
    const messages = [{ role: "assistant", content: [call] }];
    expect(countedIn(conversationOf({ messages }))).toEqual(messages);
  });

  it("Anthropic: a text that is more than a text stays a block", () => {
    const cited = { type: "text", text: "Hi", citations: [{ type: "char_location" }] };
    const messages = [{ role: "assistant", content: [cited] }];
    const conversation = conversationOf({ messages });
    expect(countedIn(conversation)).toEqual(messages);
    expect(conversation?.cites(messages[0])).toBe(true);
  });

  it("OpenAI: one text as itself, and an item without a type as a message", () => {
    const chat = chatConversation({
      messages: [{ role: "user", content: [{ type: "text", text: "Hi", ...marker }] }],
    });
    expect(countedIn(chat)).toEqual([{ role: "user", content: "Hi" }]);
    const message = { role: "user", content: "Hi" };
    expect(countedIn(responsesConversation({ input: "Hi" }))).toEqual([message]);
    expect(countedIn(responsesConversation({ input: [{ type: "message", ...message }] }))).toEqual([
      message,
    ]);
  });

  it("content nested deeper than the format is not searched", () => {
    let content: unknown = [{ type: "image", source: { type: "url", url: "https://a.b" } }];
    for (let depth = 0; depth < 10_000; depth++) content = [{ type: "tool_result", content }];
    const conversation = conversationOf({ messages: [{ role: "user", content }] });
    expect(countedIn(conversation)).toHaveLength(1);
    expect(conversation?.isFetched(conversation.messages[0])).toBe(true);
  });
});

describe("settings that must be equal", () => {
  it("Gemini: the configuration without limits and sampling, in either spelling", () => {
    const contents = [{ parts: [{ text: "Hi" }] }];
    const thinking = { thinkingBudget: 9 };
    expect(
      geminiConversation({
        contents,
        generationConfig: { maxOutputTokens: 5, temperature: 1, thinkingConfig: thinking },
        safetySettings: [],
      }).settings,
    ).toEqual([["generationConfig", { thinkingConfig: thinking }]]);
    expect(
      geminiConversation({ contents, generation_config: { max_output_tokens: 5, top_k: 1 } })
        .settings,
    ).toEqual([["generation_config", {}]]);
  });

  it("everything is compared that is not known to have no influence, and nothing that is null", () => {
    const { settings } = chatConversation({ messages: [], stop: "x", tools: null, mystery: 1 });
    expect(settings).toEqual([["mystery", 1]]);
  });
});

describe("content that is fetched again", () => {
  const at = "https://a.b/c";
  const data = "data:image/png;base64,iVBO";
  it("content that is fetched again is found in every format", () => {
    const chat = chatConversation({});
    const image = (url: string): object => ({
      content: [{ type: "image_url", image_url: { url } }],
    });
    expect([chat.isFetched(image(at)), chat.isFetched(image(data))]).toEqual([true, false]);
    const item = (image_url: string): object => ({ content: [{ type: "input_image", image_url }] });
    const response = responsesConversation({ input: [] });
    expect([response?.isFetched(item(at)), response?.isFetched(item(data))]).toEqual([true, false]);
    const output = { type: "computer_call_output", output: [{ image_url: at }] };
    expect(response?.isFetched(output)).toBe(true);
    expect(response?.isFetched({ output: { image_url: at } })).toBe(true);
    const gemini = geminiConversation({});
    const file = (fileUri: string): object => ({ parts: [{ fileData: { fileUri } }] });
    const own = "https://generativelanguage.googleapis.com/v1beta/files/abc";
    expect([gemini.isFetched(file(at)), gemini.isFetched(file(own))]).toEqual([true, false]);
    const inner = { parts: [{ functionResponse: { parts: [{ file_data: { file_uri: at } }] } }] };
    expect(gemini.isFetched(inner)).toBe(true);
  });
});

describe("conversations stored at the provider", () => {
  it("a conversation at the provider is not known where others may change it, or where it is edited", () => {
    for (const body of [
      { input: "Hi", conversation: "conv_1" },
      { input: "Hi", prompt: { id: "pmpt_1" } },
      { input: "Hi", truncation: "auto" },
      { input: "Hi", context_management: [{ type: "compaction" }] },
    ])
      expect(responsesConversation(body)).toBeUndefined();
    expect(
      responsesConversation({ input: "Hi", prompt: { id: "pmpt_1", version: "2" } }),
    ).toBeDefined();
  });

  it("a conversation at the provider is named by the id of an answer", () => {
    const body = { input: "Hi", reasoning: { effort: "low" }, previous_response_id: "resp_1" };
    expect(responsesContinuation(body)).toEqual({
      id: "resp_1",
      settings: [["reasoning", { effort: "low" }]],
      body: { input: "Hi", reasoning: { effort: "low" } },
    });
    expect(responsesContinuation(body, "resp_2")?.id).toBe("resp_2");
    expect(responsesContinuation({ input: "Hi" })).toBeUndefined();
    expect(responsesContinuation({ ...body, conversation: "conv_1" })).toBeUndefined();
  });
});
