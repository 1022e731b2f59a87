// The model of a request to Bedrock, which stands in its path: a name, an inference profile or an
// address of either.

import { modelInPath } from "../model-in-path.ts";

const MODEL = /\/model\/([^/]+)\/[\w-]+$/;

/** Returns the model in the path of a request; undefined where there is none. */
export function bedrockModel(url: URL): string | undefined {
  return modelInPath(url, MODEL);
}
