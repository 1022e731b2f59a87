// Addresses of later answers about work, and of its cancellation.

const READ =
  /\/(?:responses|messages\/batches|batches|files)\/([^/:]+)(?:\/(?:results|content)|:download)?$/;
const GIVEN_UP = /\/(?:responses|messages\/batches|batches)\/([^/:]+)[/:]cancel$/;

/** Returns the id of the work that a request is about, if any. */
export function workIdOf(method: string, { pathname }: URL): string | undefined {
  const pattern = method === "GET" ? READ : method === "POST" ? GIVEN_UP : undefined;
  return pattern?.exec(pathname)?.[1];
}
