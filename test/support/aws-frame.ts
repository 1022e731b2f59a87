// The framing of AWS's event streams.

import { crc32 } from "node:zlib";

const NUMBER_BYTES = 4;
const STRING = 7;

/**
 * An event as AWS frames it in a stream.
 * https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
 */
export function awsFrame(
  event: string,
  value: object,
  kind: "event" | "exception" = "event",
): Uint8Array {
  const headers = Buffer.concat([
    headerOf(`:${kind}-type`, event),
    headerOf(":content-type", "application/json"),
    headerOf(":message-type", kind),
  ]);
  const payload = Buffer.from(JSON.stringify(value));
  const prelude = Buffer.concat([
    numberOf(4 * NUMBER_BYTES + headers.length + payload.length),
    numberOf(headers.length),
  ]);
  const message = Buffer.concat([prelude, numberOf(crc32(prelude)), headers, payload]);
  return Buffer.concat([message, numberOf(crc32(message))]);
}

function headerOf(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    Buffer.from(value),
  ]);
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes.writeUInt32BE(value);
  return bytes;
}
