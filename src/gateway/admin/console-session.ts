// Signs in to the console of a gateway: the gateway handles the form itself, because every gateway
// of the store must know the session.

import type { BrowserSessions } from "../browser-sessions.ts";
import { sessionCookie } from "../browser-sessions.ts";

const CONSOLE = "/console/";
const FORM_MAX = 8192;

/** Returns whether a request is the form of the console. */
export function isConsoleSession(method: string | undefined, path: string): boolean {
  return method === "POST" && /^\/console\/session(?:\/end)?$/.test(path);
}

/**
 * Handles the form; undefined if the key is invalid, which the console reports itself.
 *
 * @param isValid Whether a text is a valid key.
 */
export async function answerConsoleSession(
  request: Request,
  {
    sessions,
    isSecure,
    isValid,
  }: {
    readonly sessions: BrowserSessions;
    readonly isSecure: boolean;
    readonly isValid: (key: string) => Promise<boolean>;
  },
): Promise<Response | undefined> {
  const headers = { location: CONSOLE, "cache-control": "no-store" };
  if (new URL(request.url).pathname.endsWith("/end")) {
    await sessions.end(request.headers.get("cookie") ?? undefined);
    const cookie = sessionCookie(undefined, isSecure);
    return new Response(null, { status: 303, headers: { ...headers, "set-cookie": cookie } });
  }
  const text = await request.clone().text();
  const key = text.length > FORM_MAX ? "" : (new URLSearchParams(text).get("key") ?? "").trim();
  if (!(await isValid(key))) return undefined;
  const cookie = sessionCookie(await sessions.begin(key), isSecure);
  return new Response(null, { status: 303, headers: { ...headers, "set-cookie": cookie } });
}
