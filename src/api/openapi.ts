// The OpenAPI 3.1 document of the admin API, generated from its route table.

import { API_PREFIX } from "./admin-api.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { ApiRoute } from "./route.ts";
import { SCHEMAS } from "./schemas.ts";

const PROBLEMS: Readonly<Record<string, string>> = {
  "400": "A parameter, header or the body is invalid",
  "401": "The caller is unknown",
  "403": "The role of the caller does not allow it",
  "404": "Not found, or the caller may not see it",
  "409": "The request conflicts with the current state",
  "503": "The store does not answer",
};

/** Returns the document, as plain data. */
export function openApiOf(routes: readonly ApiRoute[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const at = `${API_PREFIX}${route.path}`;
    paths[at] = { ...paths[at], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "token-budget admin API",
      version,
      summary: "Pools, ledgers and changes of a token-budget store",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      { url: "http://127.0.0.1:4142", description: "token-budget console: what is over a store" },
      { url: "http://127.0.0.1:4141", description: "token-budget serve: all" },
    ],
    security: [{ key: [] }, { session: [] }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({
      name,
      description: `Routes below /${name}`,
    })),
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "A key of an admin or lead" },
        session: { type: "apiKey", in: "cookie", name: "token_budget_console" },
      },
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, description]) => [
          `Problem${status}`,
          {
            description,
            content: {
              "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
            },
          },
        ]),
      ),
    },
  };
}

function tagOf({ path }: ApiRoute): string {
  return path.split("/")[1] ?? "";
}

function operationOf(route: ApiRoute): object {
  const { params = {}, query = {}, required = [], body, types, answer, method } = route;
  const inPath = Object.entries(params).map(([name, schema]) =>
    parameterOf("path", name, schema, true),
  );
  const inQuery = Object.entries(query).map(([name, schema]) =>
    parameterOf("query", name, schema, required.includes(name)),
  );
  const repeat = parameterOf("header", "Idempotency-Key", REPEAT_KEY, false);
  const content = Object.fromEntries(
    (types ?? ["application/json"]).map((type) => [
      type,
      { schema: type === "application/json" ? answer : { type: "string" } },
    ]),
  );
  return {
    operationId: route.operation,
    summary: route.summary,
    description: `${route.summary}. Least role: ${route.role}.`,
    tags: [tagOf(route)],
    parameters: [...inPath, ...inQuery, ...(method === "GET" ? [] : [repeat])],
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: body } } },
    }),
    responses: {
      [String(route.status ?? 200)]: { description: route.summary, content },
      ...Object.fromEntries(
        Object.keys(PROBLEMS).map((status) => [
          status,
          { $ref: `#/components/responses/Problem${status}` },
        ]),
      ),
    },
  };
}

const REPEAT_KEY: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 128,
  description: "The same in every retry: the change is made once",
};

function parameterOf(
  place: "path" | "query" | "header",
  name: string,
  { description, ...schema }: JsonSchema,
  required: boolean,
): object {
  return {
    name,
    in: place,
    required,
    ...(description !== undefined && { description }),
    schema,
  };
}
