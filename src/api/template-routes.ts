// Routes about templates: settings for pools that match a pattern of their path.

import { readPath } from "../stores/contract/path.ts";
import { isWithin } from "./access.ts";
import { REASON } from "./change-routes.ts";
import type { JsonSchema } from "./json-schema.ts";
import { POOL_SETTINGS, settingsIn } from "./make-routes.ts";
import type { GivenSettings } from "./make-routes.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { schemaNamed } from "./schemas.ts";

const PATTERN: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 800,
  description: "A path in which * stands for any one name",
  examples: ["users/*", "users/*/model:claude-opus*"],
};

const TEMPLATE: JsonSchema = {
  type: "object",
  properties: {
    pattern: PATTERN,
    caps: schemaNamed("Amount"),
    overage: { type: "string" },
    window: { type: "object" },
    at: { type: "number", description: "When it was set; milliseconds since 1970" },
    actor: { type: "string" },
    reason: { type: "string" },
  },
  required: ["pattern", "caps", "at"],
};

const LIST: JsonSchema = {
  type: "object",
  properties: { templates: { type: "array", items: TEMPLATE } },
  required: ["templates"],
  additionalProperties: false,
};

async function listTemplates({ store, access }: ApiCall): Promise<unknown> {
  const all = await store.templates();
  return { templates: all.filter(({ pattern }) => isWithin(pattern, access.subtree)) };
}

async function setTemplate(call: ApiCall): Promise<unknown> {
  const { store, access, body } = call;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const given = body as GivenSettings & { readonly pattern: string; readonly reason: string };
  const about = { actor: access.actor, reason: given.reason };
  await store.template(readPath(given.pattern), { ...settingsIn(given), ...about });
  return await listTemplates(call);
}

async function deleteTemplate(call: ApiCall): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
  const { pattern } = call.body as { readonly pattern: string };
  await call.store.template(readPath(pattern), null);
  return await listTemplates(call);
}

/** Routes about templates. */
export const TEMPLATE_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/templates",
    summary: "Lists templates: the settings of pools that are opened without any",
    operation: "listTemplates",
    role: "lead",
    answer: LIST,
    handle: listTemplates,
  },
  {
    method: "POST",
    path: "/templates",
    summary: "Sets a template for pools that do not exist yet",
    operation: "setTemplate",
    role: "admin",
    body: {
      type: "object",
      properties: { pattern: PATTERN, ...POOL_SETTINGS, reason: REASON },
      required: ["pattern", "reason"],
      additionalProperties: false,
    },
    answer: LIST,
    handle: setTemplate,
  },
  {
    method: "POST",
    path: "/templates/delete",
    summary: "Deletes a template; existing pools stay as they are",
    operation: "deleteTemplate",
    role: "admin",
    body: {
      type: "object",
      properties: { pattern: PATTERN },
      required: ["pattern"],
      additionalProperties: false,
    },
    answer: LIST,
    handle: deleteTemplate,
  },
];
