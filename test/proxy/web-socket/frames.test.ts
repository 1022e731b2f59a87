// Frames as the cases of the Autobahn test suite have them, by the same groups, and against `ws`.

import type { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";

import {
  closingFrame,
  FrameError,
  FrameReader,
  frameOf,
  maySend,
  OPCODE,
} from "../../../src/proxy/web-socket/frames.ts";
import type { FrameEvent } from "../../../src/proxy/web-socket/frames.ts";

const BYTES_MAX = 1_000_000;

/** Parts of `ws` that its types leave out. */
const { Receiver, Sender } = ws as unknown as {
  readonly Receiver: new (options: object) => Writable;
  readonly Sender: new (sink: object) => {
    send(data: Buffer | string, options: object): void;
  };
};

/** What a reader makes of bytes in these pieces; a code is that of the fault. */
function read(pieces: readonly Buffer[], isMasked = true): (FrameEvent | number)[] {
  const events: (FrameEvent | number)[] = [];
  const reader = new FrameReader({ isMasked, bytesMax: BYTES_MAX }, (event) => events.push(event));
  try {
    for (const piece of pieces) reader.push(Buffer.from(piece));
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError);
    events.push(error instanceof FrameError ? error.code : 0);
  }
  return events;
}

/** A frame as it must not be sent, too. */
function raw(first: number, payload: Buffer | string, isMasked = true, second?: number): Buffer {
  const frame = frameOf(first & 0x0f, Buffer.from(payload), isMasked);
  frame[0] = first;
  if (second !== undefined) frame[1] = second;
  return frame;
}

const FINAL = 0x80;
const text = (value: string): FrameEvent => ({ kind: "text", text: value });

describe("1 framing: texts and bytes of every kind of length", () => {
  it.each([0, 1, 125, 126, 127, 128, 65_535, 65_536, 500_000])(
    "texts and bytes of %i bytes are read from one frame",
    (length) => {
      const payload = Buffer.alloc(length, "*");
      for (const isMasked of [true, false]) {
        expect(read([frameOf(OPCODE.text, payload, isMasked)], isMasked)).toEqual([
          text(payload.toString()),
        ]);
        expect(read([frameOf(OPCODE.binary, payload, isMasked)], isMasked)).toEqual([
          { kind: "binary", bytes: payload },
        ]);
      }
    },
  );

  it("a frame with a length in more bytes than needed, or too long to count, is refused", () => {
    expect(read([Buffer.from([0x81, 0xfe, 0, 5, 0, 0, 0, 0])])).toEqual([1002]);
    expect(read([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])])).toEqual([1002]);
    expect(read([Buffer.from([0x81, 0xff, ...Array<number>(12).fill(0xff)])])).toEqual([1009]);
  });

  it("a message that is too long is refused, at once or in fragments, before it has come", () => {
    const long = Buffer.alloc(14);
    long.set([0x81, 0xff]);
    long.writeBigUInt64BE(BigInt(BYTES_MAX + 1), 2);
    expect(read([long])).toEqual([1009]);
    const half = Buffer.alloc(BYTES_MAX / 2 + 1);
    const pieces = [raw(OPCODE.binary, half), raw(FINAL | OPCODE.continuation, half)];
    expect(read(pieces)).toEqual([1009]);
  });
});

describe("2 pings and pongs", () => {
  it.each([0, 1, 125])("pings and pongs with %i bytes are read", (length) => {
    const bytes = Buffer.alloc(length, 0xfe);
    expect(read([frameOf(OPCODE.ping, bytes, true)])).toEqual([{ kind: "ping", bytes }]);
    expect(read([frameOf(OPCODE.pong, bytes, true)])).toEqual([{ kind: "pong", bytes }]);
  });

  it("a ping that is longer than a control frame may be is refused", () => {
    expect(read([raw(FINAL | OPCODE.ping, Buffer.alloc(126))])).toEqual([1002]);
  });
});

describe("3, 4 reserved bits and opcodes", () => {
  it.each([0x10, 0x20, 0x40, 0x70])("a frame with the reserved bits %i is refused", (bits) => {
    expect(read([raw(FINAL | bits | OPCODE.text, "a")])).toEqual([1002]);
    expect(read([raw(FINAL | bits | OPCODE.ping, "a")])).toEqual([1002]);
  });

  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])(
    "a frame with the opcode %i is refused",
    (opcode) => {
      expect(
        read([frameOf(OPCODE.text, Buffer.from("a"), true), raw(FINAL | opcode, "b")]),
      ).toEqual([text("a"), 1002]);
    },
  );

  it("a masked frame is refused where there may be no mask, and an unmasked one where there has to be one", () => {
    expect(read([frameOf(OPCODE.text, Buffer.from("a"), false)], true)).toEqual([1002]);
    expect(read([frameOf(OPCODE.text, Buffer.from("a"), true)], false)).toEqual([1002]);
  });
});

describe("5 fragments", () => {
  it("a message in fragments may have a ping between them", () => {
    const pieces = [
      raw(OPCODE.text, "one "),
      frameOf(OPCODE.ping, Buffer.from("p"), true),
      raw(OPCODE.continuation, ""),
      raw(FINAL | OPCODE.continuation, "two"),
    ];
    expect(read(pieces)).toEqual([{ kind: "ping", bytes: Buffer.from("p") }, text("one two")]);
  });

  it("fragments of a control frame, of nothing, and of a message inside another are refused", () => {
    expect(read([raw(OPCODE.ping, "a")])).toEqual([1002]);
    expect(read([raw(FINAL | OPCODE.continuation, "a")])).toEqual([1002]);
    expect(read([raw(OPCODE.continuation, "a")])).toEqual([1002]);
    expect(read([raw(OPCODE.text, "a"), raw(FINAL | OPCODE.text, "b")])).toEqual([1002]);
    const over = [raw(OPCODE.text, "a"), raw(FINAL | OPCODE.continuation, "b")];
    expect(read([...over, raw(FINAL | OPCODE.continuation, "c")])).toEqual([text("ab"), 1002]);
  });
});

