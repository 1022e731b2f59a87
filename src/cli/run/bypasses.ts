// Variables and commands that send calls past the base URL, and so past the budget.

import { basename } from "node:path";

import { commandIn } from "./agent-shims.ts";
import { cloudRoutesIn, leftForAzure, usesAzure } from "./clouds.ts";
import type { CloudRoute } from "./clouds.ts";
import type { CliContext } from "../command-line.ts";
import { isCodex } from "./child-environment.ts";

type Environment = CliContext["env"];

/** A variable, and where programs that read it send their calls. */
interface Bypass {
  readonly name: string;
  readonly where: string;
  /** Whether a value disables it. */
  readonly isSwitch: boolean;
  /** The upstream that meters its calls, if the environment has the address. */
  readonly upstream?: CloudRoute["upstream"];
}

const BYPASSES: readonly Bypass[] = [
  // https://code.claude.com/docs/en/third-party-integrations
  { name: "CLAUDE_CODE_USE_BEDROCK", where: "Amazon Bedrock", isSwitch: true, upstream: "bedrock" },
  { name: "CLAUDE_CODE_USE_VERTEX", where: "Vertex AI", isSwitch: true, upstream: "vertex" },
  { name: "CLAUDE_CODE_USE_FOUNDRY", where: "Microsoft Foundry", isSwitch: true },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
  {
    name: "AWS_BEARER_TOKEN_BEDROCK",
    where: "Amazon Bedrock",
    isSwitch: false,
    upstream: "bedrock",
  },
  // https://googleapis.github.io/python-genai/#create-a-client
  {
    name: "GOOGLE_GENAI_USE_VERTEXAI",
    where: "Vertex AI",
    isSwitch: true,
    upstream: "google-vertex",
  },
  // https://github.com/openai/openai-node#microsoft-azure-openai
  { name: "AZURE_OPENAI_ENDPOINT", where: "Azure", isSwitch: false, upstream: "azure" },
  { name: "AZURE_OPENAI_API_KEY", where: "Azure", isSwitch: false, upstream: "azure" },
];

const OFF = /^(?:|0|false|no|off)$/i;

/** Returns what bypasses the budget, a sentence for each; empty if nothing is known to. */
export function bypassesIn(env: Environment): readonly string[] {
  const names = new Map<string, string[]>();
  const metered = new Set<string>(cloudRoutesIn(env).map(({ upstream }) => upstream));
  for (const { name, where, isSwitch, upstream } of BYPASSES) {
    const value = env[name];
    if (upstream !== undefined && metered.has(upstream)) continue;
    if (value === undefined || value === "" || (isSwitch && OFF.test(value))) continue;
    names.set(where, [...(names.get(where) ?? []), name]);
  }
  return [...names].map(
    ([where, set]) => `calls to ${where} bypass this budget (${set.join(", ")} is set)`,
  );
}

/** Returns what must bypass the budget so that an Azure client can start. */
export function bypassBesideAzure(
  env: Environment,
  command: readonly string[],
): string | undefined {
  if (leftForAzure(env, command).length === 0) return undefined;
  const isMetered = cloudRoutesIn(env).some(({ upstream }) => upstream === "azure");
  const unset =
    "OPENAI_BASE_URL is left unset, because Azure clients do not start when it is set; calls to OpenAI itself bypass this budget";
  return isMetered || !usesAzure(command)
    ? unset
    : `${unset}, and so do calls to Azure: set its address in AZURE_OPENAI_ENDPOINT`;
}

/** Codex's base URL can only be set by arguments. */
const CODEX = /(?:^|[\s/;&|"'])(?:@openai\/)?codex(?:@[\w.-]+)?(?=$|[\s;&|"'])/;
/** Its package, or a path to it: such a start does not look for its name in the path. */
const OUTSIDE_PATH =
  /@openai\/codex|\/codex(?=$|[\s;&|"'])|(?:^|[\s/])(?:npx|bunx|pnpm|yarn|npm)(?=$|\s)/;
/**
 * Starts through npx and similar runners find the wrapper in the path, which adds the arguments.
 */
const BY_STARTER =
  /(?:^|(?<=[\s;&|"']))(?:npx|bunx|pnpx|pnpm\s+(?:dlx|exec)|yarn\s+dlx|bun\s+x)\s+(?:-\S+\s+)*(?:@openai\/)?codex(?:@[\w.-]+)?(?=$|[\s;&|"'])/g;

/**
 * Returns what in a command line bypasses the budget: Codex, if another program such as pnpm starts
 * it and cannot be pointed at the budget. A shell finds the wrapper in the path.
 */
export function bypassOfCommand(
  command: string,
  args: readonly string[],
  env: Environment,
): string | undefined {
  if (isCodex(command) || !args.some((each) => CODEX.test(each))) return undefined;
  const line = [command, ...args].join(" ").replaceAll(BY_STARTER, "");
  if (!CODEX.test(line)) return undefined;
  const isInPath = commandIn(env["PATH"] ?? "", "codex") !== undefined;
  if (isInPath && !OUTSIDE_PATH.test(line)) return undefined;
  return `${basename(command)} starts codex outside this budget: make codex the command, as in token-budget run … -- codex`;
}
