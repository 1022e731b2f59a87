import { deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { claudeImageTokens } from "../../../src/wire/anthropic/media-tokens.ts";
import { geminiImageTokens, geminiPdfTokens } from "../../../src/wire/google/media-tokens.ts";
import { audioSecondsOf, audioTokensOf } from "../../../src/wire/media/audio-seconds.ts";
import { imageSizeOf } from "../../../src/wire/media/image-size.ts";
import { inflated, NotInflated } from "../../../src/wire/media/inflate.ts";
import { openaiImageTokens } from "../../../src/wire/openai/media-tokens.ts";
import { gif, jpeg, jpegFrame, mp3, png, wav, webp } from "./made.ts";

const side = fc.integer({ min: 1, max: 16_383 });

describe("the size of an image", () => {
  const FORMATS = [
    ["PNG", png],
    ["JPEG", (width: number, height: number) => jpeg(jpegFrame(width, height))],
    ["progressive JPEG", (width: number, height: number) => jpeg(jpegFrame(width, height, 0xc2))],
    ["GIF", (width: number, height: number) => gif([width, height], [1, 1])],
    ["lossy WebP", (width: number, height: number) => webp("VP8 ", width, height)],
    ["lossless WebP", (width: number, height: number) => webp("VP8L", width, height)],
    ["extended WebP", (width: number, height: number) => webp("VP8X", width, height)],
  ] as const;
  for (const [name, make] of FORMATS) {
    it(`the size of an image is read from ${name}: as bytes, as base64 in both alphabets, as a data address`, () => {
      fc.assert(
        fc.property(side, side, (width, height) => {
          const bytes = make(width, height);
          const base64 = bytes.toString("base64");
          for (const data of [
            bytes,
            base64,
            bytes.toString("base64url"),
            `data:image/gif;base64,${base64}`,
          ])
            expect(imageSizeOf(data)).toEqual({ width, height });
        }),
        { numRuns: 100 },
      );
    });
  }

  it("the size of an image is the largest where a file states several", () => {
    const several = jpeg(jpegFrame(10, 10), jpegFrame(800, 20, 0xc2), jpegFrame(30, 600));
    expect(imageSizeOf(several)).toEqual({ width: 800, height: 600 });
    expect(imageSizeOf(gif([1, 1], [4000, 3000]))).toEqual({ width: 4000, height: 3000 });
  });

  it("the size of an image is not that of a thumbnail in it", () => {
    expect(imageSizeOf(jpeg(jpegFrame(40, 30)))).toEqual({ width: 40, height: 30 });
  });

  it("the size of an image is not certain where a decoder may pass over characters", () => {
    const base64 = jpeg(jpegFrame(40, 30)).toString("base64");
    for (const foreign of ["\n", " ", "*", "é"])
      expect(imageSizeOf(`${base64.slice(0, 13)}${foreign}${base64.slice(13)}`)).toBeUndefined();
  });

  it("the size of an image is not certain for a height of 0, a JPEG without a frame, a file that is cut, and SVG", () => {
    for (const data of [
      png(0, 5),
      jpeg(jpegFrame(5, 0)),
      jpeg(),
      png(5, 5).subarray(0, 22),
      Buffer.from("<svg width='1' height='1'/>"),
    ])
      expect(imageSizeOf(data)).toBeUndefined();
  });

  it("no bytes of an image make its size throw", () => {
    const starts = [png(1, 1), jpeg(jpegFrame(1, 1)), gif([1, 1], [1, 1]), webp("VP8X", 1, 1)];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.nat(30), fc.uint8Array(), (start, cut, rest) => {
        const data = Buffer.concat([start.subarray(0, cut), rest]);
        for (const read of [imageSizeOf, audioSecondsOf]) {
          expect(() => read(data)).not.toThrow();
          expect(() => read(data.toString("latin1"))).not.toThrow();
        }
      }),
    );
  });
});

