// Google's official client uploads a file for file search: what its embedding may cost is booked when
// the upload begins, and its bytes pass.

import { GoogleGenAI } from "@google/genai";
import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import { GOOGLE_URL } from "./metered.ts";

const UPLOAD = "/upload/v1/fileSearchStores/mine:uploadToFileSearchStore";
const OPERATION = { name: "fileSearchStores/mine/upload/operations/one" };

it("an upload is booked once", async () => {
  const pool = new BudgetPool({ caps: { usd: 1 } });
  const sent: string[] = [];
  const fetch = meteredFetch(pool, {
    fetch: (input) => {
      const { pathname, searchParams, origin } = new URL(
        input instanceof Request ? input.url : input,
      );
      const isBytes = searchParams.has("upload_id");
      sent.push(`${pathname}${isBytes ? " bytes" : ""}`);
      const headers = isBytes
        ? { "content-type": "application/json", "x-goog-upload-status": "final" }
        : { "content-length": "0", "x-goog-upload-url": `${origin}${pathname}?upload_id=one` };
      return Promise.resolve(new Response(isBytes ? JSON.stringify(OPERATION) : "", { headers }));
    },
  });
  const client = new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: GOOGLE_URL, fetch } });
  const file = new Blob(["Paris is the capital of France. ".repeat(1000)], { type: "text/plain" });
  await client.fileSearchStores.uploadToFileSearchStore({
    fileSearchStoreName: "fileSearchStores/mine",
    file,
  });
  expect(sent).toEqual([UPLOAD, `${UPLOAD} bytes`]);
  // 32,000 bytes, each of them twice, 32 for each of 321 pieces, and 256, at $0.20 a million.
  expect(pool.snapshot().used).toMatchObject({ calls: 1, usd: 0.014_905_6 });
  expect(pool.snapshot().openReservations).toBe(0);
});
