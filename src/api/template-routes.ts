// Routes about templates: what pools are made with that do not exist yet.

import type { TemplateOptions } from "../stores/contract/templates.ts";
import { isWithin } from "./access.ts";
import type { Access } from "./access.ts";
import { ApiError } from "./api-error.ts";
import { REASON } from "./change-routes.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { ApiCall, ApiRoute } from "./route.ts";
import { OVERAGE, POOL_PATH, schemaNamed, TIME_ZONE } from "./schemas.ts";

const PATTERN: JsonSchema = {
  ...POOL_PATH,
  description: "A pattern of paths, such as users/*: a * stands for any one name",
  examples: ["users/*"],
};
const TEMPLATE: JsonSchema = {
  type: "object",
  properties: {
    pattern: PATTERN,
    caps: schemaNamed("Amount"),
    overage: OVERAGE,
    window: { type: "object" },
    at: { type: "integer", description: "When it was set; milliseconds since 1970" },
    actor: { type: "string" },
    reason: { type: "string" },
  },
  required: ["pattern", "caps", "at"],
};
const ANSWER: JsonSchema = {
  type: "object",
  properties: { templates: { type: "array", items: TEMPLATE } },
  required: ["templates"],
  additionalProperties: false,
};

/** The templates that a caller may see: those of its own pools. */
async function templatesFor({ store, access }: ApiCall): Promise<unknown> {
  const all = await store.templates();
  return { templates: all.filter(({ pattern }) => isWithin(pattern, access.subtree)) };
}

/** @throws {ApiError} 403 on a pattern that pools outside the subtree may fit. */
function patternIn(params: ApiCall["params"], { subtree }: Access): string {
  const pattern = params["pattern"] ?? "";
  if (isWithin(pattern, subtree) && !subtree.includes("*")) return pattern;
  throw new ApiError(403, "NOT_ALLOWED", "The pattern must be one of pools that you may change");
}

/** Routes about templates. */
export const TEMPLATE_ROUTES: readonly ApiRoute[] = [
  {
    method: "GET",
    path: "/templates",
    summary: "What pools are made with that do not exist yet, by pattern",
    operation: "listTemplates",
    role: "lead",
    answer: ANSWER,
    handle: templatesFor,
  },
  {
    method: "PUT",
    path: "/templates/{pattern}",
    summary: "Sets what pools of a pattern are made with; those that exist stay as they are",
    operation: "setTemplate",
    role: "lead",
    params: { pattern: PATTERN },
    body: {
      type: "object",
      properties: {
        caps: schemaNamed("Amount"),
        overage: OVERAGE,
        window: schemaNamed("Window"),
        timeZone: TIME_ZONE,
        reason: REASON,
      },
      required: ["reason"],
      additionalProperties: false,
    },
    answer: ANSWER,
    async handle(call) {
      const { store, access, params, body } = call;
      const pattern = patternIn(params, access);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
      await store.template(pattern, { ...(body as TemplateOptions), actor: access.actor });
      return await templatesFor(call);
    },
  },
  {
    method: "DELETE",
    path: "/templates/{pattern}",
    summary: "Deletes a template; pools that exist stay as they are",
    operation: "deleteTemplate",
    role: "lead",
    params: { pattern: PATTERN },
    answer: ANSWER,
    async handle(call) {
      const { store, access, params } = call;
      await store.template(patternIn(params, access), null);
      return await templatesFor(call);
    },
  },
];
