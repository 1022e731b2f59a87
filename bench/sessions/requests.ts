// Requests as the agents send them, made from the recorded numbers: each is as long as the recorded one was, and
// begins with the request that it extends, byte for byte but for the marks of caches.

import type { Agent, Call, Session } from "./recording.ts";

/** A request as it goes to the meter. */
export interface AgentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Claude Code asks every model for this much, and models that think on request for this much thinking. */
const CLAUDE_OUTPUT_LIMIT = 32_000;
const CLAUDE_THINKING = 31_999;
const THINKS_BY_BUDGET = /haiku-4-5|sonnet-4-5|opus-4-5/;
const CONTEXT_200K = 200_000;
/** The first bytes of a picture of 1,092 × 1,092 pixels. */
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAABEQAAAREAgIAAAD6w0lAAAAAAXNSR0IArs4c6QAAAABJRU5ErkJggg==";

/** Makes the requests of one session. */
export class SessionRequests {
  readonly #session: Session;
  readonly #id: number;
  /** The messages of each request, without the marks of caches. */
  readonly #messages: string[] = [];
  /** What stands before all messages of each request. */
  readonly #instructions: string[] = [];
  readonly #isForAnHour: ReadonlySet<number>;
  readonly #isLong: boolean;

  constructor(session: Session, id: number) {
    const { calls } = session;
    this.#session = session;
    this.#id = id;
    this.#isForAnHour = new Set(
      calls.filter((call) => call.written1h > 0).map((call) => call.conversation),
    );
    this.#isLong = calls.some(
      (call) => call.input + call.read + call.written5m + call.written1h > CONTEXT_200K,
    );
  }

  /** The request of a call. Those that it extends have to be made before it. */
  requestOf(at: number): AgentRequest {
    const call = this.#session.calls[at]!;
    const shape = SHAPES[this.#session.agent];
    const { base } = call;
    const before = base === undefined ? "" : `${this.#messages[base] ?? ""},`;
    const instructions = base === undefined ? "" : (this.#instructions[base] ?? "");
    const mark = this.#markOf(call);
    const answer =
      base === undefined || call.answerBytes === 0
        ? ""
        : `${shape.message("assistant", this.#filled("a", at, call.answerBytes), "")},`;
    const asked = this.#filled("u", at, call.newBytes - call.answerBytes);
    const pictures = shape.picture.repeat(call.images);
    this.#instructions[at] =
      base === undefined
        ? this.#filled("i", call.conversation, call.instructionBytes)
        : instructions;
    this.#messages[at] = `${before}${answer}${shape.message("user", asked, pictures)}`;
    const last = `${before}${answer}${shape.message("user", asked, pictures, mark)}`;
    return shape.request(call, last, this.#instructions[at] ?? "", {
      mark,
      thinks: this.#session.thinks,
      isLong: this.#isLong,
    });
  }

  #markOf(call: Call): string {
    const ttl = this.#isForAnHour.has(call.conversation) ? ',"ttl":"1h"' : "";
    return `,"cache_control":{"type":"ephemeral"${ttl}}`;
  }

  /** Text of about so many bytes as JSON, which no other message has. */
  #filled(kind: string, at: number, bytes: number): string {
    const name = `${this.#id} ${kind} ${at} `;
    return (
      name +
      "lorem ipsum dolor "
        .repeat(Math.ceil(bytes / 18))
        .slice(0, Math.max(0, bytes - name.length - FRAME))
    );
  }
}

/** Bytes of a message besides its text. */
const FRAME = 60;

interface Shape {
  readonly picture: string;
  message(role: "user" | "assistant", text: string, pictures: string, mark?: string): string;
  request(call: Call, messages: string, instructions: string, how: How): AgentRequest;
}

interface How {
  readonly mark: string;
  readonly thinks: boolean;
  readonly isLong: boolean;
}

const SHAPES: Readonly<Record<Agent, Shape>> = {
  "claude-code": {
    picture: `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${PICTURE}"}},`,
    message: (role, text, pictures, mark = "") =>
      `{"role":"${role}","content":[${pictures}{"type":"text","text":"${text}"${mark}}]}`,
    request({ model }, messages, instructions, { mark, thinks, isLong }) {
      const kind = THINKS_BY_BUDGET.test(model)
        ? `{"type":"enabled","budget_tokens":${CLAUDE_THINKING}}`
        : '{"type":"adaptive"}';
      const thinking = thinks ? `,"thinking":${kind}` : "";
      return {
        url: "https://api.anthropic.com/v1/messages?beta=true",
        headers: {
          "x-api-key": "sk-ant-recorded",
          "anthropic-version": "2023-06-01",
          "anthropic-beta": `claude-code-20250219${isLong ? ",context-1m-2025-08-07" : ""}`,
        },
        body: `{"model":"${model}","max_tokens":${CLAUDE_OUTPUT_LIMIT}${thinking},"system":[{"type":"text","text":"${instructions}"${mark}}],"messages":[${messages}]}`,
      };
    },
  },
  codex: {
    picture: `{"type":"input_image","image_url":"data:image/png;base64,${PICTURE}"},`,
    message: (role, text, pictures) =>
      role === "user"
        ? `{"type":"message","role":"user","content":[${pictures}{"type":"input_text","text":"${text}"}]}`
        : `{"type":"message","role":"assistant","content":[{"type":"output_text","text":"${text}"}]}`,
    request: ({ model }, messages, instructions) => ({
      url: "https://api.openai.com/v1/responses",
      headers: { authorization: "Bearer sk-recorded" },
      body: `{"model":"${model}","instructions":"${instructions}","store":false,"reasoning":{"effort":"medium"},"include":["reasoning.encrypted_content"],"input":[${messages}]}`,
    }),
  },
  "gemini-cli": {
    picture: `{"inlineData":{"mimeType":"image/png","data":"${PICTURE}"}},`,
    message: (role, text, pictures) =>
      `{"role":"${role === "user" ? "user" : "model"}","parts":[${pictures}{"text":"${text}"}]}`,
    request: ({ model }, messages, instructions) => ({
      url: `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`,
      headers: { "x-goog-api-key": "recorded" },
      body: `{"contents":[${messages}],"systemInstruction":{"role":"user","parts":[{"text":"${instructions}"}]},"generationConfig":{"temperature":1,"thinkingConfig":{"includeThoughts":true}}}`,
    }),
  },
};
