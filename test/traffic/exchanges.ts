// Recorded exchanges with providers: one line of JSON each, in files that are packed with gzip.

import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** A body, as text where it is one. */
interface RecordedBody {
  readonly text?: string;
  readonly base64?: string;
}

/** What one pass of a model used, as an independent reader takes it from the answer. */
interface ExpectedPass {
  readonly input: number;
  readonly output: number;
}

/** What an independent reader expects to be booked. */
interface Expected {
  readonly usage?: {
    readonly input?: number;
    readonly output?: number;
    readonly searches?: number;
    readonly others?: readonly ExpectedPass[];
  };
  /** The model that answered. */
  readonly model?: string;
  /** A cost that the provider reports. */
  readonly reportedUsd?: number;
  /** The list price. */
  readonly listUsd?: number | { readonly usd?: number };
}

/** One request and its answer. */
export interface RecordedExchange {
  readonly id: string;
  readonly provider: string;
  readonly api: string;
  readonly method: string;
  readonly url: string;
  readonly request: RecordedBody;
  readonly response: RecordedBody & { readonly status: number; readonly contentType?: string };
  readonly expected: Expected;
}

const PACKED = ".jsonl.gz";

/**
 * Reads all exchanges of a folder, one file after another.
 *
 * @yields {RecordedExchange} one exchange after another
 */
export async function* exchangesIn(folder: string): AsyncGenerator<RecordedExchange> {
  const files = readdirSync(folder).filter((name) => name.endsWith(PACKED));
  if (files.length === 0) throw new Error(`There is no *${PACKED} in ${folder}`);
  for (const file of files.toSorted()) {
    const input = createReadStream(join(folder, file)).pipe(createGunzip());
    for await (const line of createInterface({ input })) yield exchangeOf(line);
  }
}

function exchangeOf(line: string): RecordedExchange {
  const exchange: RecordedExchange = JSON.parse(line);
  return exchange;
}

/** The bytes of a body. */
export function bytesOf({ text, base64 = "" }: RecordedBody): Buffer {
  return text === undefined ? Buffer.from(base64, "base64") : Buffer.from(text);
}
