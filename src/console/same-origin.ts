// Whether a request comes from the console itself. A page of another site can send requests too,
// and under another name (DNS rebinding) it could even read the answers.

/** Returns the host name under which a request was sent. */
export function hostOf(request: Request): string {
  return (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();
}

/** Returns whether a page of another origin may have sent it. */
export function isFromElsewhere(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = request.headers.get("origin");
  return origin !== null && !isSameHost(origin, hostOf(request));
}

/** Returns whether a request with a change proves that it comes from the console. */
export function mayChange(request: Request): boolean {
  if (isFromElsewhere(request)) return false;
  // A program sends its key itself; a browser adds cookies automatically.
  if (!request.headers.has("cookie")) return true;
  return request.headers.has("origin") || request.headers.get("sec-fetch-site") === "same-origin";
}

function isSameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
