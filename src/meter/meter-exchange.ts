// The one place where wire, prices and pool meet: decides on a request before it is forwarded.

import { BudgetError } from "../core/errors.ts";
import { asServed } from "../wire/cloudflare/gateway.ts";
import { formatOf } from "../wire/formats.ts";
import { inputBytesOf } from "../wire/input-bound.ts";
import type { Edit } from "../wire/json/set-members.ts";
import { repeatedName } from "../wire/json/set-members.ts";
import { listAt, parsedOf } from "../wire/json/untrusted.ts";
import type { Provider } from "../wire/provider.ts";
import { providerAt, providerFor, UNKNOWN_PROVIDER } from "../wire/providers.ts";
import { routeOf } from "../wire/routes.ts";
import type { Asked, Wire, WireRequest } from "../wire/wire.ts";
import type { BoundParts } from "./bound-request.ts";
import type { BatchFiles } from "./batch-files.ts";
import { Exchange, laterWork, laterWorkOf, newExchange } from "./exchange.ts";
import type { ExchangeRequest, Opened } from "./exchange-request.ts";
import type { ReadForm } from "./form-body.ts";
import { holdFor } from "./hold-request.ts";
import { workIdOf } from "./later-address.ts";
import { KNOWN_TOOLS } from "./known-tools.ts";
import { knownRequestsModule } from "./loaded-beside.ts";
import { poolFor } from "./metered-pool.ts";
import type { MeteredPool, PoolSource } from "./metered-pool.ts";
import type { MeterSettings, MeterState } from "./settings.ts";
import { priceFor } from "./pricing.ts";
import { Refinement } from "./refine-bound.ts";
import { CannotMeter, refusedAnswer } from "./refusals.ts";
import { roomOf } from "./room.ts";
import { openFixed, routeAmount, unmeteredRoute } from "./priced-route.ts";
import { reportRefusal } from "./settle-exchange.ts";
import type { BoundRequest } from "./tighter-bounds.ts";
import { WrittenBody } from "./written-body.ts";

const PASSED: Opened = { kind: "passed" };

/**
 * Bounds the cost of a request and reserves it in a pool. Rejects only if the body cannot be read,
 * or the signal aborts a wait; nothing is held then.
 */
export async function meterExchange(
  source: PoolSource,
  given: MeterSettings,
  request: ExchangeRequest,
): Promise<Opened> {
  const { method, url } = request;
  const provider = servedBy(request, given);
  const isSealed = provider.signsRequests === true && request.isSigned?.() === true;
  const settings = isSealed ? { ...given, rewrites: false, limitsOutput: false } : given;
  const workId = workIdOf(method, url);
  const heard =
    workId === undefined ? undefined : await heardOf(workId, source, settings, { url, provider });
  if (heard !== undefined) return { kind: "held", body: undefined, exchange: heard };
  if (provider.goesOn?.(url) === true) return PASSED;
  const route = routeOf(method, url.pathname, provider);
  if (route.kind === "free") return (await uploadOf(source, settings, request, provider)) ?? PASSED;
  const fixed = routeAmount(url.pathname, settings);
  if (route.kind === "unknown" && fixed === undefined) {
    if (settings.unmetered === "pass") return PASSED;
    const unmetered = await unmeteredRoute(method, url, provider);
    if (unmetered === undefined) return PASSED;
    return refusedWith(unmetered, settings, { provider });
  }
  const name = route.kind === "billable" && fixed === undefined ? route.wire : undefined;
  const wire = name && (await formatOf(name));
  // External state is read before anything is held.
  let sent: string | ReadForm;
  try {
    sent = await givenOf(wire, request);
  } catch (error) {
    return refusedWith(unreadable(error), settings, { wire, provider });
  }
  const pool = typeof source === "function" ? source() : source;
  let asked: Asked | undefined;
  try {
    if (pool === undefined)
      throw new CannotMeter(
        "budget_missing",
        "there is no budget here; make the call inside withBudget()",
      );
    if (wire === undefined) {
      const own = await poolFor(source, pool, { provider, prices: [] });
      return await openFixed(own, settings, provider, fixed ?? {}, url.pathname, request.signal);
    }
    const read = readRequest(wire, sent, request, provider);
    if (wire.name === "openai-batches")
      read.uploaded = (await batchFiles(settings)).askedBy(read.body);
    asked = withPlace(wire.asked(read), read);
    const reading = { wire, read, asked, request };
    const parts = boundParts(reading, settings);
    return await open(await poolFor(source, pool, parts), settings, reading, parts);
  } catch (error) {
    return refusedWith(refusalOf(error), settings, { wire, provider, pool, model: asked?.model });
  }
}