describe("6 UTF-8", () => {
  it("a character in two fragments is read, and a mark of byte order stays", () => {
    const bytes = Buffer.from("\uFEFFκόσμε 🌍");
    for (let at = 0; at <= bytes.length; at++) {
      const pieces = [
        raw(OPCODE.text, bytes.subarray(0, at)),
        raw(FINAL | OPCODE.continuation, bytes.subarray(at)),
      ];
      expect(read(pieces)).toEqual([text("\uFEFFκόσμε 🌍")]);
    }
  });

  it.each([
    "80",
    "c0af",
    "eda080",
    "f4908080",
    "f8888080",
    "fe",
    "ceba e1bd b9cf 83ce bcce b5ed a080",
  ])("a text of the bytes %s is refused, as it is not UTF-8", (hex) => {
    expect(read([frameOf(OPCODE.text, Buffer.from(hex.replaceAll(" ", ""), "hex"), true)])).toEqual(
      [1007],
    );
  });
});

describe("7 closing", () => {
  it("a close frame is read without a code, with one, with a reason; nothing is read behind it", () => {
    const after = frameOf(OPCODE.text, Buffer.from("late"), true);
    expect(read([frameOf(OPCODE.close, Buffer.alloc(0), true), after])).toEqual([
      { kind: "close", code: 1005, reason: "" },
    ]);
    const reason = "r".repeat(123);
    expect(read([closingFrame(1000, reason, true), after])).toEqual([
      { kind: "close", code: 1000, reason },
    ]);
  });

  it("a close frame is refused with a code of one byte, or a reason that is no UTF-8", () => {
    expect(read([raw(FINAL | OPCODE.close, Buffer.from([3]))])).toEqual([1002]);
    expect(read([raw(FINAL | OPCODE.close, Buffer.from([3, 0xe8, 0xff]))])).toEqual([1007]);
  });

  it("a close frame is read with codes that may be sent, and refused with others", () => {
    const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    const others = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
    expect([codes.every(maySend), others.some(maySend)]).toEqual([true, false]);
    for (const code of others) {
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      expect(read([raw(FINAL | OPCODE.close, payload)])).toEqual([1002]);
    }
  });

  it("a reason that is too long is cut between characters", () => {
    const [event] = read([closingFrame(1011, "字".repeat(60), false)], false);
    expect(event).toEqual({ kind: "close", code: 1011, reason: "字".repeat(41) });
  });
});

describe("whatever is sent, in whatever pieces", () => {
  const message = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 400 }),
    fc.uint8Array({ maxLength: 70_000 }),
  );

  it("any message in any pieces is read as it was meant, and as `ws` reads it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(message, fc.nat(3)), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 20 }),
        fc.boolean(),
        async (messages, sizes, isMasked) => {
          const frames = messages.flatMap(([value, cuts]) => fragmented(value, cuts, isMasked));
          const pieces = cut(Buffer.concat(frames), sizes);
          const wanted = messages.map(([value]) =>
            typeof value === "string" ? text(value) : { kind: "binary", bytes: Buffer.from(value) },
          );
          expect(read(pieces, isMasked)).toEqual(wanted);
          expect(await readByWs(pieces, isMasked, messages.length)).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a written message is read by `ws`", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 5 }), fc.boolean(), async (all, mask) => {
        const written: Buffer[] = [];
        const sink = {
          write: (bytes: Buffer) => written.push(Buffer.from(bytes)),
          cork: () => undefined,
          uncork: () => undefined,
        };
        const sender = new Sender(sink);
        for (const value of all) {
          const binary = typeof value !== "string";
          sender.send(binary ? Buffer.from(value) : value, { binary, mask, fin: true });
        }
        expect(read(written, mask)).toEqual(
          all.map((value) =>
            typeof value === "string" ? text(value) : { kind: "binary", bytes: Buffer.from(value) },
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("noise ends with a fault or with nothing, and never with another kind of error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isMasked) => {
        expect(Array.isArray(read([Buffer.from(bytes)], isMasked))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** A message in up to four fragments. */
function fragmented(value: string | Uint8Array, cuts: number, isMasked: boolean): Buffer[] {
  const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value);
  const opcode = typeof value === "string" ? OPCODE.text : OPCODE.binary;
  const size = Math.max(1, Math.ceil(bytes.length / (cuts + 1)));
  const parts = Array.from({ length: cuts + 1 }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return parts.map((part, at) =>
    raw((at === cuts ? FINAL : 0) | (at === 0 ? opcode : OPCODE.continuation), part, isMasked),
  );
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...pieces, bytes.subarray(from)];
}

/** What `ws`, which shares no code with ours, makes of the same bytes. */
function readByWs(
  pieces: readonly Buffer[],
  isServer: boolean,
  wanted: number,
): Promise<FrameEvent[]> {
  return new Promise((resolve, reject) => {
    const found: FrameEvent[] = [];
    const receiver = new Receiver({ isServer, allowSynchronousEvents: true });
    receiver.on("error", reject);
    receiver.on("message", (data: Buffer, isBinary: boolean) => {
      found.push(isBinary ? { kind: "binary", bytes: Buffer.from(data) } : text(data.toString()));
      if (found.length === wanted) resolve(found);
    });
    if (wanted === 0) resolve(found);
    for (const piece of pieces) receiver.write(Buffer.from(piece));
  });
}
