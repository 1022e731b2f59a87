// The gateway's own refusals look like errors of the provider that a client asks for, so that its
// SDK makes the error of it that its users know.

import Anthropic, {
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
} from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { chat, jsonOf, startTestGateway } from "./gateways.ts";

const provider = await startProvider();
const WRONG_KEY = `tb_${"x".repeat(32)}`;
const ASKED = {
  model: "claude-haiku-4-5",
  max_tokens: 10,
  messages: [{ role: "user" as const, content: "Hi" }],
};

/** What a call is rejected with. */
async function rejected(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("Expected the call to be rejected");
}

describe("refusals of the gateway, as clients read them", () => {
  it("Anthropic's client reads a wrong key, a withheld route and an unknown upstream key as its own errors", async () => {
    const { gateway, keyFor } = await startTestGateway(provider);
    for (const baseURL of [`${gateway.url}/anthropic`, gateway.url]) {
      const wrong = new Anthropic({ apiKey: WRONG_KEY, baseURL, maxRetries: 0 });
      const error = await rejected(wrong.messages.create(ASKED));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({
        status: 401,
        type: "authentication_error",
        error: {
          type: "error",
          error: { type: "authentication_error", message: "token-budget: this key is not valid" },
        },
      });
      const known = new Anthropic({ apiKey: await keyFor("users/ada"), baseURL, maxRetries: 0 });
      const withheld = await rejected(known.messages.batches.list());
      expect(withheld).toBeInstanceOf(PermissionDeniedError);
      expect(withheld).toMatchObject({ status: 403, type: "permission_error" });
    }
    const keyless = await startTestGateway(provider, { providerKeys: { openai: ["sk-a"] } });
    const client = new Anthropic({
      apiKey: await keyless.keyFor("users/ada"),
      baseURL: `${keyless.gateway.url}/anthropic`,
      maxRetries: 0,
    });
    const missing = await rejected(client.messages.create(ASKED));
    expect(missing).toBeInstanceOf(NotFoundError);
    expect(missing).toMatchObject({ type: "not_found_error" });
  });

  it("Google's client reads a wrong key and a withheld route in Google's words", async () => {
    const { gateway, keyFor } = await startTestGateway(provider);
    for (const baseUrl of [`${gateway.url}/google`, gateway.url]) {
      const wrong = new GoogleGenAI({ apiKey: WRONG_KEY, httpOptions: { baseUrl } });
      const error = await rejected(
        wrong.models.generateContent({ model: "gemini-2.5-flash", contents: "Hi" }),
      );
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 401 });
      expect(JSON.parse((error as ApiError).message)).toMatchObject({
        error: {
          code: 401,
          status: "UNAUTHENTICATED",
          message: "token-budget: this key is not valid",
        },
      });
      const known = new GoogleGenAI({
        apiKey: await keyFor("users/ada"),
        httpOptions: { baseUrl },
      });
      const withheld = await rejected(known.files.list());
      expect(withheld).toMatchObject({ status: 403 });
      expect((withheld as ApiError).message).toContain("PERMISSION_DENIED");
    }
  });

  it("OpenAI's client, and everybody else, reads OpenAI's shape", async () => {
    const { gateway, ask } = await startTestGateway(provider);
    const wrong = new OpenAI({ apiKey: WRONG_KEY, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const error = await rejected(wrong.models.list());
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: "proxy_error" });
    for (const path of ["/budget", "/nowhere/v1/messages", "/mcp"]) {
      const answer = await ask(path, WRONG_KEY, chat());
      expect(answer.status).toBe(401);
      expect(await jsonOf(answer)).toEqual({
        error: {
          message: "token-budget: this key is not valid",
          type: "proxy_error",
          code: "proxy_error",
        },
      });
    }
  });
});
