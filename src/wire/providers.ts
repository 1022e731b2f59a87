// All providers that are known: the one place that adds one.

import { ALIBABA } from "./alibaba/provider.ts";
import { ANTHROPIC } from "./anthropic/provider.ts";
import { AVIAN } from "./avian/provider.ts";
import { AZURE } from "./azure/provider.ts";
import { BASETEN } from "./baseten/provider.ts";
import { BEDROCK } from "./bedrock/provider.ts";
import { CEREBRAS } from "./cerebras/provider.ts";
import { CLOUDFLARE } from "./cloudflare/provider.ts";
import { idBehindGateway } from "./cloudflare/gateway.ts";
import { COHERE } from "./cohere/provider.ts";
import { CRUSOE } from "./crusoe/provider.ts";
import { DEEPINFRA } from "./deepinfra/provider.ts";
import { DEEPSEEK } from "./deepseek/provider.ts";
import { FIREWORKS } from "./fireworks/provider.ts";
import { GITHUB } from "./github/provider.ts";
import { GOOGLE } from "./google/provider.ts";
import { GROQ } from "./groq/provider.ts";
import { HUGGINGFACE } from "./huggingface/provider.ts";
import { JINA } from "./jina/provider.ts";
import { MINIMAX } from "./minimax/provider.ts";
import { MISTRAL } from "./mistral/provider.ts";
import { MOONSHOT } from "./moonshot/provider.ts";
import { NOVITA } from "./novita/provider.ts";
import { NVIDIA } from "./nvidia/provider.ts";
import { OLLAMA } from "./ollama/provider.ts";
import { OPENAI } from "./openai/provider.ts";
import { OPENROUTER } from "./openrouter/provider.ts";
import { OVHCLOUD } from "./ovhcloud/provider.ts";
import { PERPLEXITY } from "./perplexity/provider.ts";
import type { Provider } from "./provider.ts";
import { SAMBANOVA } from "./sambanova/provider.ts";
import { SNOWFLAKE } from "./snowflake/provider.ts";
import { TOGETHER } from "./together/provider.ts";
import { UNKNOWN } from "./unknown/provider.ts";
import { VERCEL } from "./vercel/provider.ts";
import { VERTEX } from "./vertex/provider.ts";
import { VOYAGE } from "./voyage/provider.ts";
import { WATSONX } from "./watsonx/provider.ts";
import { WRITER } from "./writer/provider.ts";
import { XAI } from "./xai/provider.ts";
import { ZAI } from "./zai/provider.ts";

/** The providers, the first whose host fits is the one. */
export const PROVIDERS: readonly Provider[] = [
  OPENAI,
  ANTHROPIC,
  GOOGLE,
  VERTEX,
  AZURE,
  BEDROCK,
  OPENROUTER,
  VERCEL,
  MISTRAL,
  XAI,
  DEEPSEEK,
  GROQ,
  CEREBRAS,
  TOGETHER,
  FIREWORKS,
  PERPLEXITY,
  MOONSHOT,
  ZAI,
  HUGGINGFACE,
  NOVITA,
  VOYAGE,
  COHERE,
  AVIAN,
  OLLAMA,
  ALIBABA,
  BASETEN,
  CLOUDFLARE,
  CRUSOE,
  DEEPINFRA,
  GITHUB,
  JINA,
  MINIMAX,
  NVIDIA,
  OVHCLOUD,
  SAMBANOVA,
  SNOWFLAKE,
  WATSONX,
  WRITER,
];

/** What is assumed of a server that is not known. */
export const UNKNOWN_PROVIDER: Provider = UNKNOWN;

/** Returns the provider that serves an address; undefined where the host does not say. */
export function providerAt(url: URL): Provider | undefined {
  const { hostname } = url;
  const id = idBehindGateway(url);
  if (id !== undefined) return providerNamed(id);
  if (byHost.has(hostname)) return byHost.get(hostname);
  const found = PROVIDERS.find(({ hosts }) => hosts.some((pattern) => pattern.test(hostname)));
  if (byHost.size < HOSTS_MAX) byHost.set(hostname, found);
  return found;
}

/** Cached: calls go to the same few hosts. */
const HOSTS_MAX = 1000;
const byHost = new Map<string, Provider | undefined>();

/** Returns the provider with a name, its own or one that libraries give it. */
export function providerNamed(name: string): Provider | undefined {
  const plain = name.toLowerCase();
  return PROVIDERS.find(({ id, aliases }) => id === plain || aliases?.includes(plain) === true);
}

/** Returns a provider that only the user knows by its name: its prices are the user's own. */
export function providerFor(name: string): Provider {
  return providerNamed(name) ?? { ...UNKNOWN, id: name };
}
