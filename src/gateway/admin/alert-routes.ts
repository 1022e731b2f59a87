// Routes of the admin API about alerts: where they go, and what has become of them.

import { ApiError } from "../../api/api-error.ts";
import type { JsonSchema } from "../../api/json-schema.ts";
import type { ApiRoute } from "../../api/route.ts";
import type { AlertSender } from "../alerts/alert-sender.ts";
import { AlertTargets, EVENT_KINDS } from "../alerts/alert-target.ts";
import type { AlertTarget, NewTarget } from "../alerts/alert-target.ts";

const TIME: JsonSchema = { type: "integer", description: "Milliseconds since 1970" };
const ID: JsonSchema = { type: "string", pattern: "^alert_[0-9a-f]{16}$" };
const CHANNEL: JsonSchema = { type: "string", enum: ["webhook", "slack", "email"] };
const EVENTS: JsonSchema = {
  type: "array",
  items: { type: "string", enum: EVENT_KINDS },
  maxItems: EVENT_KINDS.length,
};
const TO: JsonSchema = { type: "string", minLength: 3, maxLength: 1000 };

const TARGET: JsonSchema = {
  type: "object",
  properties: {
    id: ID,
    channel: CHANNEL,
    to: TO,
    events: EVENTS,
    subtree: { type: "string" },
    createdAt: TIME,
    createdBy: { type: "string" },
    secret: { type: "string", description: "What webhooks are signed with; shown once" },
  },
  required: ["id", "channel", "to", "events", "subtree", "createdAt", "createdBy"],
  additionalProperties: false,
};

const DELIVERY: JsonSchema = {
  type: "object",
  properties: {
    id: { type: "string" },
    target: ID,
    pool: { type: "string" },
    kind: { type: "string" },
    text: { type: "string" },
    at: TIME,
    state: { type: "string", enum: ["pending", "delivered", "failed"] },
    attempts: {
      type: "array",
      items: {
        type: "object",
        properties: { at: TIME, result: { type: "string" } },
        required: ["at", "result"],
        additionalProperties: false,
      },
    },
    nextAt: TIME,
    event: { type: "object" },
  },
  required: ["id", "target", "pool", "kind", "text", "at", "state", "attempts", "event"],
  additionalProperties: false,
};

/** Routes about alerts. */
export function alertRoutes(sender: AlertSender): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/alerts",
      summary: "Lists alert targets",
      operation: "listAlertTargets",
      role: "admin",
      answer: listOf("targets", TARGET),
      handle: async ({ store }) => ({
        targets: (await new AlertTargets(store).list()).map(withoutSecret),
      }),
    },
    {
      method: "POST",
      path: "/alerts",
      summary: "Sends alerts to a webhook, a channel of Slack, or an e-mail address",
      operation: "addAlertTarget",
      answersOnce: true,
      role: "admin",
      status: 201,
      body: {
        type: "object",
        properties: {
          channel: CHANNEL,
          to: TO,
          events: EVENTS,
          subtree: { type: "string", maxLength: 800 },
        },
        required: ["channel", "to"],
        additionalProperties: false,
      },
      answer: TARGET,
      handle: async ({ store, body, access }) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits its schema
        await new AlertTargets(store).add(body as NewTarget, access.actor),
    },
    {
      method: "DELETE",
      path: "/alerts/{id}",
      summary: "Stops alerts to a target",
      operation: "removeAlertTarget",
      role: "admin",
      params: { id: ID },
      answer: TARGET,
      handle: async ({ store, params }) =>
        withoutSecret(found(await new AlertTargets(store).remove(params["id"] ?? ""))),
    },
    {
      method: "POST",
      path: "/alerts/{id}/test",
      summary: "Sends a test alert",
      operation: "testAlertTarget",
      role: "admin",
      params: { id: ID },
      answer: DELIVERY,
      handle: async ({ store, params }) =>
        await sender.test(found(await new AlertTargets(store).find(params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/deliveries",
      summary: "Lists the alerts of the last seven days, the newest first",
      operation: "listDeliveries",
      role: "admin",
      answer: listOf("deliveries", DELIVERY),
      handle: async () => ({ deliveries: (await sender.deliveries()).slice(0, 1000) }),
    },
  ];
}

function found(target: AlertTarget | undefined): AlertTarget {
  if (target === undefined)
    throw new ApiError(404, "NOT_FOUND", "There is no alert target with this id");
  return target;
}

function withoutSecret({ secret: _once, ...target }: AlertTarget): AlertTarget {
  return target;
}

function listOf(name: string, items: JsonSchema): JsonSchema {
  return {
    type: "object",
    properties: { [name]: { type: "array", items } },
    required: [name],
    additionalProperties: false,
  };
}