/** Returns an exchange that reads the cost of earlier work, finished or running. */
async function heardOf(
  id: string,
  source: PoolSource,
  settings: MeterSettings,
  { url, provider }: { readonly url: URL; readonly provider: Provider },
): Promise<Exchange | undefined> {
  const pool = typeof source === "function" ? source() : source;
  // Pools in memory know only the work of their own process.
  if (laterWorkOf(settings) === undefined && pool?.amend === undefined) return undefined;
  const works = await laterWork(settings);
  return works.heard({ id, url, pool, provider, settings });
}

/** Handles the upload of a file for a batch; undefined for any other request. */
async function uploadOf(
  source: PoolSource,
  settings: MeterSettings,
  request: ExchangeRequest,
  provider: Provider,
): Promise<Opened | undefined> {
  const { method, url, header, isLong = false } = request;
  const isUpload = method === "POST" && provider.uploads?.test(url.pathname) === true;
  if (!isUpload || isLong || !isForm(header)) return undefined;
  const pool = typeof source === "function" ? source() : source;
  return pool && (await batchFiles(settings)).watch(request, provider, settings, pool);
}

/** The files of each meter that has seen an upload or a batch. */
const BATCH_FILES = new WeakMap<MeterState, BatchFiles>();

async function batchFiles({ state }: MeterSettings): Promise<BatchFiles> {
  const loaded = await import("./batch-files.ts");
  const files = BATCH_FILES.get(state) ?? new loaded.BatchFiles(newExchange);
  BATCH_FILES.set(state, files);
  return files;
}

function isForm(header: ExchangeRequest["header"]): boolean {
  return header?.("content-type")?.startsWith("multipart/") === true;
}

function servedBy({ url, provider }: ExchangeRequest, settings: MeterSettings): Provider {
  const name = settings.provider ?? provider;
  const found = name === undefined ? providerAt(url) : providerFor(name);
  return asServed(found ?? UNKNOWN_PROVIDER, url);
}

/** The region in the address, unless the request has one. */
function withPlace(asked: Asked, { provider, url, body }: ReadRequest): Asked {
  const place = provider.placeOf?.({ model: asked.model ?? "", url, body });
  if (place === undefined || asked.service.place !== undefined) return asked;
  return { ...asked, service: { ...asked.service, place } };
}

type ReadRequest = Omit<WireRequest, "uploaded"> & {
  readonly text: string;
  uploaded?: Asked;
};

/**
 * Returns the refusal of a form.
 * @throws the error of a body that cannot be read.
 */
function unreadable(error: unknown): CannotMeter {
  if (CannotMeter.is(error)) return error;
  throw error;
}

/** A request after reading: its text, or its form, which is forwarded unchanged. */
function givenOf(wire: Wire | undefined, request: ExchangeRequest): Promise<string | ReadForm> {
  if (wire === undefined) return Promise.resolve("");
  if (wire.isForm === true && isForm(request.header)) return readForm(request);
  return request.body();
}

async function readForm({ form }: ExchangeRequest): Promise<ReadForm> {
  const { formOf } = await import("./form-body.ts");
  return formOf(form);
}

function readRequest(
  wire: Wire,
  given: string | ReadForm,
  { url, header, session }: ExchangeRequest,
  provider: Provider,
): ReadRequest {
  if (typeof given === "object") return { ...given, text: "", url, provider, header };
  const text = given;
  const body = parsedOf(text);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new CannotMeter("request_unreadable", "the body of the request is not a JSON object");
  const repeated = repeatedName(text, wire.settings);
  if (repeated !== undefined)
    throw new CannotMeter(
      "request_unreadable",
      `the request has the field ${JSON.stringify(repeated.slice(0, 100))} twice, and servers differ in which one they use; send it once`,
    );
  return { body, text, bytes: inputBytesOf(text), url, provider, header, session };
}

/** A request that was read. */
interface Reading {
  readonly wire: Wire;
  readonly read: ReadRequest;
  readonly asked: Asked;
  readonly request: ExchangeRequest;
}

