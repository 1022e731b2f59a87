// An MCP server for agents, over streamable HTTP without sessions: each message is a POST that is
// answered at once. https://modelcontextprotocol.io/specification/2025-06-18/basic/transports

import type { Caller } from "./caller.ts";

/** The functions behind the tools. */
export interface AgentTools {
  /** Returns what the caller may still spend. */
  readonly status: (identity: Caller) => Promise<Readonly<Record<string, unknown>>>;
  /** Requests an increase, for a lead to grant or refuse. */
  readonly ask: (
    identity: Caller,
    wanted: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: string | number | null;
  readonly method?: unknown;
  readonly params?: unknown;
}

const VERSIONS: readonly string[] = ["2025-06-18", "2025-03-26", "2024-11-05"];
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
const INVALID_PARAMS = -32_602;

const TOOLS = [
  {
    name: "budget_status",
    title: "Budget status",
    description:
      "Shows what this key may still spend: dollars, tokens and calls that are used, held by calls under way, and left, and when the window starts over. Call it before you begin a long task.",
    inputSchema: { type: "object", properties: {}, additionalProperties: false },
    annotations: { readOnlyHint: true },
  },
  {
    name: "budget_request",
    title: "Ask for more budget",
    description:
      "Asks the lead of the team for more budget. A person grants or refuses the request later; meanwhile, continue with what is left.",
    inputSchema: {
      type: "object",
      properties: {
        usd: { type: "number", exclusiveMinimum: 0, description: "How many dollars more" },
        hours: { type: "number", exclusiveMinimum: 0, description: "For how long (default: 24)" },
        reason: { type: "string", minLength: 1, maxLength: 500, description: "What for" },
      },
      required: ["usd", "reason"],
      additionalProperties: false,
    },
  },
] as const;

/** Returns the answer to a message; nothing to a notification. */
export interface AgentAnswer {
  readonly status: number;
  readonly body: string | undefined;
}

/** Answers the body of a POST. */
export async function answerAgent(
  text: string,
  identity: Caller,
  tools: AgentTools,
): Promise<AgentAnswer> {
  let message: Message;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
      return failed(null, INVALID_REQUEST, "Expected one JSON-RPC message");
    message = parsed;
  } catch {
    return failed(null, PARSE_ERROR, "Expected JSON");
  }
  const { id, method, params } = message;
  if (message.jsonrpc !== "2.0" || typeof method !== "string")
    return failed(id ?? null, INVALID_REQUEST, 'Expected a message with "jsonrpc": "2.0"');
  if (id === undefined || id === null) return { status: 202, body: undefined };
  if (method === "initialize") return done(id, greeting(params));
  if (method === "ping") return done(id, {});
  if (method === "tools/list") return done(id, { tools: TOOLS });
  if (method !== "tools/call") return failed(id, METHOD_NOT_FOUND, `Unknown method ${method}`);
  const name: unknown = Reflect.get(Object(params), "name");
  const wanted: unknown = Reflect.get(Object(params), "arguments");
  const called = await callTool(name, Object(wanted ?? {}), identity, tools);
  if (called === undefined) return failed(id, INVALID_PARAMS, `Unknown tool ${String(name)}`);
  return done(id, called);
}

async function callTool(
  name: unknown,
  wanted: Readonly<Record<string, unknown>>,
  identity: Caller,
  { status, ask }: AgentTools,
): Promise<object | undefined> {
  const tool = { budget_status: status, budget_request: ask }[String(name)];
  if (tool === undefined) return undefined;
  try {
    const structuredContent = await tool(identity, wanted);
    const text = JSON.stringify(structuredContent);
    return { content: [{ type: "text", text }], structuredContent, isError: false };
  } catch (error) {
    // The model reads the error, and may correct its call.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return { content: [{ type: "text", text: error.message }], isError: true };
  }
}

function greeting(params: unknown): object {
  const wanted: unknown = Reflect.get(Object(params), "protocolVersion");
  return {
    protocolVersion: VERSIONS.find((version) => version === wanted) ?? VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name: "token-budget", title: "Token budget", version: "1" },
    instructions:
      "Call budget_status before expensive work; budget_request asks a person for more.",
  };
}

function done(id: string | number, result: object): AgentAnswer {
  return { status: 200, body: JSON.stringify({ jsonrpc: "2.0", id, result }) };
}

function failed(id: string | number | null, code: number, message: string): AgentAnswer {
  const body = JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
  return { status: id === null ? 400 : 200, body };
}
