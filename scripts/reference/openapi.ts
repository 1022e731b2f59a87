// The OpenAPI document of the admin API, from its route table.

import { readFileSync } from "node:fs";

import { openApiOf } from "../../src/api/openapi.ts";
import { ROUTES } from "../../src/api/routes.ts";
import type { Page } from "./pages.ts";

/** The document as a page of the reference. */
export function openApiPage(): Page {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const version = String(Reflect.get(Object(manifest), "version"));
  const text = `${JSON.stringify(openApiOf(ROUTES, version), undefined, 2)}\n`;
  return {
    path: "docs/reference/openapi.json",
    title: "Admin API",
    summary: "The routes of the admin API, in OpenAPI 3.1.",
    text,
  };
}
