// The POST routes of the official SDKs, read from the code that is installed: each as an address of
// its provider, with a word in place of what the caller gives.

import { readdirSync, readFileSync } from "node:fs";

/** The addresses that a package posts to. */
export interface SdkPosts {
  readonly sdk: string;
  readonly version: string;
  readonly addresses: readonly URL[];
}

const MODULES = new URL("../../node_modules/", import.meta.url);

/** All of them, in the order of their paths. */
export function sdkPosts(): readonly SdkPosts[] {
  return [
    postsOf("openai", "https://api.openai.com/v1", openaiPaths()),
    postsOf("@anthropic-ai/sdk", "https://api.anthropic.com", stainlessPaths("@anthropic-ai/sdk")),
    postsOf("@google/genai", "https://generativelanguage.googleapis.com", geminiPaths()),
    postsOf("@mistralai/mistralai", "https://api.mistral.ai", mistralPaths()),
    postsOf("cohere-ai", "https://api.cohere.com", coherePaths()),
  ];
}

function postsOf(sdk: string, base: string, paths: readonly string[]): SdkPosts {
  const plain = paths.map((path) => `${base}${path.replace(/[?#].*$/, "")}`);
  const manifest: unknown = JSON.parse(
    readFileSync(new URL(`${sdk}/package.json`, MODULES), "utf8"),
  );
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest
      ? String(manifest.version)
      : "";
  const addresses = [...new Set(plain)].toSorted().map((each) => new URL(each));
  return { sdk, version, addresses };
}

/** The texts of all files below a folder of a package whose names end in something. */
function textsOf(folder: string, ending: string): string[] {
  const root = new URL(`${folder}/`, MODULES);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(new URL(name, root), "utf8"));
}

/** What stands for anything that the caller gives. */
const ANY = "a-name";

function openaiPaths(): string[] {
  // What administers an organization has a key of its own.
  return stainlessPaths("openai").filter((path) => !/^\/(?:organization|projects)\b/.test(path));
}

const CALL =
  /\.(?:post|getAPIList)\(\s*(?:\(0, path_1\.path\) )?(?:path ?)?(['"`])(\/[^'"`]*)\1([^;]*)/g;

/** The paths of SDKs that Stainless generates. */
function stainlessPaths(sdk: string): string[] {
  return textsOf(`${sdk}/resources`, ".mjs").flatMap((text) =>
    [...text.matchAll(CALL)]
      .filter(([all, , , rest = ""]) => all.startsWith(".post") || rest.includes("method: 'post'"))
      .map(([, , path = ""]) => path.replaceAll(/\$\{[^}]*\}/g, ANY)),
  );
}

const TEMPLATE = /formatMap\('([^']+)'|httpMethod: 'POST'/g;
/** What names that Google's SDK fills in look like. */
const GOOGLE_NAMES: Readonly<Record<string, string>> = {
  model: "models/a-model",
  api_version: "v1beta",
  file: ANY,
  file_search_store_name: "fileSearchStores/a-store",
  parent: "fileSearchStores/a-store",
  name: "tunedModels/a-name",
  operationName: "operations/a-name",
  resourceName: "models/a-model",
};

/** The paths of Google's SDK: the template nearest before a request by POST. */
function geminiPaths(): string[] {
  const paths: string[] = [];
  let template = "";
  for (const text of textsOf("@google/genai/dist/node", "index.mjs")) {
    for (const [, found] of text.matchAll(TEMPLATE)) {
      if (found === undefined) paths.push(filledIn(template));
      else template = found;
    }
  }
  return paths;
}

function filledIn(template: string): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => GOOGLE_NAMES[name] ?? ANY);
  return path.startsWith("upload/") ? `/${path}` : `/v1beta/${path}`;
}

const MISTRAL_PATH = /pathToFunc\("([^"]+)"\)/;

/** The paths of Mistral's SDK: a file for each. */
function mistralPaths(): string[] {
  return textsOf("@mistralai/mistralai/esm/funcs", ".js")
    .filter((text) => text.includes('method: "POST"'))
    .map((text) => (MISTRAL_PATH.exec(text)?.[1] ?? "").replaceAll(/\{[^}]*\}/g, ANY));
}

const COHERE_CALL = /Production, (["`])([^"`]+)\1\),\s*method: "POST"/g;

/** The paths of Cohere's SDK. */
function coherePaths(): string[] {
  return textsOf("cohere-ai/dist", "Client.js").flatMap((text) =>
    [...text.matchAll(COHERE_CALL)].map(
      ([, , path = ""]) => `/${path.replaceAll(/\$\{[^}]*\}/g, ANY)}`,
    ),
  );
}
