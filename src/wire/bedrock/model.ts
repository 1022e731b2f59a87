// The model of a request to Bedrock, which stands in its path: a name, an inference profile or an
// address of either.

const MODEL = /\/model\/([^/]+)\/[\w-]+$/;

/** The model in a path; undefined where there is none. */
export function modelInPath({ pathname }: URL): string | undefined {
  const name = MODEL.exec(pathname)?.[1];
  if (name === undefined) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
