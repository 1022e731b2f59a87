import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";

import { pdfFactsOf } from "../../../src/wire/media/pdf.ts";
import { pdf, streamObject } from "./made.ts";

const TEXT = "The budget that holds. ".repeat(100);

describe("the pages of a PDF", () => {
  it("the pages of a PDF are counted, whether its objects are packed or not", () => {
    for (const isPacked of [false, true]) {
      for (const pages of [1, 20, 600])
        expect(pdfFactsOf(pdf({ pages, text: "x", isPacked }))?.pages).toBe(pages);
    }
  });

  it("the pages of a PDF are never fewer than its tree says, nor than the objects that say they are pages", () => {
    const lying = pdf({ pages: 3, text: "x" }).toString("latin1");
    const facts = pdfFactsOf(Buffer.from(lying.replace("/Count 3", "/Count 50"), "latin1"));
    expect(facts?.pages).toBe(50);
    const hidden = Buffer.from(lying.replace("/Count 3", "/Count 1"), "latin1");
    expect(pdfFactsOf(hidden)?.pages).toBe(3);
    const more = "90 0 obj\n<< /Type /#50age >>\nendobj\n".repeat(9);
    expect(pdfFactsOf(pdf({ pages: 3, text: "x", extra: [more] }))?.pages).toBe(12);
  });

  it("the pages of a PDF are not those of its outlines", () => {
    const extra = ["80 0 obj\n<< /Type /Outlines /Count 400 >>\nendobj\n"];
    expect(pdfFactsOf(pdf({ pages: 3, text: "x", extra }))?.pages).toBe(3);
  });

  it("the pages of a PDF are small where all of them say so", () => {
    expect(pdfFactsOf(pdf({ pages: 2, text: "x" }))?.isSmallPaged).toBe(true);
    expect(pdfFactsOf(pdf({ pages: 2, text: "x", box: [1200, 1700] }))?.isSmallPaged).toBe(false);
  });
});

describe("a PDF of which nothing is certain", () => {
  const base = { pages: 2, text: TEXT };
  const CASES: readonly (readonly [string, Buffer])[] = [
    ["is encrypted", pdf({ ...base, extra: ["70 0 obj\n<< /Encrypt 71 0 R >>\nendobj\n"] })],
    [
      "has a page twice",
      pdf({ ...base, extra: ["70 0 obj\n<< /Type /Pages /Kids [10 0 R 10 0 R] >>\nendobj\n"] }),
    ],
    [
      "has its kids elsewhere",
      pdf({ ...base, extra: ["70 0 obj\n<< /Type /Pages /Kids 71 0 R >>\nendobj\n"] }),
    ],
    [
      "shares a list of content",
      pdf({ ...base, extra: ["70 0 obj\n<< /Type /Page /Contents 71 0 R >>\nendobj\n"] }),
    ],
    [
      "has another filter",
      pdf({
        ...base,
        extra: ["70 0 obj\n<< /Length 3 /Filter /LZWDecode >>\nstream\nabc\nendstream\nendobj\n"],
      }),
    ],
    [
      "draws forms in forms",
      pdf({ ...base, extra: [streamObject(70, "(a) Tj /Fm1 Do", "/BBox [0 0 9 9]")] }),
    ],
    ["is larger inside than it may be", pdf({ ...base, text: "a".repeat(3 * 2 ** 20) })],
    ["is cut off in a stream", pdf(base).subarray(0, 700)],
    ["is not a PDF", Buffer.from("no PDF")],
  ];
  it.each(CASES)("nothing is certain of a file that %s", (_name, file) => {
    expect(pdfFactsOf(file)).toBeUndefined();
    expect(pdfFactsOf(file.toString("base64"))).toBeUndefined();
  });

  it("no bytes of a PDF make it throw", () => {
    const file = pdf({ pages: 2, text: TEXT, isPacked: true });
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.uint8Array({ maxLength: 20 }), (at, bytes) => {
        const broken = Buffer.from(file);
        broken.set(bytes.subarray(0, file.length - at), at);
        expect(() => pdfFactsOf(broken)).not.toThrow();
      }),
    );
  });
});

