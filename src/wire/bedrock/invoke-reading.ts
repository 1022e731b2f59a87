// What an answer in the format of a model's maker reports at Bedrock: in its body, in the last
// event of a stream, or in the headers.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html

import { AnthropicMessagesReading } from "../anthropic/messages-usage.ts";
import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, textAt } from "../json/untrusted.ts";
import { OpenaiChatReading } from "../openai/chat-usage.ts";
import type { Provider } from "../provider.ts";
import type { WireHead, AnswerReading, WireUsage } from "../wire-usage.ts";
import { ConverseReading } from "./converse-reading.ts";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html */
const INPUT_HEADER = "x-amzn-bedrock-input-token-count";
const OUTPUT_HEADER = "x-amzn-bedrock-output-token-count";
const METRICS = "amazon-bedrock-invocationMetrics";
const DIGITS = /^\d{1,15}$/;
/** The events of Nova's streams, each a member of its own. */
const NOVA_EVENTS: readonly string[] = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
];

/** Reads an answer of InvokeModel. */
export class InvokeReading implements AnswerReading {
  readonly #claude: AnthropicMessagesReading;
  readonly #chat: OpenaiChatReading;
  readonly #converse = new ConverseReading();
  #input: number | undefined;
  #output: number | undefined;
  #ownBytes = 0;
  #hasOwnError = false;
  #isEmbedding = false;
  #isCounted = false;

  constructor(provider: Provider) {
    this.#claude = new AnthropicMessagesReading(provider);
    this.#chat = new OpenaiChatReading(provider);
  }

  get outputBytes(): number {
    const { outputBytes: claude } = this.#claude;
    return this.#ownBytes + claude + this.#chat.outputBytes + this.#converse.outputBytes;
  }

  get hidesOutput(): boolean {
    return this.#claude.hidesOutput || this.#converse.hidesOutput;
  }

  get hasError(): boolean {
    return this.#hasOwnError || this.#claude.hasError || this.#chat.hasError;
  }

  get awaitsUsage(): boolean {
    const isOver = this.#claude.awaitsUsage || this.#converse.awaitsUsage || this.#chat.awaitsUsage;
    return isOver && !this.#isCounted;
  }

  head(head: WireHead): void {
    this.#count(readHeader(head, INPUT_HEADER), readHeader(head, OUTPUT_HEADER));
  }

  read(message: unknown, event: string): void {
    if (event.endsWith("Exception")) this.#hasOwnError = true;
    const metrics = fieldOf(message, METRICS);
    if (metrics !== undefined) {
      this.#isCounted = true;
      this.#count(countAt(metrics, "inputTokenCount"), countAt(metrics, "outputTokenCount"));
    }
    const nova = NOVA_EVENTS.find((name) => has(message, name));
    if (nova !== undefined) this.#converse.read(fieldOf(message, nova), nova);
    else if (has(at(message, "output"), "message")) this.#converse.read(message, "");
    else if (has(message, "choices")) this.#chat.read(message);
    else if (textAt(message, "type") !== undefined || has(message, "content"))
      this.#claude.read(message, "");
    else this.#own(message);
  }

  done(): void {
    this.#claude.done();
    this.#chat.done();
    this.#converse.done();
  }

  usage(isWholeBody: boolean): WireUsage | undefined {
    for (const reading of [this.#claude, this.#converse, this.#chat]) {
      const found = reading.usage(isWholeBody);
      if (found?.isWhole === true) return found;
    }
    const outputTokens = this.#output ?? (this.#isEmbedding ? 0 : undefined);
    if (this.#input === undefined && outputTokens === undefined) return undefined;
    // A count of nothing beside output that was seen is none.
    const isEmpty = outputTokens === 0 && this.outputBytes > 0;
    const isWhole = this.#input !== undefined && outputTokens !== undefined && !isEmpty;
    return {
      usage: {
        ...(this.#input !== undefined && { inputTokens: this.#input }),
        ...(outputTokens !== undefined && !isEmpty && { outputTokens }),
      },
      passes: [],
      isWhole,
      doubts: [],
      model: undefined,
      service: {},
      reportedUsd: undefined,
    };
  }

  /** Titan, Llama, Mistral's texts, Cohere, AI21. */
  #own(message: unknown): void {
    const results = listAt(message, "results");
    const written = results.map((each) => countAt(each, "tokenCount"));
    const sum = written.reduce<number>((all, each) => all + (each ?? 0), 0);
    this.#count(
      countAt(message, "inputTextTokenCount") ?? countAt(message, "prompt_token_count"),
      (results.length > 0 ? sum : undefined) ??
        countAt(message, "totalOutputTextTokenCount") ??
        countAt(message, "generation_token_count"),
    );
    if (has(message, "embedding") || has(message, "embeddings")) this.#isEmbedding = true;
    for (const name of ["generation", "completion", "outputText", "text"])
      this.#ownBytes += bytesIn(fieldOf(message, name));
    for (const name of ["results", "outputs", "generations", "completions"])
      for (const each of listAt(message, name))
        for (const text of ["outputText", "text", "data"])
          this.#ownBytes += bytesIn(fieldOf(each, text));
  }

  #count(input: number | undefined, output: number | undefined): void {
    if (input !== undefined) this.#input = Math.max(this.#input ?? 0, input);
    if (output !== undefined) this.#output = Math.max(this.#output ?? 0, output);
  }
}

function readHeader(head: WireHead, name: string): number | undefined {
  const value = head.get(name);
  return value !== null && DIGITS.test(value) ? Number(value) : undefined;
}
