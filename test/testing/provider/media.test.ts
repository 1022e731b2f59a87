// Images, speech, transcriptions and videos of the simulated provider, by OpenAI's client through a
// metered fetch: what is booked is what is billed.

import OpenAI, { toFile } from "openai";
import { expect, it } from "vitest";

import { BudgetPool } from "../../../src/index.ts";
import { meteredFetch } from "../../../src/meter/index.ts";
import type { ExchangeReport } from "../../../src/meter/index.ts";
import { SimulatedProvider } from "../../../src/testing/provider/index.ts";

async function started() {
  const provider = await SimulatedProvider.start();
  const pool = new BudgetPool({ caps: { usd: 10 } });
  const reports: ExchangeReport[] = [];
  const fetch = meteredFetch(pool, {
    fetch: provider.fetch,
    onExchange: (report) => reports.push(report),
  });
  return { provider, pool, reports, client: new OpenAI({ apiKey: "any", fetch, maxRetries: 0 }) };
}

async function expectBilled({ provider, pool }: Awaited<ReturnType<typeof started>>, usd: number) {
  await provider.idle();
  expect(provider.total.usd).toBe(usd);
  expect(pool.snapshot()).toMatchObject({ openReservations: 0, used: { usd } });
  await provider.close();
}

it("images are billed by their tokens", async () => {
  const all = await started();
  const size = "1024x1024";
  const made = await all.client.images.generate({
    model: "gpt-image-1",
    prompt: "a cat",
    n: 2,
    size,
    quality: "low",
  });
  expect(made.data).toHaveLength(2);
  const image = await toFile(Buffer.from(made.data?.[0]?.b64_json ?? "", "base64"), "cat.png");
  await all.client.images.edit({ model: "gpt-image-1", image, prompt: "a dog", size });
  // 2 tokens of text each, 323 of an image that goes in, 544 and 4,160 that come out.
  await expectBilled(all, 0.19141);
});

it("speech is billed by the character, and transcription by the second", async () => {
  const all = await started();
  const speech = await all.client.audio.speech.create({
    model: "tts-1",
    voice: "alloy",
    input: "Hello there, how are you?",
  });
  const file = await toFile(Buffer.from(await speech.arrayBuffer()), "hello.wav");
  const { text } = await all.client.audio.transcriptions.create({ model: "whisper-1", file });
  expect(text).toBe("Hello there.");
  // 25 characters, and 2 seconds.
  await expectBilled(all, 0.000_575);
});

it("a video is billed by the requested second", async () => {
  const all = await started();
  const video = await all.client.videos.create({ model: "sora-2", prompt: "a cat", seconds: "8" });
  expect(await all.client.videos.retrieve(video.id)).toMatchObject({ status: "completed" });
  await expectBilled(all, 0.8);
});

it("an error costs nothing, and a lost answer its full cost", async () => {
  const all = await started();
  const speak = () =>
    all.client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Hello" });
  all.provider.behave(() => ({ status: 503 }));
  await expect(speak()).rejects.toThrow("503");
  all.provider.behave(() => ({ loseAnswer: true }));
  await expect(speak()).rejects.toThrow("Connection error");
  expect(all.reports.map(({ outcome }) => outcome)).toEqual(["released", "unknown"]);
  await expectBilled(all, 0.000_075);
});