describe("the text of a PDF", () => {
  it("the text of a PDF is never below what a tokenizer counts of what its pages show", () => {
    const latin = fc.string({
      unit: fc.integer({ min: 32, max: 255 }).map((c) => String.fromCharCode(c)),
      maxLength: 300,
    });
    fc.assert(
      fc.property(latin, fc.integer({ min: 1, max: 5 }), fc.boolean(), (text, pages, isPacked) => {
        const facts = pdfFactsOf(pdf({ pages, text, isPacked }));
        expect(facts?.text).toBeGreaterThanOrEqual(pages * countTokens(text));
      }),
      { numRuns: 300 },
    );
  });

  it("the text of a PDF counts what a page shows as often as pages show it, and forms as often as they are drawn", () => {
    const alone = pdfFactsOf(pdf({ pages: 2, text: TEXT }))?.text ?? 0;
    const shared = pdf({
      pages: 2,
      text: TEXT,
      extra: ["70 0 obj\n<< /Type /Page /Contents 11 0 R >>\nendobj\n"],
    });
    expect(pdfFactsOf(shared)?.text).toBeGreaterThan(alone * 1.4);
    const drawn = pdf({
      pages: 2,
      text: TEXT,
      extra: [
        streamObject(70, `(${TEXT}) Tj`, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        streamObject(71, "/Fm1 Do /Fm1 Do /Fm1 Do"),
        "72 0 obj\n<< /Type /Page /Contents 71 0 R >>\nendobj\n",
      ],
    });
    expect(pdfFactsOf(drawn)?.text).toBeGreaterThan(alone + 3 * TEXT.length);
  });

  it("the text of a PDF grows with what a font makes of a byte", () => {
    const table = "1 beginbfchar\n<41> <0066006600690066006600690066>\nendbfchar";
    const extra = [streamObject(70, table), "71 0 obj\n<< /ToUnicode 70 0 R >>\nendobj\n"];
    const plain = pdfFactsOf(pdf({ pages: 1, text: "A".repeat(500) }))?.text ?? 0;
    const mapped = pdfFactsOf(pdf({ pages: 1, text: "A".repeat(500), extra }))?.text ?? 0;
    expect(mapped).toBeGreaterThanOrEqual(plain * 7);
  });

  it("the text of a PDF leaves out fonts and pictures", () => {
    const large = "(x".repeat(50_000);
    const extra = [
      streamObject(70, large, "/Length1 100000"),
      "71 0 obj\n<< /FontFile2 70 0 R >>\nendobj\n",
      streamObject(72, large, "/Subtype /Image /Width 9 /Height 9"),
      "73 0 obj\n<< /XObject << /Im0 72 0 R >> >>\nendobj\n",
    ];
    expect(pdfFactsOf(pdf({ pages: 1, text: "x", extra }))?.text).toBeLessThan(100);
    // Content that claims to be a picture is content.
    const claims = [...extra, "74 0 obj\n<< /Type /Page /Contents 72 0 R >>\nendobj\n"];
    expect(pdfFactsOf(pdf({ pages: 1, text: "x", extra: claims }))?.text).toBeGreaterThan(50_000);
  });

  it("F55: the text of a PDF takes linear time, whatever is written", () => {
    const large = 2 ** 19;
    const fill = (piece: string): string => piece.repeat(Math.ceil(large / piece.length));
    const pieces = [
      "1 0 obj ",
      "/Kids[]",
      "/Kids ",
      "(",
      "<",
      "<<",
      "<a>[",
      "1 0 R ",
      "/a",
      " ",
      "\\",
      "%",
      "/MediaBox[",
    ];
    for (const piece of pieces) {
      const text = fill(piece);
      expect(() => pdfFactsOf(Buffer.from(`%PDF-1.7\n1 0 obj ${text}`))).not.toThrow();
      expect(() =>
        pdfFactsOf(pdf({ pages: 1, text: "x", extra: [streamObject(70, text)] })),
      ).not.toThrow();
      const table = [streamObject(70, text), "71 0 obj\n<< /ToUnicode 70 0 R >>\nendobj\n"];
      expect(() => pdfFactsOf(pdf({ pages: 1, text: "x", extra: table }))).not.toThrow();
    }
  }, 60_000);
});
