// Newer prices than the built-in ones: fetched when the user requests it, stored in the state
// folder, and used from then on.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { priceBook } from "../../prices/index.ts";
import type { PriceBook } from "../../prices/index.ts";
import { Failure } from "../command-line.ts";
import type { CliContext } from "../command-line.ts";
import { readPriceData } from "./price-data.ts";
import { readPrivateFile, stateFolder, writePrivateFile } from "../store/private-files.ts";

/** https://github.com/pydantic/genai-prices */
const SOURCE =
  "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";
const BYTES_MAX = 16 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const FILE = "prices.json";
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A price below this fraction of the old one is rejected. */
const CHEAPER_PART = 0.25;
const SHOWN_MAX = 5;

interface Fetched {
  readonly text: string;
  readonly asOf: string;
}

/** The result of an update. */
export interface PriceUpdate {
  readonly asOf: string;
  readonly added: number;
  readonly path: string;
}

/**
 * Fetches prices from an address or a file, checks and stores them.
 *
 * @throws {Failure} if they are not available, not prices, older than the built-in ones, or make a
 * model absurdly cheaper without `--force`. The old prices stay.
 */
export async function updatePrices(
  { env }: CliContext,
  source: string | undefined,
  isForced: boolean,
): Promise<PriceUpdate> {
  const from = source ?? SOURCE;
  const { text, asOf } = /^https?:\/\//.test(from) ? await fetched(from) : fromFile(from);
  const updates = readPriceData(text);
  if (asOf < priceBook.asOf && !isForced)
    throw new Failure(
      `The prices from ${from} are as of ${asOf}, older than the built-in ones (${priceBook.asOf}): nothing was changed; to use them anyway, pass --force`,
    );
  const book = priceBook.renewed(updates, asOf);
  const cheaper = book.cheaperThan(priceBook, CHEAPER_PART);
  if (cheaper.length > 0 && !isForced)
    throw new Failure(
      `The prices from ${from} cut ${cheaper.length} models to less than a quarter, such as ${cheaper.slice(0, SHOWN_MAX).join(", ")}: nothing was changed; to accept them, pass --force`,
    );
  const path = join(stateFolder(env), FILE);
  try {
    writePrivateFile(path, JSON.stringify({ asOf, source: from, data: text }));
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    throw new Failure(`Cannot keep the prices in ${path}: ${error.message}`);
  }
  return { asOf, added: book.models().length - priceBook.models().length, path };
}

/** Returns the newest stored prices: fetched or built-in. */
export function currentPrices({ env, err }: CliContext): PriceBook {
  const path = join(stateFolder(env), FILE);
  try {
    const kept: unknown = JSON.parse(readPrivateFile(path) ?? "null");
    if (kept === null) return priceBook;
    const { asOf, data } = Object(kept);
    if (typeof data !== "string" || typeof asOf !== "string" || !DAY.test(asOf))
      throw new Failure("it is not what was written");
    const updates = readPriceData(data);
    return asOf < priceBook.asOf ? priceBook : priceBook.renewed(updates, asOf);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    err(
      `token-budget: the prices in ${path} are ignored (${why}); to fetch them again: token-budget prices update`,
    );
    return priceBook;
  }
}

function fromFile(path: string): Fetched {
  try {
    const { size, mtime } = statSync(path);
    if (size > BYTES_MAX) throw tooLong(path);
    return { text: readFileSync(path, "utf8"), asOf: dayOf(mtime) };
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    throw new Failure(`Cannot read prices from ${path}: ${error.message}`);
  }
}

async function fetched(address: string): Promise<Fetched> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Failure(`Cannot fetch prices from ${address}: ${answer.status}`);
    const modified = Date.parse(answer.headers.get("last-modified") ?? "");
    const day = dayOf(Number.isNaN(modified) ? new Date() : new Date(modified));
    return { text: await textOf(answer, address), asOf: day };
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw new Failure(
      `Cannot fetch prices from ${address}: ${error.message}${cause}; to use a file: token-budget prices update FILE`,
    );
  }
}

async function textOf({ body }: Response, address: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > BYTES_MAX) throw tooLong(address);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function tooLong(source: string): Failure {
  return new Failure(
    `The prices from ${source} are longer than ${BYTES_MAX} bytes: nothing was changed`,
  );
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
