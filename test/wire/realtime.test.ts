// Realtime sessions: what a response reports, and what is known of the session before it.

import { describe, expect, it } from "vitest";

import { OPENAI } from "../../src/wire/openai/provider.ts";
import { RealtimeState } from "../../src/wire/openai/realtime-state.ts";
import { openaiRealtime } from "../../src/wire/openai/realtime.ts";

function reported(usage: object) {
  const reading = openaiRealtime.reading(OPENAI);
  reading.read({ type: "response.done", response: { usage } }, "response.done");
  return reading.usage(false);
}

describe("a response", () => {
  // https://platform.openai.com/docs/guides/realtime-costs
  const USAGE = {
    total_tokens: 253,
    input_tokens: 132,
    output_tokens: 121,
    input_token_details: {
      text_tokens: 119,
      audio_tokens: 13,
      image_tokens: 0,
      cached_tokens: 64,
      cached_tokens_details: { text_tokens: 60, audio_tokens: 4, image_tokens: 0 },
    },
    output_token_details: { text_tokens: 30, audio_tokens: 91 },
  };

  it("a realtime response reports text and sound apart, and what of each was cached", () => {
    expect(reported(USAGE)).toMatchObject({
      isWhole: true,
      doubts: [],
      usage: {
        inputTokens: 59,
        cacheReadTokens: 60,
        inputAudioTokens: 9,
        cacheReadAudioTokens: 4,
        outputTokens: 30,
        outputAudioTokens: 91,
      },
    });
  });

  it("a realtime response without its sound counts is not whole, and unknown counts are doubts", () => {
    const { output_token_details: _details, ...without } = USAGE;
    expect(reported(without)?.isWhole).toBe(false);
    expect(reported({ ...USAGE, video_tokens: 5 })?.doubts).toHaveLength(1);
    expect(reported({ total_tokens: 5 })).toBeUndefined();
  });
});

/** What is known after some messages. */
function stateAfter(...messages: readonly object[]): RealtimeState {
  const state = new RealtimeState("gpt-realtime");
  for (const message of messages)
    if ("from" in message) state.answered(message);
    else state.asked(message, JSON.stringify(message));
  return state;
}

const update = (session: object): object => ({ type: "session.update", session });
const updated = (session: object): object => ({ from: "it", type: "session.updated", session });
const detection = (turn_detection: unknown): object => ({ audio: { input: { turn_detection } } });

describe("a session", () => {
  it("a realtime session grows by what either side says", () => {
    const before = stateAfter().facts("when asked").inputTokensMax;
    const item = { type: "conversation.item.create", item: { content: [{ text: "Hello" }] } };
    const sound = { type: "input_audio_buffer.append", audio: "A".repeat(5120) };
    const done = { from: "it", type: "response.done", response: { usage: { output_tokens: 70 } } };
    const { inputTokensMax } = stateAfter(item, sound, done).facts("when asked");
    expect(inputTokensMax - before).toBe(JSON.stringify(item).length + 10 + 70);
  });

  it("sound in an item of a realtime session counts by its length, an image up to the window", () => {
    const content = [{ type: "input_audio", audio: "A".repeat(51_200) }, { type: "input_image" }];
    const { inputTokensMax, upToWindow } = stateAfter({
      type: "conversation.item.create",
      item: { content },
    }).facts("when asked");
    expect(inputTokensMax).toBeLessThan(2048 + 300);
    expect(upToWindow).toEqual(["an image"]);
  });

  it("a realtime session begins responses by itself until the provider says that it does not", () => {
    expect(stateAfter().beginsItself).toBe(true);
    expect(stateAfter(update(detection(null))).beginsItself).toBe(true);
    const off = stateAfter(updated(detection(null)));
    expect(off.beginsItself).toBe(false);
    off.asked(update(detection({ type: "server_vad" })), "{}");
    expect(off.beginsItself).toBe(true);
    expect(stateAfter(updated(detection({ create_response: false }))).beginsItself).toBe(false);
    expect(stateAfter(updated({ turn_detection: null })).beginsItself).toBe(false);
  });

  it("a realtime session has the limit that the provider has taken; one that is lifted is lifted at once", () => {
    const limitOf = (...messages: readonly object[]): unknown =>
      stateAfter(...messages).facts("when asked").outputLimit;
    expect(limitOf(update({ max_output_tokens: 100 }))).toBeUndefined();
    const limited = updated({ max_output_tokens: 100 });
    expect(limitOf(limited)).toBe(100);
    expect(limitOf(limited, update({ max_output_tokens: 50 }))).toBe(100);
    expect(limitOf(limited, update({ max_output_tokens: 500 }))).toBe(500);
    expect(limitOf(limited, update({ max_output_tokens: "inf" }))).toBe("inf");
    expect(limitOf(updated({ max_response_output_tokens: 70 }))).toBe(70);
  });
});
