// Media made for tests: files with the bytes that decoders read, and little else.

import { deflateSync } from "node:zlib";

/** A PDF of that many pages, each of which shows the text; `extra` are further objects. */
export interface PdfPlan {
  readonly pages: number;
  readonly text: string;
  /** Whether the objects stand in a compressed stream of objects. */
  readonly isPacked?: boolean;
  readonly extra?: readonly string[];
  /** In points. */
  readonly box?: readonly [number, number];
}

/** Text as a literal string of a PDF. */
function literal(text: string): string {
  return `(${text.replaceAll(/[\\()]/g, String.raw`\$&`)})`;
}

/** A stream object, packed. */
export function streamObject(number: number, content: string, head = ""): string {
  const packed = deflateSync(Buffer.from(content, "latin1")).toString("latin1");
  const dictionary = `<< /Length ${packed.length} /Filter /FlateDecode ${head} >>`;
  return `${number} 0 obj\n${dictionary}\nstream\n${packed}\nendstream\nendobj\n`;
}

/** Makes a PDF as programs write it. */
export function pdf({
  pages,
  text,
  isPacked = false,
  extra = [],
  box = [595, 842],
}: PdfPlan): Buffer {
  const kids = Array.from({ length: pages }, (_, page) => `${10 + page * 2} 0 R`).join(" ");
  const plain: (readonly [number: number, body: string])[] = [
    [1, "<< /Type /Catalog /Pages 2 0 R >>"],
    [2, `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`],
    [3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"],
  ];
  const streams: string[] = [];
  for (let page = 0; page < pages; page++) {
    const number = 10 + page * 2;
    plain.push([
      number,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${box.join(" ")}] /Contents ${number + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
    ]);
    streams.push(streamObject(number + 1, `BT /F1 12 Tf 72 720 Td ${literal(text)} Tj ET`));
  }
  const objects = isPacked
    ? [packedObjects(plain)]
    : plain.map(([number, body]) => `${number} 0 obj\n${body}\nendobj\n`);
  const body = [...objects, ...streams, ...extra].join("");
  return Buffer.from(`%PDF-1.7\n${body}trailer\n<< /Root 1 0 R >>\n%%EOF\n`, "latin1");
}

function packedObjects(plain: readonly (readonly [number, string])[]): string {
  let offset = 0;
  const index: string[] = [];
  for (const [number, body] of plain) {
    index.push(`${number} ${offset}`);
    offset += body.length + 1;
  }
  const head = `${index.join(" ")}\n`;
  const content = head + plain.map(([, body]) => body).join("\n");
  return streamObject(5, content, `/Type /ObjStm /N ${plain.length} /First ${head.length}`);
}

/** The first bytes of a PNG. */
export function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.write("\u0089PNG\r\n\u001a\n", 0, "latin1");
  bytes.writeUInt32BE(13, 8);
  bytes.write("IHDR", 12);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** A frame of a JPEG. */
export function jpegFrame(width: number, height: number, marker = 0xc0): Buffer {
  const content = Buffer.alloc(9);
  content[0] = 8;
  content.writeUInt16BE(height, 1);
  content.writeUInt16BE(width, 3);
  return segment(marker, content);
}

/** A JPEG with a thumbnail in its EXIF, and frames. */
export function jpeg(...frames: readonly Buffer[]): Buffer {
  const thumbnail = Buffer.concat([Buffer.from("Exif\0\0\u00ff", "latin1"), jpegFrame(9999, 9999)]);
  const scan = segment(0xda, Buffer.alloc(8));
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xe1, thumbnail), ...frames, scan]);
}

/** A GIF with one frame. */
export function gif(screen: readonly [number, number], frame: readonly [number, number]): Buffer {
  const bytes = Buffer.alloc(13 + 10 + 3);
  bytes.write("GIF89a", 0);
  bytes.writeUInt16LE(screen[0], 6);
  bytes.writeUInt16LE(screen[1], 8);
  bytes[13] = 0x2c;
  bytes.writeUInt16LE(frame[0], 18);
  bytes.writeUInt16LE(frame[1], 20);
  bytes[25] = 0x3b;
  return bytes;
}

/** A WebP of each of its three kinds. */
export function webp(kind: "VP8 " | "VP8L" | "VP8X", width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write("RIFF", 0);
  bytes.write(`WEBP${kind}`, 8);
  if (kind === "VP8X") {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  } else if (kind === "VP8L") {
    bytes[20] = 0x2f;
    bytes.writeUInt32LE(width - 1 + (height - 1) * 2 ** 14, 21);
  } else {
    bytes.writeUIntBE(0x9d012a, 23, 3);
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  }
  return bytes;
}

/** Silence in PCM of 16 bits. */
export function wav(seconds: number, samplesASecond = 16_000): Buffer {
  const data = Buffer.alloc(seconds * samplesASecond * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(samplesASecond, 24);
  head.writeUInt32LE(samplesASecond * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Frames of an MP3 of 128 kilobits at 44,100 samples a second. */
export function mp3(frames: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xfffb9000, 0);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}
