// The named routes of each provider.

import type { Provider } from "../provider.ts";
import { ANTHROPIC_ROUTES } from "./anthropic.ts";
import { COHERE_ROUTES } from "./cohere.ts";
import { GOOGLE_ROUTES } from "./google.ts";
import { MISTRAL_ROUTES } from "./mistral.ts";
import type { NamedRoute } from "./named-route.ts";
import { OPENAI_ROUTES } from "./openai.ts";
import { OTHER_ROUTES } from "./others.ts";

const BY_PROVIDER: Readonly<Record<string, readonly NamedRoute[]>> = {
  anthropic: ANTHROPIC_ROUTES,
  azure: OPENAI_ROUTES.filter(({ kind }) => kind === "refused"),
  cohere: COHERE_ROUTES,
  google: GOOGLE_ROUTES,
  mistral: MISTRAL_ROUTES,
  openai: OPENAI_ROUTES,
  vertex: GOOGLE_ROUTES,
};

/** Returns what is known of a route that no format reads; undefined if nothing is. */
export function namedRoute(path: string, { id }: Provider): NamedRoute | undefined {
  const plain = path.replace(/\/+$/, "");
  const own = BY_PROVIDER[id] ?? [];
  return [...own, ...OTHER_ROUTES].find((route) => route.path.test(plain));
}
