import { anthropicContext } from "../anthropic/context.ts";
import { CLAUDE_TEMPLATES } from "../anthropic/templates.ts";
import { GEMINI_TEMPLATES, GOOGLE } from "../google/provider.ts";
import type { CallFacts, Provider } from "../provider.ts";
import { grokElsewhere } from "../xai/provider.ts";

const { upstream: _upstream, environment: _environment, counting: _counting, ...SHARED } = GOOGLE;

const GLOBAL_HOST = "aiplatform.googleapis.com";
const REGION_IN_PATH = /\/locations\/(?!global\/)/;
/** Claude before 4.5 costs the same everywhere. */
const SAME_EVERYWHERE =
  /claude-(?:instant|[123][.-]|(?:opus|sonnet)-4(?:-[01](?!\d)|-20|@|$)|[34]-(?:opus|sonnet|haiku))/;

/**
 * Claude costs a tenth more at regional and multi-region addresses; an address that does not say is
 * taken for one.
 * https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
 */
function placeOf({ model, url }: CallFacts): string | undefined {
  if (!model.includes("claude") || SAME_EVERYWHERE.test(model)) return undefined;
  const isGlobal = url.hostname === GLOBAL_HOST && !REGION_IN_PATH.test(url.pathname);
  return isGlobal ? undefined : "regional";
}

/** Gemini on Google Cloud's Vertex AI. */
export const VERTEX: Provider = {
  ...SHARED,
  id: "vertex",
  contextOf: anthropicContext,
  // Its chat completions run models of many makers.
  templates: { gemini: GEMINI_TEMPLATES, "anthropic-messages": CLAUDE_TEMPLATES },
  telemetry: "gcp.vertex_ai",
  // The multi-region addresses are those of Anthropic's SDK.
  hosts: [/(?:^|[.-])aiplatform\.(?:[\w-]+\.rep\.)?googleapis\.com$/],
  aliases: ["google-vertex", "googlevertex"],
  placeOf,
  routes: [
    [/\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/, "gemini"],
    [/\/models\/[^/]+:embedContent$/, "gemini-embeddings"],
    [
      /\/publishers\/google\/models\/(?:imagen|veo|[\w.-]*embedding)-[^/]+:predict(?:LongRunning)?$/,
      "google-predict",
    ],
    [/\/endpoints\/openapi\/chat\/completions$/, "openai-chat"],
    [
      /\/publishers\/anthropic\/models\/[^/]+:(?:rawPredict|streamRawPredict)$/,
      "anthropic-messages",
    ],
    // What Anthropic's SDK shows its middleware before it rewrites a request.
    [/\/messages$/, "anthropic-messages"],
  ],
  // https://platform.claude.com/docs/en/build-with-claude/token-counting
  free: [
    /:countTokens$/,
    /\/messages\/count_tokens$/,
    /\/publishers\/anthropic\/models\/count-tokens:rawPredict$/,
  ],
  overshoot: (call) => grokElsewhere(call) ?? SHARED.overshoot?.(call),
};
