import { ApiError } from "./api-error.ts";

/**
 * Lets the server notice that a client has gone, before its store is asked for what takes long: a
 * page does not wait for what the page before it has asked for.
 *
 * @throws {ApiError} 503 when the client has gone.
 */
export async function stillWanted({ signal }: Request): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
  if (signal.aborted) throw new ApiError(503, "CLIENT_GONE", "The client has gone");
}
