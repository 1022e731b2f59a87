// The documents of the console: the page, the form to sign in, and the headers of both.

import { PAGE_FILES } from "./page-files.ts";
import type { PageFile } from "./page-files.ts";

/** Nothing is loaded from other hosts, no inline script runs, and no other page may embed it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

// With `no-referrer`, browsers send "null" instead of the origin of a form.
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const NOT_BUILT =
  "The page of the console is not part of the source: run `npm run build`, and use what is in dist";

/** Returns the same response with the headers that every response of the console has. */
export function guarded(response: Response): Response {
  for (const [name, value] of Object.entries(HEADERS))
    if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}

/** Where the page finds what it needs. */
export interface PageAddresses {
  /** Where the page is mounted, with a slash at its end; undefined: the path of its address. */
  readonly base: string | undefined;
  /** The API, relative to the page or absolute. */
  readonly api: string;
  /** Whether the page offers to sign out. */
  readonly hasSession: boolean;
}

/** Returns the page itself. */
export function pageDocument({ base, api, hasSession }: PageAddresses): Response {
  if (PAGE_FILES.length === 0) return textAnswer(503, NOT_BUILT);
  const body = `<meta name="token-budget-api" content="${escaped(api)}"><meta name="token-budget-session" content="${hasSession}"><link rel="preload" href="${escaped(api)}/access" as="fetch" crossorigin>${linkTo("page", (src) => `<script type="module" src="${src}"></script>`)}`;
  // Something is painted before the script has run.
  const loading = '<main><p class="quiet">Loading…</p></main>';
  const noScript = "<noscript><p>This console needs JavaScript.</p></noscript>";
  return htmlAnswer(200, documentOf(base, body, `<div id="page">${loading}</div>${noScript}`));
}

/** Returns the form to sign in, with the last error. */
export function signInDocument(
  base: string | undefined,
  status: number,
  message: string,
): Response {
  const wrong = message === "" ? "" : `<p class="wrong" role="alert">${escaped(message)}</p>`;
  const form = `<main class="sign-in"><h1>token-budget</h1>${wrong}<form method="post" action="session"><label for="key">Key or link token</label><input id="key" name="key" type="password" autocomplete="off" required autofocus><button>Sign in</button></form><p>A local console prints a link with a token: <code>token-budget console</code></p></main>`;
  return htmlAnswer(status, documentOf(base, "", form));
}

/** Redirects to the page, so that the secret is no longer in the address. */
export function leadingOn(base: string | undefined, cookie: string): Response {
  const refresh = '<meta http-equiv="refresh" content="0;url=./">';
  const body = '<main class="sign-in"><p>Signed in. <a href="./">Open the console</a></p></main>';
  const response = htmlAnswer(200, documentOf(base, refresh, body));
  response.headers.set("set-cookie", cookie);
  return response;
}

/** Returns a file of the page by its name; undefined if there is none. */
export function fileAnswer(name: string): Response | undefined {
  const file = PAGE_FILES.find((each) => each.name === name);
  if (file === undefined) return undefined;
  return new Response(file.text, {
    headers: { "content-type": file.type, "cache-control": "public, max-age=31536000, immutable" },
  });
}

/** Returns a plain answer. */
export function textAnswer(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

function htmlAnswer(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

function documentOf(base: string | undefined, head: string, body: string): string {
  const baseTag = base === undefined ? "" : `<base href="${escaped(base)}">`;
  const style = linkTo("style", (href) => `<link rel="stylesheet" href="${href}">`);
  const icon = linkTo("icon", (href) => `<link rel="icon" href="${href}">`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">${baseTag}<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>token-budget</title>${icon}${style}${head}</head><body>${body}</body></html>`;
}

function linkTo(start: string, tagOf: (address: string) => string): string {
  const file: PageFile | undefined = PAGE_FILES.find(({ name }) => name.startsWith(`${start}-`));
  return file === undefined ? "" : tagOf(`assets/${file.name}`);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
