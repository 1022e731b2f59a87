// The OpenAPI document of the admin API, from its route table.

import { readFileSync } from "node:fs";

import { openApiOf } from "../../src/api/openapi.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { GATEWAY_ROUTES } from "../../src/gateway/admin/admin-door.ts";
import { alertRoutes } from "../../src/gateway/admin/alert-routes.ts";
import type { AlertSender } from "../../src/gateway/alerts/alert-sender.ts";
import type { Page } from "./pages.ts";

// Only its handlers would ask it.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
const NO_SENDER = {} as AlertSender;

/** The document as a page of the reference. */
export function openApiPage(): Page {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const version = String(Reflect.get(Object(manifest), "version"));
  const routes = [...ROUTES, ...GATEWAY_ROUTES, ...alertRoutes(NO_SENDER)];
  const text = `${JSON.stringify(openApiOf(routes, version), undefined, 2)}\n`;
  return {
    path: "docs/reference/openapi.json",
    title: "Admin API",
    summary: "The routes of the admin API, in OpenAPI 3.1.",
    text,
  };
}