describe("the tokens of an image by the published rules", () => {
  it("OpenAI images: tiles, as its page computes them", () => {
    expect(openaiImageTokens("gpt-4o", "high", { width: 1024, height: 1024 })).toBe(765);
    expect(openaiImageTokens("gpt-4o", "high", { width: 2048, height: 4096 })).toBe(1105);
    expect(openaiImageTokens("gpt-4o", "low", { width: 4096, height: 8192 })).toBe(85);
    expect(openaiImageTokens("gpt-4o-mini", "low", undefined)).toBe(2833);
    expect(openaiImageTokens("openai/gpt-5-2025-08-07", undefined, undefined)).toBe(1190);
  });

  it("OpenAI images: patches", () => {
    const square = { width: 1024, height: 1024 };
    expect(openaiImageTokens("gpt-4.1-mini", undefined, square)).toBe(Math.ceil(1024 * 1.62));
    expect(openaiImageTokens("gpt-5-nano", undefined, { width: 1800, height: 2400 })).toBe(
      Math.ceil(1536 * 2.46),
    );
    expect(openaiImageTokens("gpt-5.4", "original", { width: 9000, height: 9000 })).toBe(12_000);
    expect(openaiImageTokens("gpt-5.5", undefined, { width: 9000, height: 9000 })).toBe(12_000);
  });

  it("OpenAI images: a model that keeps the size is bounded by it alone", () => {
    expect(openaiImageTokens("gpt-5.6-terra", undefined, undefined)).toBe(Infinity);
    expect(openaiImageTokens("gpt-5.6-terra", "high", undefined)).toBe(3000);
    expect(openaiImageTokens("gpt-5.6-terra", undefined, { width: 6400, height: 6400 })).toBe(
      48_000,
    );
  });

  it("Anthropic images: 28 × 28 pixels, up to the cap of the generation", () => {
    const small = { width: 200, height: 200 };
    expect(claudeImageTokens("claude-opus-4-7", small)).toBe(64);
    const large = { width: 8000, height: 8000 };
    for (const model of [
      "claude-sonnet-4-5",
      "claude-opus-4-20250514",
      "claude-haiku-4-5-20251001",
    ])
      expect(claudeImageTokens(model, large)).toBe(1800);
    for (const model of ["claude-opus-4-7", "claude-opus-4.8", "claude-sonnet-5", "claude-haiku-6"])
      expect(claudeImageTokens(model, large)).toBe(4784);
  });

  it("Google images: tiles before Gemini 3, as they were recorded, a resolution since", () => {
    const recorded = { width: 540, height: 360 };
    expect(geminiImageTokens("gemini-2.0-flash", recorded, false)).toBe(1806);
    expect(geminiImageTokens("gemini-2.5-pro", { width: 384, height: 384 }, false)).toBe(258);
    expect(geminiImageTokens("gemini-3-pro-preview", recorded, false)).toBe(1120);
    expect(geminiImageTokens("gemini-3-pro-preview", recorded, true)).toBe(2240);
    const page = { pages: 20, text: 60_000, isSmallPaged: true };
    expect(geminiPdfTokens("gemini-2.5-flash", page, false)).toBe(20 * 258);
    expect(geminiPdfTokens("gemini-3-flash-preview", page, false)).toBe(20 * 1120);
  });

  it("an image has no known tokens where no rule is published, and not those of a name that begins alike", () => {
    for (const model of ["gpt-4o-audio-preview", "gpt-5.7", "gpt-5-minimal", "gpt-4.1-mini-x", ""])
      expect(openaiImageTokens(model, undefined, undefined)).toBeUndefined();
    expect(geminiImageTokens("gemini-flash-latest", undefined, false)).toBeUndefined();
    expect(geminiImageTokens("gemini-2.5-pro", undefined, false)).toBeUndefined();
  });
});

describe("the length of sound", () => {
  it("the length of sound is that of its samples", () => {
    expect(audioSecondsOf(wav(3))).toBeCloseTo(3, 2);
    expect(audioSecondsOf(mp3(100).toString("base64"))).toBeCloseTo((100 * 1152) / 44_100, 5);
    expect(audioTokensOf(wav(10))).toBe(Math.ceil(10.0003 * 32) + 64);
  });

  it("the length of sound is not shortened by rates that differ", () => {
    const fast = wav(3);
    fast.writeUInt32LE(4_000_000, 28);
    expect(audioSecondsOf(fast)).toBeCloseTo(3, 2);
    fast.writeUInt32LE(1000, 24);
    expect(audioSecondsOf(fast)).toBeCloseTo(48, 0);
  });

  it("the length of sound is not certain for other formats, and frames that are lost", () => {
    const compressed = wav(1);
    compressed.writeUInt16LE(2, 20);
    const broken = Buffer.concat([mp3(1), Buffer.alloc(100_000)]);
    for (const data of [compressed, broken, Buffer.from("OggS and more"), Buffer.alloc(0)])
      expect(audioSecondsOf(data)).toBeUndefined();
  });
});

describe("inflating", () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.string({ maxLength: 3000 }).map((text) => Buffer.from(text.repeat(9))),
  );

  it("inflating returns what zlib has packed, at every level", () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 0, max: 9 }), fc.boolean(), (plain, level, fixed) => {
        const packed = deflateSync(plain, { level, strategy: fixed ? 4 : 0 });
        const found = inflated(Buffer.concat([Buffer.from("abc"), packed]), 3, 2 ** 20);
        expect(Buffer.from(found).equals(Buffer.from(plain))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("inflating rejects what is cut short, is not zlib, or is larger than it may be", () => {
    const packed = deflateSync(Buffer.alloc(2 ** 20));
    expect(() => inflated(packed, 0, 2 ** 20 - 1)).toThrow(NotInflated);
    expect(() => inflated(packed.subarray(0, 40), 0, 2 ** 21)).toThrow(NotInflated);
    expect(() => inflated(deflateRawSync(Buffer.from("abc")), 0, 99)).toThrow(NotInflated);
  });

  it("inflating ends at whatever it is given", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(
            inflated(Buffer.concat([Buffer.from([0x78, 0x9c]), bytes]), 0, 65_536),
          ).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(NotInflated);
        }
      }),
    );
  });
});
