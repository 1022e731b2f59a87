import { BudgetPool } from "../../../src/index.ts";
import { meteredFetch } from "../../../src/meter/index.ts";
import type { ExchangeReport } from "../../../src/meter/index.ts";
import { priceBook } from "../../../src/prices/index.ts";
import { providerFor } from "../../../src/wire/providers.ts";
import { RATES } from "./fixture.ts";
import type { ExchangeFixture } from "./fixture.ts";

const encoder = new TextEncoder();

/** What became of the exchange of a fixture. */
export interface Ran {
  readonly report: ExchangeReport | undefined;
  readonly pool: BudgetPool;
  /** The bodies that were forwarded. */
  readonly forwarded: readonly string[];
  /** What the caller saw; undefined when the connection broke. */
  readonly seen: string | undefined;
}

function textOf(body: object | string): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The model of a request, in its body or in its address. */
function modelOf({ request, url }: ExchangeFixture): string {
  const inPath = /\/(?:models?|deployments)\/([^/:]+)[:/]/.exec(new URL(url).pathname)?.[1];
  const body: unknown = typeof request === "string" ? undefined : request;
  const inBody: unknown =
    body instanceof FormData
      ? body.get("model")
      : typeof body === "object" && body !== null
        ? Reflect.get(body, "model")
        : undefined;
  return typeof inBody === "string" ? inBody : decodeURIComponent(inPath ?? "model");
}

/** The body of an answer, in pieces of this many bytes. */
function streamOf(
  { body, isCut = false }: ExchangeFixture["answer"],
  size: number,
): ReadableStream<Uint8Array> {
  const bytes = body instanceof Uint8Array ? body : encoder.encode(textOf(body));
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + size));
        at += size;
      } else if (isCut) controller.error(new TypeError("terminated"));
      else controller.close();
    },
  });
}

/** Makes the request of a fixture through a metered fetch, and answers it in pieces. */
export async function run(fixture: ExchangeFixture, size: number): Promise<Ran> {
  const { url, request, options = {}, capUsd = 1000, prices = {}, answer } = fixture;
  const pool = new BudgetPool({ caps: { usd: capUsd } });
  const forwarded: string[] = [];
  let report: ExchangeReport | undefined;
  const seller = providerFor(fixture.provider).prices;
  const model = modelOf(fixture);
  const name = seller === undefined ? model : `${seller}/${model}`;
  const book = priceBook.with({
    ...(fixture.provider !== "unknown" && { [name]: RATES }),
    ...prices,
  });
  const fetch = meteredFetch(pool, {
    prices: book,
    ...options,
    onExchange: (each) => {
      report = each;
    },
    fetch: (_input, init) => {
      forwarded.push(typeof init?.body === "string" ? init.body : "");
      const { status = 200, type = "" } = answer;
      const headers = { "content-type": type, ...answer.headers };
      return Promise.resolve(new Response(streamOf(answer, size), { status, headers }));
    },
  });
  const body = request instanceof FormData ? request : textOf(request);
  const found = await fetch(url, { method: "POST", body, headers: fixture.headers ?? {} });
  const seen = await found.text().catch(() => undefined);
  return { report, pool, forwarded, seen };
}
