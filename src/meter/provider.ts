// Whose server an address is.

const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)openai\.azure\.com$|\.(?:cognitiveservices|services\.ai)\.azure\.com$/, "azure"],
  [/(?:^|\.)openai\.com$/, "openai"],
  [/(?:^|\.)anthropic\.com$/, "anthropic"],
  [/(?:^|\.)googleapis\.com$/, "google"],
  [/(?:^|\.)groq\.com$/, "groq"],
  [/(?:^|\.)x\.ai$/, "xai"],
  [/(?:^|\.)deepseek\.com$/, "deepseek"],
  [/(?:^|\.)mistral\.ai$/, "mistral"],
  [/(?:^|\.)cohere\.(?:com|ai)$/, "cohere"],
  [/^bedrock.*\.amazonaws\.com$/, "bedrock"],
];

/** The provider, where the host says it. */
export function providerOf(url: URL): string | undefined {
  return HOSTS.find(([pattern]) => pattern.test(url.hostname))?.[1];
}