async function open(
  pool: MeteredPool,
  settings: MeterSettings,
  reading: Reading,
  priced: BoundParts,
): Promise<Opened> {
  const { wire, read, asked, request } = reading;
  const { signal } = request;
  const { state } = settings;
  const isAlone = state.underWay === 0;
  state.underWay++;
  try {
    const needsRoom = asked.outputLimit === undefined || readsOn(asked, settings);
    const room = needsRoom ? await roomOf(pool) : undefined;
    const parts = { ...priced, room };
    const refinement = new Refinement(
      parts,
      boundRequest(reading, parts, pool),
      state.boundSources,
    );
    const bounded = await refinement.first();
    const edits = neededEdits(asked, settings);
    const held = await holdFor(bounded, { pool, settings, signal, room, isAlone, refinement });
    const body = new WrittenBody(wire, read, edits, held, settings);
    const holding = {
      pool,
      wire: wire.name,
      bounded: held.bounded,
      held,
      settings,
      since: performance.now(),
      refinement,
      thinkingTokens: body.thinkingTokens,
    };
    const { provider } = read;
    if (body.text === read.text && held.bounded === bounded)
      knownRequestsModule()?.rememberRequest(
        { ...reading, settings, priced, bounded },
        KNOWN_TOOLS,
      );
    return {
      kind: "held",
      body: body.text === "" ? undefined : body.text,
      exchange: new Exchange({ holding, wire, provider, asked, body }),
    };
  } catch (error) {
    state.underWay--;
    throw error;
  }
}

function readsOn({ input }: Asked, { unbounded }: MeterSettings): boolean {
  return unbounded === "overage" && (input.passes > 1 || input.unbounded.length > 0);
}

function checkClear({ input }: Asked): void {
  const [unclear] = input.unclear;
  if (unclear === undefined) return;
  throw new CannotMeter(
    "request_unreadable",
    `the request can be read in two ways because of ${unclear}`,
  );
}

/** Returns what must be written so that the bound applies; allowed tools are not limited. */
function neededEdits(
  { clarifications, input }: Asked,
  { rewrites, unbounded }: MeterSettings,
): readonly Edit[] {
  const edits = unbounded === "overage" ? clarifications : [...clarifications, ...input.toolLimits];
  const [first] = edits;
  if (rewrites || first === undefined) return edits;
  const [path, value] = first;
  throw new CannotMeter(
    "request_unreadable",
    `the request must set ${path.join(".")}: ${String(value)} to be bounded, and \`rewrite: "never"\`, or a signature of its body, keeps the meter from writing it`,
  );
}

/**
 * Returns the arguments for a request's bound.
 * @throws {CannotMeter | PriceUnknown} if it has no price.
 */
function boundParts({ wire, read, asked, request }: Reading, settings: MeterSettings): BoundParts {
  const { body, url, provider } = read;
  const { model } = asked;
  checkClear(asked);
  if (model === undefined)
    throw new CannotMeter("request_unreadable", "the request names no model");
  const price = priceFor(model, provider, settings, url);
  const others = asked.otherModels.filter((each) => each !== model);
  const otherPrices = others.map((each) => priceFor(each, provider, settings, url));
  return {
    asked,
    prices: [price, ...otherPrices],
    provider,
    settings,
    about: {
      wire: wire.name,
      provider: provider.id === "unknown" ? price.provider : provider.id,
      model,
      body,
    },
    betas: betasOf(request, body),
  };
}

/** The requested beta features of Anthropic; undefined if unknown. */
function betasOf({ header }: ExchangeRequest, body: object): string | undefined {
  if (header === undefined) return undefined;
  const inBody = [...listAt(body, "anthropic_beta"), ...listAt(body, "betas")];
  return [header("anthropic-beta") ?? "", ...inBody].join(",");
}

function noHeader(): undefined {
  return undefined;
}

/** The request as sources of tighter bounds see it. */
function boundRequest(
  { wire, read, asked, request }: Reading,
  { about }: BoundParts,
  pool: MeteredPool,
): BoundRequest {
  const { body, text, url, provider } = read;
  return {
    wire,
    provider,
    url,
    model: about.model,
    body,
    text,
    asked,
    header: request.header ?? noHeader,
    atMs: performance.now(),
    send: request.send,
    documents: pool.documents,
  };
}

/**
 * Returns the refusal of a request.
 *
 * @throws errors of the caller's own code: an estimate that throws, a signal's reason.
 */
function refusalOf(error: unknown): Error {
  if (error instanceof Error && BudgetError.is(error)) return error;
  // More tokens or dollars than can be counted, or an estimate that is not a number.
  if (error instanceof RangeError) return new CannotMeter("request_unreadable", error.message);
  throw error;
}

function refusedWith(
  error: Error,
  settings: MeterSettings,
  about: {
    wire?: Wire | undefined;
    provider?: Provider;
    pool?: MeteredPool | undefined;
    model?: string | undefined;
  } = {},
): Opened {
  const answer = refusedAnswer(error, about.wire, settings);
  const { wire, pool, model, provider } = about;
  const { status } = answer;
  reportRefusal(settings, error, {
    pool: pool?.path,
    wire: wire?.name,
    provider: provider?.id === "unknown" ? undefined : provider?.id,
    model,
    status,
  });
  return { kind: "refused", answer, error };
}
