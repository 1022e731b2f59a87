// How long films and sound are, of files that say what they like.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { novaImageTokens } from "../../../src/wire/bedrock/media-tokens.ts";
import { geminiVideoTokens } from "../../../src/wire/google/media-tokens.ts";
import { audioSecondsOf, audioTokensOf } from "../../../src/wire/media/audio-seconds.ts";
import { imageSizeOf } from "../../../src/wire/media/image-size.ts";
import { videoSecondsOf } from "../../../src/wire/media/video-seconds.ts";
import { openImageTokens } from "../../../src/wire/open-models/media-tokens.ts";
import { secondsOfFile } from "../../../src/wire/sound/seconds.ts";
import { flac, heif, mp4, oggOpus, webm } from "./films.ts";

describe("MP4 and M4A", () => {
  const seconds = fc.integer({ min: 1, max: 100_000 });
  it("MP4 and M4A last as long as the longest of all that they say", () => {
    fc.assert(
      fc.property(seconds, seconds, seconds, seconds, (header, media, samples, edit) => {
        const file = mp4({ header, media, samples, edit });
        const most = Math.max(header, media, samples, edit);
        expect(audioSecondsOf(file)).toBe(most);
        expect(audioSecondsOf(file.toString("base64"))).toBe(most);
        expect(videoSecondsOf(file.toString("base64"))).toBe(most);
      }),
      { numRuns: 50 },
    );
  });

  it("MP4 and M4A are not certain in fragments, or where their boxes do not fill them", () => {
    const plan = { header: 1, media: 1, samples: 1 };
    expect(videoSecondsOf(mp4({ ...plan, isFragmented: true }))).toBeUndefined();
    expect(videoSecondsOf(Buffer.concat([mp4(plan), Buffer.alloc(9, 1)]))).toBeUndefined();
    expect(videoSecondsOf(mp4(plan).subarray(0, 60))).toBeUndefined();
  });

  it("MP4 and M4A are not sound where they have pictures, whatever type is stated", () => {
    const plan = { header: 9, media: 9, samples: 9 };
    expect(audioTokensOf(mp4(plan))).toBe(9 * 32 + 64);
    expect(audioTokensOf(mp4({ ...plan, handler: "vide" }))).toBeUndefined();
    expect(audioTokensOf(webm({ last: 3 }))).toBe(4 * 32 + 64);
    expect(audioTokensOf(webm({ last: 3, codec: "V_VP8" }))).toBeUndefined();
  });
});

describe("sound that is walked", () => {
  it("Ogg: its packets count where its pages say less, and its pages where they say more", () => {
    expect(audioSecondsOf(oggOpus(500, 0))).toBeCloseTo(10, 0);
    expect(audioSecondsOf(oggOpus(500, 60))).toBe(60);
    expect(audioSecondsOf(Buffer.concat([oggOpus(500, 0), oggOpus(250, 0)]))).toBeCloseTo(15, 0);
    expect(audioSecondsOf(Buffer.concat([oggOpus(5, 0), Buffer.alloc(40)]))).toBeUndefined();
  });

  it("FLAC: its frames count where its header says less", () => {
    expect(audioSecondsOf(flac(125, 0))).toBeCloseTo(32, 6);
    expect(audioSecondsOf(flac(125, 1))).toBeCloseTo(32, 6);
    expect(audioSecondsOf(flac(125, 16_000 * 60))).toBe(60);
  });

  it("WebM: its blocks count where it says less or nothing", () => {
    expect(audioSecondsOf(webm({ last: 30 }))).toBe(31);
    expect(audioSecondsOf(webm({ last: 30, told: 2 }))).toBe(31);
    expect(audioSecondsOf(webm({ last: 2, told: 30 }))).toBe(31);
    expect(audioSecondsOf(webm({ last: 1, packets: 500 }))).toBeCloseTo(10, 0);
    expect(videoSecondsOf(webm({ last: 12, codec: "V_VP9" }).toString("base64"))).toBe(13);
  });

  it("a transcription is held for them, and for the bytes of any other file", () => {
    expect(secondsOfFile(webm({ last: 30 }))).toBe(31);
    expect(secondsOfFile(oggOpus(50, 2))).toBe(2);
    expect(secondsOfFile(new Uint8Array(7500))).toBe(10);
  });

  it("no bytes of a media file make reading its length throw", () => {
    const files = [
      mp4({ header: 1, media: 1, samples: 1 }),
      flac(3, 9),
      oggOpus(9, 1),
      webm({ last: 1 }),
      heif([1, 1]),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (file, at, byte) => {
          const bent = Buffer.from(file);
          bent[at % bent.length] = byte;
          for (const data of [bent, bent.toString("base64"), bent.subarray(0, at % bent.length)])
            for (const read of [audioSecondsOf, videoSecondsOf, imageSizeOf, audioTokensOf])
              expect(() => read(data)).not.toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it("AVIF and HEIC are as large as the largest image in them", () => {
  expect(imageSizeOf(heif([333, 221]))).toEqual({ width: 333, height: 221 });
  expect(imageSizeOf(heif([160, 120], [4032, 3024], [512, 512]).toString("base64"))).toEqual({
    width: 4032,
    height: 3024,
  });
  expect(imageSizeOf(heif())).toBeUndefined();
});

describe("rules", () => {
  // https://ai.google.dev/gemini-api/docs/video-understanding: about 300 tokens a second, 100 in low.
  it("a film has as many tokens as its frames and its sound have", () => {
    const plain = { framesASecond: 1, isHigh: false };
    expect(geminiVideoTokens("gemini-2.5-pro", 60, plain)).toBe(61 * 306 + 64);
    expect(geminiVideoTokens("gemini-3-pro-preview", 60, plain)).toBe(61 * 118 + 64);
    expect(geminiVideoTokens("gemini-3-pro-preview", 60, { ...plain, isHigh: true })).toBe(
      61 * 328 + 64,
    );
    expect(geminiVideoTokens("gemini-2.5-pro", 9.5, { ...plain, framesASecond: 4 })).toBe(
      44 * 258 + 11 * 48 + 64,
    );
    expect(geminiVideoTokens("gpt-4o", 60, plain)).toBeUndefined();
  });

  // The examples of https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html
  it("Nova: no example of AWS has more tokens than the rule gives", () => {
    for (const [width, height, tokens] of [
      [900, 450, 800],
      [800, 400, 800],
      [900, 900, 1300],
      [1400, 900, 1800],
      [1800, 900, 2400],
      [1300, 1300, 2600],
    ] as const)
      expect(novaImageTokens("us.amazon.nova-pro-v1:0", { width, height })).toBeGreaterThan(tokens);
    expect(novaImageTokens("us.amazon.nova-pro-v1:0", undefined)).toBeUndefined();
  });

  it("open weights have the image tokens of their makers' code", () => {
    const size = { width: 597, height: 566 };
    expect(openImageTokens("meta-llama/llama-4-scout-17b-16e-instruct", size)).toBe(2498);
    expect(openImageTokens("pixtral-12b-latest", size)).toBe(39 * 36 + 1);
    expect(openImageTokens("us.mistral.pixtral-large-2502-v1:0", undefined)).toBe(98 * 97 + 1);
    expect(openImageTokens("Qwen/Qwen2.5-VL-72B-Instruct", size)).toBeLessThan(500);
    expect(openImageTokens("mistralai/mistral-7b-instruct", size)).toBeUndefined();
  });
});
