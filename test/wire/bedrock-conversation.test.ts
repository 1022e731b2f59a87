import { describe, expect, it } from "vitest";

import { bedrockConverse } from "../../src/wire/bedrock/converse.ts";
import { converseConversation, invokeConversation } from "../../src/wire/bedrock/conversation.ts";
import { bedrockInvoke } from "../../src/wire/bedrock/invoke.ts";
import { about, counts, reported } from "../meter/counted/requests.ts";
import type { Sent } from "../meter/counted/requests.ts";

const HOST = "https://bedrock-runtime.us-east-1.amazonaws.com/model";
const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const url = (method: string): string => `${HOST}/${encodeURIComponent(MODEL)}/${method}`;
const marker = { cachePoint: { type: "default" } };
const user = (...content: readonly object[]): object => ({ role: "user", content });
const assistant = { role: "assistant", content: [{ text: "Hi" }] };

/** A signature as AWS makes it: another one for every request. */
function signed(key: string, signature: string): NonNullable<Sent["header"]> {
  const scope = "20261126/us-east-1/bedrock/aws4_request, SignedHeaders=host";
  return (name) =>
    name === "authorization"
      ? `AWS4-HMAC-SHA256 Credential=${key}/${scope}, Signature=${signature}`
      : undefined;
}

describe("a conversation at Bedrock", () => {
  it("Converse: a conversation is the same without markers, limits and labels", () => {
    const conversation = converseConversation({
      messages: [user({ text: "Hi" }, marker)],
      system: [{ text: "Be brief." }, marker],
      toolConfig: { tools: [{ toolSpec: { name: "a" } }, marker] },
      inferenceConfig: { maxTokens: 9, temperature: 1 },
      requestMetadata: { a: "b" },
    });
    expect(conversation?.messages.map((each) => conversation.counted(each))).toEqual([
      user({ text: "Hi" }),
    ]);
    expect(conversation?.settings).toEqual([
      ["system", [{ text: "Be brief." }]],
      ["toolConfig", { tools: [{ toolSpec: { name: "a" } }] }],
      ["inferenceConfig", {}],
    ]);
  });

  it("Converse: a marker that holds more than a marker is content", () => {
    const content = { cachePoint: { type: "default", text: "x".repeat(1000) } };
    const conversation = converseConversation({ messages: [user(content)] });
    expect(conversation?.counted(conversation.messages[0])).toEqual(user(content));
  });

  it("Converse: what is kept in a bucket is fetched again, and a stored prompt is none", () => {
    const source = { s3Location: { uri: "s3://a/b.pdf" } };
    const document = { document: { format: "pdf", name: "b", source } };
    const conversation = converseConversation({ messages: [] });
    expect(conversation?.isFetched(user(document))).toBe(true);
    expect(conversation?.isFetched(user({ toolResult: { content: [document] } }))).toBe(true);
    expect(conversation?.isFetched(user({ text: "Hi" }))).toBe(false);
    expect(converseConversation({ promptVariables: { a: { text: "b" } } })).toBeUndefined();
    expect(conversation?.cites(user({ document: { citations: { enabled: true } } }))).toBe(true);
  });

  it("InvokeModel: a conversation is that of the maker's format, where it is Claude's", () => {
    const body = { anthropic_version: "bedrock-2023-05-31", messages: [user({ text: "Hi" })] };
    expect(invokeConversation(body)?.bodyOf([])).toEqual({
      anthropic_version: "bedrock-2023-05-31",
      messages: [],
    });
    expect(invokeConversation({ messages: [] })).toBeUndefined();
  });

  it("a conversation at Bedrock continues under another signature of the same key, streamed or not", () => {
    for (const [wire, method, stream, more] of [
      [bedrockConverse, "converse", "converse-stream", { inferenceConfig: { maxTokens: 9 } }],
      [
        bedrockInvoke,
        "invoke",
        "invoke-with-response-stream",
        { anthropic_version: "bedrock-2023-05-31", max_tokens: 9 },
      ],
    ] as const) {
      const memory = counts();
      const first = { ...more, messages: [user({ text: "Hello", type: "text" })] };
      const next = { ...more, messages: [...first.messages, assistant, user({ text: "Bye" })] };
      about(memory, wire, first, { url: url(method), header: signed("AKIA1", "0a") }).answered(
        reported(1000, 50, { model: "claude-sonnet-4-5-20250929" }),
      );
      const ask = (key: string): number | undefined =>
        about(memory, wire, next, { url: url(stream), header: signed(key, "0b") }).bound()
          ?.inputTokens;
      expect(ask("AKIA1")).toBeGreaterThan(1050 + 256);
      expect(ask("AKIA1")).toBeLessThan(1050 + 1024 + 300);
      expect(ask("AKIA2")).toBeUndefined();
    }
  });
});
