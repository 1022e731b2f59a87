// The routes of the official SDKs that are installed: a new one fails until it is known.

import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { sdkPosts } from "../../scripts/sdk-routes/posts.ts";
import { routesPage } from "../../scripts/sdk-routes/table.ts";

const PAGE = new URL("../../docs/reference/routes.md", import.meta.url);

it("every POST route of the SDKs is metered, free, or refused by name, as the page says", () => {
  // `npm run routes` writes the page.
  expect(routesPage()).toBe(readFileSync(PAGE, "utf8"));
});

it("the routes are found in the code of the SDKs", () => {
  const paths = new Map(
    sdkPosts().map(({ sdk, addresses }) => [sdk, addresses.map(({ pathname }) => pathname)]),
  );
  expect(paths.get("openai")).toContain("/v1/vector_stores/a-name/search");
  expect(paths.get("@anthropic-ai/sdk")).toContain("/v1/messages");
  expect(paths.get("@google/genai")).toContain("/v1beta/models/a-model:predictLongRunning");
  expect(paths.get("@mistralai/mistralai")).toContain("/v1/ocr");
  expect(paths.get("cohere-ai")).toContain("/v2/rerank");
  expect([...paths.values()].flat().length).toBeGreaterThan(300);
});
