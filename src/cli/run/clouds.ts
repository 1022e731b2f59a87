// Clouds whose address depends on the account: Azure, Bedrock and Vertex. If the environment has
// that address, their calls go through the proxy too.

import { readFileSync, statSync } from "node:fs";

import type { CliContext } from "../command-line.ts";

type Environment = CliContext["env"];

/** The calls of one cloud. */
export interface CloudRoute {
  /** The name of the upstream. */
  readonly upstream: "azure" | "bedrock" | "bedrock-mantle" | "vertex" | "google-vertex";
  readonly address: string;
  /** The variables to set, each with the path after the address. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Variables that keep Azure's clients in OpenAI's SDKs and LangChain from starting. */
const BESIDE_AZURE = ["OPENAI_BASE_URL", "OPENAI_API_BASE"] as const;
const AZURE_CLIENT = /\bAzure(?:Chat)?OpenAI\b/;
const SCRIPT = /\.(?:py|[cm]?[jt]sx?)$/;
const SCRIPT_BYTES_MAX = 1_048_576;

/** Returns the clouds whose calls can be metered. */
export function cloudRoutesIn(env: Environment): readonly CloudRoute[] {
  const all = [azure(env), bedrock(env), mantle(env), vertexOfAnthropic(env), vertexOfGoogle(env)];
  return all.filter((route) => route !== undefined);
}

/** https://github.com/openai/openai-node/blob/master/azure.md */
function azure(env: Environment): CloudRoute | undefined {
  const address = addressIn(env, "AZURE_OPENAI_ENDPOINT") ?? addressIn(env, "AZURE_API_BASE");
  return address === undefined
    ? undefined
    : {
        upstream: "azure",
        address,
        variables: { AZURE_OPENAI_ENDPOINT: "", AZURE_API_BASE: "" },
      };
}

/**
 * A signature covers the host, so a signed request can only be sent there; a token can be
 * forwarded. https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
 */
function bedrock(env: Environment): CloudRoute | undefined {
  if (!isSet(env, "AWS_BEARER_TOKEN_BEDROCK")) return undefined;
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const address =
    addressIn(env, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME") ??
    addressIn(env, "ANTHROPIC_BEDROCK_BASE_URL") ??
    (isPlace(region) ? `https://bedrock-runtime.${region}.amazonaws.com` : undefined);
  if (address === undefined) return undefined;
  const variables = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "", ANTHROPIC_BEDROCK_BASE_URL: "" };
  return { upstream: "bedrock", address, variables };
}

/**
 * Bedrock's addresses in OpenAI's and Anthropic's formats, as `BedrockOpenAI` and
 * `AnthropicBedrockMantle` read them.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html
 */
function mantle(env: Environment): CloudRoute | undefined {
  if (!isSet(env, "AWS_BEARER_TOKEN_BEDROCK")) return undefined;
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const given = Object.entries(MANTLE).flatMap(([name, path]) => {
    const address = addressIn(env, name)?.replace(/\/+$/, "");
    return address?.endsWith(path) === true ? [address.slice(0, -path.length)] : [];
  });
  const derived = isPlace(region) ? `https://bedrock-mantle.${region}.api.aws` : undefined;
  const address = given[0] ?? derived;
  if (address === undefined) return undefined;
  return { upstream: "bedrock-mantle", address, variables: MANTLE };
}

const MANTLE = {
  AWS_BEDROCK_BASE_URL: "/openai/v1",
  ANTHROPIC_BEDROCK_MANTLE_BASE_URL: "/anthropic",
};

/**
 * Claude Code, and Anthropic's SDK for Vertex. Regions by model would need an address each.
 * https://code.claude.com/docs/en/google-vertex-ai
 */
function vertexOfAnthropic(env: Environment): CloudRoute | undefined {
  const region = env["CLOUD_ML_REGION"];
  const isByModel = Object.keys(env).some((name) => name.startsWith("VERTEX_REGION_"));
  const address =
    addressIn(env, "ANTHROPIC_VERTEX_BASE_URL") ??
    (isPlace(region) && !isByModel ? `${vertexHost(region)}/v1` : undefined);
  if (address === undefined) return undefined;
  return { upstream: "vertex", address, variables: { ANTHROPIC_VERTEX_BASE_URL: "" } };
}

/** Google's SDKs. https://googleapis.github.io/python-genai/ */
function vertexOfGoogle(env: Environment): CloudRoute | undefined {
  const place = env["GOOGLE_CLOUD_LOCATION"];
  const address =
    addressIn(env, "GOOGLE_VERTEX_BASE_URL") ?? (isPlace(place) ? vertexHost(place) : undefined);
  if (address === undefined) return undefined;
  return { upstream: "google-vertex", address, variables: { GOOGLE_VERTEX_BASE_URL: "" } };
}

/** The same hosts as in Anthropic's and Google's SDKs. */
function vertexHost(place: string): string {
  if (place === "global") return "https://aiplatform.googleapis.com";
  if (place === "us" || place === "eu") return `https://aiplatform.${place}.rep.googleapis.com`;
  return `https://${place}-aiplatform.googleapis.com`;
}

/**
 * Returns the variables to leave unset, because an Azure client would not start with them: none if
 * there is an OpenAI key, whose calls would bypass the budget.
 */
export function leftForAzure(env: Environment, command: readonly string[]): readonly string[] {
  const isAzure = isSet(env, "AZURE_OPENAI_ENDPOINT") || usesAzure(command);
  const isOpenaiToo = isSet(env, "OPENAI_API_KEY") || isSet(env, "OPENAI_BASE_URL");
  return isAzure && !isOpenaiToo ? BESIDE_AZURE : [];
}

/** Returns what keeps an Azure client from starting, if known. */
export function troubleForAzure(env: Environment, command: readonly string[]): string | undefined {
  const isAzure = isSet(env, "AZURE_OPENAI_ENDPOINT") || usesAzure(command);
  return isAzure && leftForAzure(env, command).length === 0
    ? "Azure clients may not start while OPENAI_BASE_URL is set, which sends OpenAI calls through this budget; without such calls, pass --leave OPENAI_BASE_URL"
    : undefined;
}

/** Returns whether a command line, or a script that it names, mentions the Azure client. */
export function usesAzure(command: readonly string[]): boolean {
  return command.some((word) => AZURE_CLIENT.test(word) || AZURE_CLIENT.test(scriptAt(word)));
}

function scriptAt(path: string): string {
  if (!SCRIPT.test(path)) return "";
  try {
    return statSync(path).size > SCRIPT_BYTES_MAX ? "" : readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function addressIn(env: Environment, name: string): string | undefined {
  const address = env[name] ?? "";
  return /^https?:/.test(address) && URL.canParse(address) ? address : undefined;
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}

function isPlace(name: string | undefined): name is string {
  return name !== undefined && /^[a-z][a-z0-9-]{1,30}$/.test(name);
}
