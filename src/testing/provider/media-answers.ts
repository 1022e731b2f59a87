// Images, speech, transcriptions and videos of OpenAI: requests billed by the tokens of their
// result, or by the piece.

import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Behave, Behavior, ProviderRoute, ReceivedRequest } from "./behavior.ts";
import type { BillEntry } from "./bill.ts";
import { openaiError } from "./errors.ts";
import { field, reportsUsage, stringIn } from "./format.ts";
import { isMediaModel, NOTHING_BILLED } from "./prices.ts";
import type { BilledUsage } from "./prices.ts";
import { sendJson } from "./sending.ts";
import { tokensOf } from "./work.ts";

/** The billed part of such a request. */
export type MediaEntry = Pick<BillEntry, "how" | "status" | "isReported" | "model" | "usage"> & {
  readonly pieces?: number;
};

/** What is made for a request. */
interface Made {
  readonly model: string;
  readonly usage?: BilledUsage;
  /** Characters or seconds, of a model that is sold by them. */
  readonly pieces?: number;
  readonly body: object | Uint8Array;
  readonly type?: string;
}

/** A PNG of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/** Tokens of an image by quality: a square, and any other size. */
const IMAGE_TOKENS: Readonly<Record<string, readonly [square: number, other: number]>> = {
  low: [272, 408],
  medium: [1056, 1584],
  high: [4160, 6240],
};
/** Tokens of an image that is to be changed. */
const IMAGE_IN_TOKENS = 323;
const SECONDS_DEFAULT = 4;

type Maker = (request: ReceivedRequest, behavior: Behavior) => Made;

const MAKERS: Readonly<Partial<Record<ProviderRoute, Maker>>> = {
  images: ({ body, model }, behavior) => {
    const [square, other] = IMAGE_TOKENS[stringIn(body, "quality")] ?? [4160, 6240];
    const count = Number(field(body, "n") ?? 1);
    const output = count * (stringIn(body, "size") === "1024x1024" ? square : other);
    const given = field(body, "image") ?? field(body, "image[]");
    const images = given === undefined ? 0 : IMAGE_IN_TOKENS;
    const text = tokensOf([stringIn(body, "prompt")]);
    const input = text + images;
    const usage = reportsUsage(behavior)
      ? {
          input_tokens: input,
          input_tokens_details: { text_tokens: text, image_tokens: images },
          output_tokens: output,
          total_tokens: input + output,
        }
      : undefined;
    const data = Array.from({ length: count }, () => ({ b64_json: PIXEL }));
    return {
      model,
      usage: { ...NOTHING_BILLED, input: text, inputImage: images, output },
      body: { created: 1, data, ...(usage !== undefined && { usage }) },
    };
  },
  speech: ({ body, model }) => {
    const spoken = stringIn(body, "input");
    return { model, pieces: spoken.length, body: silence(spoken.length / 15), type: "audio/wav" };
  },
  transcriptions: ({ body, model }, behavior) => {
    const seconds = Math.ceil(secondsOf(field(body, "file")));
    const usage = reportsUsage(behavior) ? { usage: { type: "duration", seconds } } : {};
    return { model, pieces: seconds, body: { text: behavior.text ?? "Hello there.", ...usage } };
  },
  videos: ({ body, model, index }) => {
    const given = Number(field(body, "seconds") ?? SECONDS_DEFAULT);
    return { model, pieces: given, body: videoOf(`video_${index}`, "queued", body) };
  },
};

/** Returns whether a request makes or hears media. */
export function isMedia({ route }: ReceivedRequest): boolean {
  return MAKERS[route] !== undefined;
}

/** A video as it is described. */
function videoOf(id: string, status: string, asked?: unknown): object {
  const seconds = stringIn(asked, "seconds") || String(SECONDS_DEFAULT);
  const size = stringIn(asked, "size") || "720x1280";
  return { id, object: "video", status, model: "sora-2", seconds, size, progress: 0 };
}

/** Returns a video that was made before, or its file; undefined for any other request. */
export function videoAt({ method, path }: ReceivedRequest): object | undefined {
  const id = /\/videos\/(video_\d+)$/.exec(path)?.[1];
  return method === "GET" && id !== undefined ? videoOf(id, "completed") : undefined;
}

/** Answers such a request, and returns what is billed; undefined where that is nothing. */
export async function answerMedia(
  request: ReceivedRequest,
  behave: Behave,
  response: ServerResponse,
): Promise<MediaEntry | undefined> {
  const behavior = behave(request);
  const made = MAKERS[request.route]?.(request, behavior);
  if (behavior.latencyMs !== undefined) await setTimeout(behavior.latencyMs);
  for (const [name, value] of Object.entries(behavior.headers ?? {}))
    response.setHeader(name, value);
  const { status = 200 } = behavior;
  if (made === undefined || status !== 200 || !isMediaModel(made.model, made.pieces)) {
    const code = status === 200 ? 404 : status;
    sendJson(response, code, openaiError(code, `simulated status ${code}`));
    return undefined;
  }
  const { model, usage = NOTHING_BILLED, pieces, body, type } = made;
  const isLost = behavior.loseAnswer === true;
  if (isLost) response.destroy();
  else if (body instanceof Uint8Array) {
    response.writeHead(200, { "content-type": type, "content-length": body.length });
    response.end(body);
  } else sendJson(response, 200, body, behavior.gzip);
  return {
    how: isLost ? "lost" : "whole",
    status: isLost ? 0 : 200,
    isReported: !isLost && reportsUsage(behavior),
    model,
    usage,
    ...(pieces !== undefined && { pieces }),
  };
}

const SAMPLES_A_SECOND = 8000;
const BYTES_A_SAMPLE = 2;
const WAV_HEAD = 44;

/** Silence in a WAV. */
function silence(seconds: number): Uint8Array {
  const data = Math.ceil(seconds * SAMPLES_A_SECOND) * BYTES_A_SAMPLE;
  const bytes = Buffer.alloc(WAV_HEAD + data);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLES_A_SECOND, 24);
  bytes.writeUInt32LE(SAMPLES_A_SECOND * BYTES_A_SAMPLE, 28);
  bytes.writeUInt16LE(BYTES_A_SAMPLE, 32);
  bytes.writeUInt16LE(BYTES_A_SAMPLE * 8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(data, 40);
  return bytes;
}

/** How long a file is: by its own rate where it is WAV, at 16 kilobytes a second otherwise. */
function secondsOf(file: unknown): number {
  if (!(file instanceof Uint8Array)) return 0;
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const isWav = bytes.length > WAV_HEAD && bytes.toString("latin1", 0, 4) === "RIFF";
  return isWav ? (bytes.length - WAV_HEAD) / bytes.readUInt32LE(28) : bytes.length / 16_000;
}
