// Files of batches: their requests are read when they are uploaded, and held for when a batch is
// created from them. The module is loaded with the first upload or batch.

import { fieldOf, textAt } from "../wire/json/untrusted.ts";
import { askedByLines } from "../wire/openai/batch-lines.ts";
import { openaiUploads } from "../wire/openai/batches.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeParts } from "./exchange-parts.ts";
import { formOf } from "./form-body.ts";
import type { ExchangeRequest, Opened } from "./exchange-request.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import { CannotMeter } from "./refusals.ts";
import { unheld } from "./unheld.ts";

/** How many files are remembered; beyond that, the oldest is dropped. */
const FILES_MAX = 1000;

/** Files that were uploaded, by their ids. */
export class BatchFiles {
  readonly #files = new Map<string, Asked>();
  readonly #exchange: (parts: ExchangeParts) => Exchange;

  /**
   * @param exchange Begins an exchange. It is a parameter because its module is loaded before this
   * one.
   */
  constructor(exchange: (parts: ExchangeParts) => Exchange) {
    this.#exchange = exchange;
  }

  /**
   * Returns the usage bound of a batch's file.
   * @throws {CannotMeter} if it is unknown.
   */
  askedBy(body: object): Asked {
    const id = textAt(body, "input_file_id") ?? "";
    const asked = this.#files.get(id);
    if (asked !== undefined) return asked;
    throw new CannotMeter(
      "input_unbounded",
      `the file ${JSON.stringify(id.slice(0, 80))} of this batch was not uploaded through this meter, so the cost of its requests is unknown; upload it through the same client, or the same proxy, before you create the batch`,
    );
  }

  /** Watches an upload, and remembers the file if a batch may be created from it. */
  async watch(
    request: ExchangeRequest,
    provider: Provider,
    settings: MeterSettings,
    pool: MeteredPool,
  ): Promise<Opened> {
    const asked = await fileIn(request, provider);
    const exchange = this.#exchange({
      holding: unheld(pool, settings, provider, request.url.pathname),
      wire: openaiUploads,
      provider,
      asked,
      body: undefined,
      later: async (_ended, { id }) => asked && this.#keep(id, asked),
    });
    return { kind: "held", body: undefined, exchange };
  }

  #keep(id: string, asked: Asked): void {
    const [oldest] = this.#files.keys();
    if (this.#files.size >= FILES_MAX && oldest !== undefined) this.#files.delete(oldest);
    this.#files.set(id, asked);
  }
}

/** Reads the requests of a file; undefined if it is not the file of a batch, or not readable. */
async function fileIn(request: ExchangeRequest, provider: Provider): Promise<Asked | undefined> {
  try {
    const { body } = await formOf(request.form);
    const file = fieldOf(body, "file");
    if (fieldOf(body, "purpose") !== "batch" || !(file instanceof Uint8Array)) return undefined;
    return askedByLines(new TextDecoder().decode(file), { url: request.url, provider });
  } catch {
    return undefined;
  }
}
