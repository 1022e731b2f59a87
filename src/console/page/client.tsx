// A client of the admin API, which explains errors.

import { signal } from "@preact/signals";

import type { Access } from "../../api/access.ts";
import type { PoolView } from "../../api/pool-views.ts";
import type { PoolsEvent } from "../../api/pool-events.ts";

/** The viewer of the console, and the optional groups of routes of the server. */
export interface Viewer extends Access {
  readonly features: readonly string[];
}

/** An error of the API. */
class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The viewer; undefined until known. */
export const viewer = signal<Viewer | undefined>(undefined);

/** Whether the server answers. */
export const isOnline = signal(true);

const ROOT = document.querySelector<HTMLMetaElement>('meta[name="token-budget-api"]')?.content;
/** Whether the console manages the session, so that it can end it. */
export const hasSession =
  document.querySelector<HTMLMetaElement>('meta[name="token-budget-session"]')?.content === "true";

/** The address of a route. */
export function addressOf(path: string, query: Readonly<Record<string, unknown>> = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") words.set(name, String(value));
  const text = words.toString();
  return `${ROOT ?? "api/v1"}${path}${text === "" ? "" : `?${text}`}`;
}

/**
 * Reads a resource, until the signal says that it is no longer needed.
 * @throws {Problem} if that fails.
 */
export async function get<T>(
  path: string,
  query?: Readonly<Record<string, unknown>>,
  left?: AbortSignal,
): Promise<T> {
  return await answered<T>(fetch(addressOf(path, query), { signal: left ?? null }), left);
}

/**
 * Makes a change, once however often the same `key` is sent.
 * @throws {Problem} if that fails.
 */
export async function send<T>(
  method: "POST" | "DELETE",
  path: string,
  body: unknown,
  key: string,
): Promise<T> {
  return await answered<T>(
    fetch(addressOf(path), {
      method,
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    }),
  );
}

async function answered<T>(request: Promise<Response>, left?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await request;
    isOnline.value = true;
  } catch {
    if (left?.aborted !== true) isOnline.value = false;
    throw new Problem(0, "The server does not answer. Is it still running?");
  }
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) location.reload();
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Problem(response.status, problem.detail ?? `The server answered ${response.status}`);
}

/** The path of a pool as one part of an address. */
export function poolAt(path: string): string {
  return `/pools/${encodeURIComponent(path)}`;
}

/** Watches pools while the page is visible; returns a function that stops it. */
export function watchPools(
  query: Readonly<Record<string, unknown>>,
  listener: (pools: readonly PoolView[]) => void,
): () => void {
  let source: EventSource | undefined;
  let known = new Map<string, PoolView>();
  let order: readonly string[] = [];
  const open = (): void => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    known = new Map();
    source = new EventSource(addressOf("/events", query));
    source.addEventListener("open", () => (isOnline.value = true));
    source.addEventListener("error", () => (isOnline.value = false));
    source.addEventListener("trouble", () => (isOnline.value = false));
    source.addEventListener("pools", (event: MessageEvent<string>) => {
      isOnline.value = true;
      const change = JSON.parse(event.data) as PoolsEvent;
      for (const pool of change.pools) known.set(pool.path, pool);
      order = change.order ?? order;
      listener(order.map((path) => known.get(path)).filter((pool) => pool !== undefined));
    });
  };
  document.addEventListener("visibilitychange", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", open);
    source?.close();
  };
}
