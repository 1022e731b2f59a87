// Free requests, and what they may reach: all callers share the gateway's account at a provider, so
// a list of files or batches would show each caller those of all others. An object with an
// unguessable id may be fetched by a caller who knows it.

const MODELS = /^(?:\/[\w-]+)*\/models(?:\/[^/]+)*$/;
const COUNTS = /(?:\/count_tokens|:countTokens|\/input_tokens)$/;
/** A segment that the provider generated: random letters and digits. */
const ID = /^(?=.*\d)[\w-]{16,}$/;
const OF_THE_ACCOUNT =
  /\/(?:organizations?|admin|fine_tuning|fine-tunes|api_keys|workspaces)(?:\/|$)/;
const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Returns whether a free request may go to the provider. */
export function mayBeShared(method: string, { pathname }: URL): boolean {
  const path = pathname.replace(/\/+$/, "");
  if (OF_THE_ACCOUNT.test(path)) return false;
  if (READING.has(method) && MODELS.test(path)) return true;
  if (method === "POST" && COUNTS.test(path)) return true;
  return path
    .split("/")
    .some((segment) => ID.test(segment) || /^(?:files|batches)\/\w{8,}$/.test(segment));
}
