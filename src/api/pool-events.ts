// Server-sent events of a page of pools: first all of them, then those that change. The store is
// polled as long as the client listens, at a pace that leaves it idle most of the time.

import type { PageOptions } from "../stores/contract/pool-page.ts";
import { ApiError } from "./api-error.ts";
import { poolViewsOf } from "./pool-views.ts";
import type { PoolView } from "./pool-views.ts";
import type { ApiCall } from "./route.ts";

const EVERY_MS = 1000;
/** The ratio of pauses to reading time. */
const REST_PART = 9;
/** How often the client's access is checked, and a keep-alive is sent. */
const CHECKED_MS = 10_000;
const STREAMS_MAX = 200;

let streams = 0;

/** The data of an event. */
export interface PoolsEvent {
  /** Pools that are new or have changed. */
  readonly pools: readonly PoolView[];
  /** The paths of the page in order; omitted if they did not change. */
  readonly order?: readonly string[];
}

/** Answers with a stream that ends when the client leaves, or may no longer see the pools. */
export function poolEvents(call: ApiCall, page: PageOptions): Response {
  if (streams >= STREAMS_MAX)
    throw new ApiError(503, "TOO_MANY_STREAMS", "Too many clients are listening; try again later");
  const feed = new PoolFeed(call, page);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => feed.start(controller),
    cancel: () => feed.end(),
  });
  call.request.signal.addEventListener("abort", () => feed.end());
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    },
  });
}

class PoolFeed {
  readonly #call: ApiCall;
  readonly #page: PageOptions;
  readonly #encoder = new TextEncoder();
  readonly #sent = new Map<string, string>();
  #order = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checkedAt = Date.now();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(call: ApiCall, page: PageOptions) {
    this.#call = call;
    this.#page = page;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    streams++;
    this.#controller = controller;
    void this.#tick();
  }

  end(): void {
    if (this.#controller === undefined) return;
    streams--;
    clearTimeout(this.#timer);
    const controller = this.#controller;
    this.#controller = undefined;
    try {
      controller.close();
    } catch {
      // The client has closed it.
    }
  }

  /** Never rejects: an error becomes an event, or ends the stream. */
  async #tick(): Promise<void> {
    const startedAt = performance.now();
    try {
      if (Date.now() - this.#checkedAt >= CHECKED_MS) {
        this.#checkedAt = Date.now();
        if (!(await this.#call.isAllowed())) return this.end();
        this.#send(": still here\n\n");
      }
      // A client that does not read gets the changes when it does.
      if ((this.#controller?.desiredSize ?? 0) > 0) await this.#sendChanges();
    } catch {
      this.#send(`event: trouble\ndata: {"detail":"The store does not answer"}\n\n`);
    }
    if (this.#controller === undefined) return undefined;
    const restMs = Math.max(EVERY_MS, (performance.now() - startedAt) * REST_PART);
    this.#timer = setTimeout(() => void this.#tick(), restMs);
    return undefined;
  }

  async #sendChanges(): Promise<void> {
    const { store, access } = this.#call;
    const { pools } = await store.page(this.#page);
    const views = await poolViewsOf(store, pools, access);
    const changed = views.filter((view) => {
      const text = JSON.stringify(view);
      if (this.#sent.get(view.path) === text) return false;
      this.#sent.set(view.path, text);
      return true;
    });
    const paths = views.map(({ path }) => path);
    const order = JSON.stringify(paths);
    const isMoved = order !== this.#order;
    if (changed.length === 0 && !isMoved) return;
    this.#order = order;
    if (isMoved)
      for (const path of this.#sent.keys()) if (!paths.includes(path)) this.#sent.delete(path);
    const event: PoolsEvent = { pools: changed, ...(isMoved && { order: paths }) };
    this.#send(`event: pools\ndata: ${JSON.stringify(event)}\n\n`);
  }

  #send(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }
}
