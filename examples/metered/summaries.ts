// The part to copy: clients that cannot overspend, and what is left to do when one is refused.

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { budgetExceededFrom } from "token-budget/meter";

const SUMMARY_TOKENS_MAX = 300;

/** Summaries by two providers, all through one metered `fetch`. */
export class Summaries {
  readonly texts: string[] = [];
  /** How many were refused, by the reason. */
  readonly refused = { never: 0, spent: 0, busy: 0, frozen: 0 };
  /** How many the provider could not do, however often it was tried. */
  failed = 0;
  readonly #openai: OpenAI;
  readonly #anthropic: Anthropic;

  constructor(url: string, openaiFetch: typeof fetch, anthropicFetch: typeof fetch) {
    this.#openai = new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, fetch: openaiFetch });
    this.#anthropic = new Anthropic({ apiKey: "none", baseURL: url, fetch: anthropicFetch });
  }

  /** Has a text summarized, in one of four ways. */
  async add(text: string, index: number): Promise<void> {
    const prompt = `Summarize in a few sentences:\n\n${text}`;
    const ways = [
      () => this.#whole(prompt),
      () => this.#streamed(prompt),
      () => this.#byClaude(prompt),
      () => this.#streamedByClaude(prompt),
    ] as const;
    try {
      this.texts.push(await (ways[index % ways.length] ?? ways[0])());
    } catch (error) {
      const refusal = budgetExceededFrom(error);
      if (refusal !== undefined) this.refused[refusal.reason]++;
      else if (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError)
        this.failed++;
      else throw error;
    }
  }

  /** Without a limit of its own: the meter writes one into the request. */
  async #whole(content: string): Promise<string> {
    const { choices } = await this.#openai.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content }],
    });
    return choices[0]?.message.content ?? "";
  }

  async #streamed(content: string): Promise<string> {
    const chunks = await this.#openai.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content }],
      max_completion_tokens: SUMMARY_TOKENS_MAX,
      stream: true,
    });
    let text = "";
    for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? "";
    return text;
  }

  async #byClaude(content: string): Promise<string> {
    const message = await this.#anthropic.messages.create({
      model: "claude-haiku-4-5",
      max_tokens: SUMMARY_TOKENS_MAX,
      messages: [{ role: "user", content }],
    });
    return message.content.flatMap((block) => (block.type === "text" ? block.text : [])).join("");
  }

  #streamedByClaude(content: string): Promise<string> {
    return this.#anthropic.messages
      .stream({
        model: "claude-haiku-4-5",
        max_tokens: SUMMARY_TOKENS_MAX,
        messages: [{ role: "user", content }],
      })
      .finalText();
  }
}
