// Films, sound and images in containers, made for tests: what readers look at, and little else.

/** A box of ISO's base format. */
function box(name: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(name, 4, "latin1");
  return Buffer.concat([head, body]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4));
  return bytes;
}

/** What an MP4 says of its length, in seconds; its units are milliseconds. */
export interface Mp4Plan {
  readonly header: number;
  readonly media: number;
  readonly samples: number;
  readonly edit?: number;
  readonly handler?: "soun" | "vide";
  readonly isFragmented?: boolean;
}

/** Makes an MP4 with one track. */
export function mp4(plan: Mp4Plan): Buffer {
  const { header, media, samples, edit, handler = "soun", isFragmented = false } = plan;
  const edits =
    edit === undefined ? [] : [box("edts", box("elst", words(0, 1, edit * 1000, 0, 2 ** 16)))];
  const track = box(
    "trak",
    ...edits,
    box(
      "mdia",
      box("mdhd", words(0, 0, 0, 1000, media * 1000)),
      box("hdlr", words(0, 0), Buffer.from(handler)),
      box("minf", box("stbl", box("stts", words(0, 1, samples, 1000)))),
    ),
  );
  const extra = isFragmented ? [box("mvex")] : [];
  const movie = box("moov", box("mvhd", words(0, 0, 0, 1000, header * 1000)), track, ...extra);
  return Buffer.concat([box("ftyp", Buffer.from("M4A ")), movie, box("mdat", Buffer.alloc(64))]);
}

/** Makes an AVIF or HEIC with images of these sizes. */
export function heif(...sizes: readonly (readonly [width: number, height: number])[]): Buffer {
  const properties = sizes.map(([width, height]) => box("ispe", words(0, width, height)));
  const meta = box("meta", words(0), box("iprp", box("ipco", ...properties)));
  return Buffer.concat([box("ftyp", Buffer.from("avif")), meta, box("mdat", Buffer.alloc(8))]);
}

/** A page of Ogg with packets. */
function page(flags: number, position: number, packets: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(27);
  head.write("OggS", 0);
  head[5] = flags;
  head.writeBigUInt64LE(BigInt(position), 6);
  head.writeUInt32LE(7, 14);
  head[26] = packets.length;
  return Buffer.concat([head, Buffer.from(packets.map(({ length }) => length)), ...packets]);
}

/** Makes Ogg with packets of Opus of 20 ms; `told` is what the last page says, in seconds. */
export function oggOpus(packets: number, told: number): Buffer {
  const frame = Buffer.from([0x78, 1, 2, 3]);
  const pages = [page(2, 0, [Buffer.from("OpusHead\u0001\u0001\0\0")])];
  for (let left = packets; left > 0; left -= 100)
    pages.push(
      page(
        0,
        told * 48_000,
        Array.from({ length: Math.min(100, left) }, () => frame),
      ),
    );
  return Buffer.concat(pages);
}

/** The check of a frame of FLAC. */
function check(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x80 ? 7 : 0)) & 0xff;
  }
  return sum;
}

/** Makes FLAC of 16 kHz with frames of 4,096 samples; `told` is what its header says, in samples. */
export function flac(frames: number, told: number): Buffer {
  const info = Buffer.alloc(42);
  info.write("fLaC", 0);
  info[4] = 0x80;
  info[7] = 34;
  info.writeUIntBE((16_000 << 4) | 0, 18, 3);
  info.writeUInt32BE(told, 22);
  const each = Array.from({ length: frames }, (_, frame) => {
    const head = Buffer.from([0xff, 0xf8, 0xc5, 0x00, frame % 128]);
    return Buffer.concat([head, Buffer.from([check(head)]), Buffer.alloc(8)]);
  });
  return Buffer.concat([info, ...each]);
}

function element(id: number, content: Buffer, isUnknown = false): Buffer {
  const hex = id.toString(16);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(isUnknown ? 2n ** 57n - 1n : 2n ** 56n + BigInt(content.length));
  return Buffer.concat([
    Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex"),
    size,
    content,
  ]);
}

/** What a WebM says of its length, in seconds. */
export interface WebmPlan {
  readonly told?: number;
  /** When the last block is shown. */
  readonly last: number;
  /** Packets of Opus of 20 ms, all of them at the beginning. */
  readonly packets?: number;
  readonly codec?: string;
}

/** Makes a WebM as a recorder in a browser does: without lengths. */
export function webm({ told, last, packets = 1, codec = "A_OPUS" }: WebmPlan): Buffer {
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE((told ?? 0) * 1000);
  const info = element(
    0x1549a966,
    told === undefined ? Buffer.alloc(0) : element(0x4489, duration),
  );
  const tracks = element(0x1654ae6b, element(0xae, element(0x86, Buffer.from(codec))));
  const block = element(0xa3, Buffer.from([0x81, 0, 0, 0x80, 0x78, 1, 2]));
  const cluster = (at: number, count: number): Buffer => {
    const time = element(0xe7, words(at * 1000));
    const blocks = Array.from({ length: count }, () => block);
    return element(0x1f43b675, Buffer.concat([time, ...blocks]), true);
  };
  const content = Buffer.concat([info, tracks, cluster(0, packets), cluster(last, 1)]);
  return Buffer.concat([element(0x1a45dfa3, Buffer.alloc(0)), element(0x18538067, content, true)]);
}
