// One recorded exchange through a metered fetch, with a pool that has room for anything.

import { BudgetPool } from "../../src/index.ts";
import { meteredFetch } from "../../src/meter/index.ts";
import type { ExchangeReport, MeterOptions } from "../../src/meter/index.ts";
import { bytesOf } from "./exchanges.ts";
import type { RecordedExchange } from "./exchanges.ts";

const pool = new BudgetPool({
  caps: { usd: 5e6, tokens: 4e15, inputTokens: 4e15, outputTokens: 4e15, calls: 1e12 },
});

/** How many holds of replayed exchanges have not been settled. */
export function openHolds(): number {
  return pool.snapshot().openReservations;
}

/** What became of an exchange. */
export type Replayed =
  | { readonly kind: "passed" }
  /** Its work is under way, and held for until a later answer says what it has cost. */
  | { readonly kind: "awaited" }
  | { readonly kind: "threw"; readonly error: string }
  | ({ readonly kind: "refused" | "metered"; readonly report: ExchangeReport } & {
      /** Whether the caller saw the bytes of the provider. */
      readonly isSame: boolean;
      /** Whether the request was changed. */
      readonly isChanged: boolean;
    });

/** An answer about work that has not ended: a response in the background, a batch. */
const UNDER_WAY = /"(?:processing_)?status"\s*:\s*"(?:queued|in_progress)"/;
const EMPTY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Sends a recorded request, and answers it with the recorded answer. */
export async function replayed(
  { method, url, request, response }: RecordedExchange,
  options: MeterOptions = {},
): Promise<Replayed> {
  const answer = bytesOf(response);
  const openBefore = openHolds();
  const sent = request.text ?? bytesOf(request);
  let report: ExchangeReport | undefined;
  let forwarded: unknown = sent;
  const fetch = meteredFetch(pool, {
    ...options,
    onExchange: (each) => {
      report = each;
    },
    fetch: (_input, init) => {
      forwarded = init?.body;
      const { status, contentType = "" } = response;
      const headers = { "content-type": contentType };
      return Promise.resolve(
        new Response(EMPTY.has(status) ? null : new Uint8Array(answer), { status, headers }),
      );
    },
  });
  const isRead = method === "GET" || method === "HEAD";
  try {
    const found = await fetch(url, {
      method,
      headers: { "content-type": "application/json" },
      ...(!isRead && { body: typeof sent === "string" ? sent : new Uint8Array(sent) }),
    });
    const seen = Buffer.from(await found.arrayBuffer());
    const isHeld = openHolds() > openBefore;
    if (report === undefined)
      return { kind: isHeld && UNDER_WAY.test(seen.toString()) ? "awaited" : "passed" };
    return {
      kind: report.outcome === "refused" ? "refused" : "metered",
      report,
      isSame: seen.equals(answer),
      isChanged: forwarded !== sent,
    };
  } catch (error) {
    return { kind: "threw", error: String(error) };
  }
}
