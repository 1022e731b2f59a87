import { oneOf, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { describe } from "../core/describe.ts";
import { PriceUnknown } from "./errors.ts";
import { nearestTo } from "./nearest.ts";
import { Price } from "./price.ts";
import { ratesUpTo, readFactor, readRates } from "./rates.ts";
import type { Rate, Rates } from "./rates.ts";
import { isLike, isMeant, ratesAt } from "./table.ts";
import type { DatedRates, ModelRow, ProviderTable } from "./table.ts";
import {
  dearestPrice,
  multipliersOf,
  priceOfOverride,
  priceWithoutRates,
} from "./unlisted-price.ts";
import type { Override } from "./unlisted-price.ts";

/** Options of `find`. */
export interface FindOptions {
  /**
   * The instant whose prices apply; milliseconds since 1970, or a `Date`.
   *
   * @default now
   */
  readonly at?: number | Date | undefined;
  /**
   * How to treat a model that is not in the book. `"error"` throws. `"tokens only"` returns a price
   * without dollars, so that only caps on tokens and calls limit it. `"dearest"` returns the
   * highest rates of the provider that the name begins with, marked as a guess, and throws if the
   * provider is unknown.
   *
   * @default "error"
   */
  readonly unknown?: "error" | "tokens only" | "dearest" | undefined;
}

/** Newer models and prices, by the provider's id. */
export type PriceUpdates = ReadonlyMap<string, readonly ModelRow[]>;

/** The model that a name stands for. */
interface Lookup {
  readonly table: ProviderTable | undefined;
  /** The name without its provider. */
  readonly model: string;
  readonly row?: ModelRow | undefined;
  /** Its price, if that does not change with time. */
  readonly lasting?: Price;
  /** The last price of one that changes. */
  dated?: Price;
}

/** How many names are cached; names from outside are unlimited. */
const LOOKUPS_MAX = 1000;
const NAME_LENGTH_MAX = 200;
/** How many sellers of a model an error names. */
const SELLERS_MAX = 5;

/** A price book, by model. A book never changes; `with` returns a new one. */
export class PriceBook {
  readonly #providers: readonly ProviderTable[];
  readonly #overrides: ReadonlyMap<string, Override>;
  readonly #asOf: string;
  /** Cached lookups: calls use the same few names. */
  readonly #lookups = new Map<string, Lookup>();
  readonly #own = new Map<string, Price | undefined>();

  /** @internal */
  constructor(
    providers: readonly ProviderTable[],
    asOf: string,
    overrides: ReadonlyMap<string, Override> = new Map(),
  ) {
    this.#providers = providers;
    this.#asOf = asOf;
    this.#overrides = overrides;
  }

  /** The date of the tables, such as `"2026-09-23"`. */
  get asOf(): string {
    return this.#asOf;
  }

  /**
   * Returns the price of a model: `"anthropic/claude-opus-4-5"`, or `"claude-opus-4-5"` if the name
   * identifies the provider. Dated names and other aliases of the provider are found too.
   *
   * @throws {PriceUnknown} `PRICE_UNKNOWN` if it is not in the book; the error names the nearest
   * models.
   * @throws {TypeError | RangeError} if the name or an option is invalid.
   *
   * @example
   * const price = priceBook.find("anthropic/claude-opus-4-5");
   * price.cost({ inputTokens: 1000, outputTokens: 100 }); // => 0.0075
   */
  find(name: string, options: FindOptions = {}): Price {
    checkModelName(name);
    const { at: atMs, unknown } = readOptions(options, FIND);
    const lookup = this.#lookup(name);
    const listed = this.#listedIn(lookup, atMs);
    if (listed !== undefined) return listed;
    const { table, model } = lookup;
    if (unknown === "tokens only") return priceWithoutRates(table?.id ?? "", model);
    if (unknown === "dearest" && table !== undefined)
      return dearestPrice(table, model, atMs, this.#asOf);
    throw this.#unknown(name);
  }

  /**
   * Returns the price of today of a model in the book; undefined if it is not in it.
   *
   * @throws {TypeError | RangeError} if the name is invalid.
   *
   * @internal
   */
  findListed(name: string): Price | undefined {
    checkModelName(name);
    const lookup = this.#lookup(name);
    return lookup.lasting ?? this.#listedIn(lookup, Date.now());
  }

  #listedIn(lookup: Lookup, atMs: number): Price | undefined {
    const { table, row, lasting, dated } = lookup;
    if (lasting !== undefined || table === undefined || row === undefined) return lasting;
    if (dated !== undefined && dated.rates === ratesAt(row, atMs)) return dated;
    lookup.dated = this.#priceOf(table, row, atMs);
    return lookup.dated;
  }

  #lookup(name: string): Lookup {
    const known = this.#lookups.get(name);
    if (known !== undefined) return known;
    const lookup = this.#lookUp(name);
    if (this.#lookups.size < LOOKUPS_MAX) this.#lookups.set(name, lookup);
    return lookup;
  }

  #lookUp(name: string): Lookup {
    const table = this.#providerOf(name);
    const model = table === undefined ? name : withoutProvider(name, table);
    const override = this.#overrideOf(table, model, name);
    if (override !== undefined)
      return { table, model, lasting: priceOfOverride(override, table, model, name) };
    const row = table && this.#rowOf(table, model);
    const isLasting = table !== undefined && row?.prices.length === 1;
    return { table, model, row, ...(isLasting && { lasting: this.#priceOf(table, row, 0) }) };
  }

  /** A name of no known provider, or of more than one. */
  #unknown(name: string): PriceUnknown {
    const sold = this.#soldAs(name);
    const nearest = sold.length > 0 ? sold : nearestTo(name, this.models());
    const listed = nearest.join(", ");
    const message =
      sold.length > 0
        ? `More than one provider has the model ${describe(name)}; say which provider: ${listed} (prices as of ${this.#asOf})`
        : `No price is known for the model ${describe(name)}${listed && `; the nearest known are ${listed}`}; prices are as of ${this.#asOf}; add it with priceBook.with({ ${JSON.stringify(name)}: { inputTokens, outputTokens } }), in dollars for a million tokens`;
    return new PriceUnknown(name, message, nearest);
  }

  /** A name without a provider, with the providers that sell a model of this name. */
  #soldAs(name: string): readonly string[] {
    if (this.#isNamed(name)) return [];
    return this.#providers
      .filter(({ models }) => rowIn(models, name) !== undefined)
      .map(({ id }) => `${id}/${name}`)
      .slice(0, SELLERS_MAX);
  }

  /**
   * Returns a book that also has your models, or your rates instead of its own; the last one wins.
   * Rates are dollars per million tokens.
   *
   * @throws {TypeError | RangeError} if the rates are invalid.
   *
   * @example
   * const book = priceBook.with({ "my-llama": { inputTokens: 0, outputTokens: 0 } });
   * book.find("my-llama").cost({ inputTokens: 1000 }); // => 0
   */
  with(overrides: Readonly<Record<string, Override>>): PriceBook {
    const all = new Map(this.#overrides);
    for (const [name, override] of Object.entries(overrides)) {
      const { multipliers, context, outputMax, ...rates } = override;
      const argument = `overrides[${JSON.stringify(name)}]`;
      readRates(rates, argument);
      for (const [word, factor] of Object.entries(multipliers ?? {}))
        readFactor(factor, `${argument}.multipliers.${word}`);
      all.set(name.toLowerCase(), { ...rates, multipliers, context, outputMax });
    }
    return new PriceBook(this.#providers, this.#asOf, all);
  }

  /** Returns a price that was added with `with`; undefined if there is none of this name. */
  findOwn(name: string): Price | undefined {
    if (this.#overrides.size === 0 || name === "" || name.length > NAME_LENGTH_MAX)
      return undefined;
    if (this.#own.has(name)) return this.#own.get(name);
    const table = this.#providerOf(name);
    const model = table === undefined ? name : withoutProvider(name, table);
    const override = this.#overrideOf(table, model, name);
    const found = override && priceOfOverride(override, table, model, name);
    if (this.#own.size < LOOKUPS_MAX) this.#own.set(name, found);
    return found;
  }

  /**
   * Returns a book with newer prices for its models, and with new models.
   *
   * @internal
   */
  renewed(updates: PriceUpdates, asOf: string): PriceBook {
    const tables = this.#providers.map((table) => renewedTable(table, updates.get(table.id) ?? []));
    return new PriceBook(tables, asOf, this.#overrides);
  }

  /**
   * Returns the models whose tokens cost less than a fraction of their cost in another book.
   *
   * @internal
   */
  cheaperThan(other: PriceBook, part: number): readonly string[] {
    return other.models().filter((name) => {
      const [before, after] = [other.find(name), this.find(name)].map((price) => {
        const { inputTokens = 0, outputTokens = 0 } = price.rates ?? {};
        return highest(inputTokens) + highest(outputTokens);
      });
      return before !== undefined && after !== undefined && after < before * part;
    });
  }

  /** Returns the names of all models, with their provider. */
  models(): readonly string[] {
    const listed = this.#providers.flatMap(({ id, models }) =>
      models.map((model) => `${id}/${model.id}`),
    );
    return [...this.#overrides.keys(), ...listed];
  }

  #priceOf(table: ProviderTable, row: ModelRow, atMs: number): Price {
    return new Price({
      provider: table.id,
      model: row.id,
      rates: ratesAt(row, atMs),
      multipliers: multipliersOf(table, row),
      context: row.context,
      outputMax: row.outputMax,
      source: `${table.sources[0] ?? table.name}, as of ${this.#asOf}`,
    });
  }

  #rowOf(table: ProviderTable, model: string): ModelRow | undefined {
    const { models, serves, resells, routes, freeSuffix } = table;
    const found = rowIn(models, model);
    if (found !== undefined) return found;
    if (freeSuffix !== undefined && model.endsWith(freeSuffix))
      return freeRow(model, rowIn(models, model.slice(0, -freeSuffix.length)));
    for (const id of serves) {
      const other = this.#providers.find((each) => each.id === id);
      const row = other && rowIn(other.models, model);
      if (row !== undefined) return row;
    }
    // A router's names say where it forwards to: `maker/model:provider`.
    const [base = "", route = ""] = routes === true ? model.split(":") : [];
    const routed = route === "" ? undefined : this.#providers.find(({ id }) => id === route);
    if (routed !== undefined) return rowIn(routed.models, base);
    const maker = resells === true && model.includes("/") ? this.#providerOf(model) : undefined;
    return maker && rowIn(maker.models, withoutProvider(model, maker));
  }

  /** Whether a name begins with a provider. */
  #isNamed(name: string): boolean {
    const table = this.#providerOf(name);
    return table !== undefined && withoutProvider(name, table) !== name;
  }

  /** Returns the provider that a name begins with, or the one its model suggests. */
  #providerOf(name: string): ProviderTable | undefined {
    const [first = ""] = name.toLowerCase().split("/");
    const isNamed = ({ id, aliases }: ProviderTable): boolean =>
      id === first || aliases.includes(first);
    return (
      (name.includes("/") ? this.#providers.find(isNamed) : undefined) ??
      this.#providers.find(({ names }) => isLike(names, name))
    );
  }

  #overrideOf(table: ProviderTable | undefined, model: string, name: string): Override | undefined {
    const qualified = table === undefined ? undefined : `${table.id}/${model}`.toLowerCase();
    return (
      this.#overrides.get(name.toLowerCase()) ??
      (qualified === undefined ? undefined : this.#overrides.get(qualified)) ??
      this.#overrides.get(model.toLowerCase())
    );
  }
}

const FIND = {
  at: (at: number | Date = Date.now()) => readInstant(at),
  unknown: oneOf("error", "dearest", "tokens only"),
} satisfies TableFor<FindOptions>;

function readInstant(at: number | Date): number {
  const atMs = at instanceof Date ? at.getTime() : at;
  if (Number.isFinite(atMs)) return atMs;
  throw new RangeError(`Expected \`at\` to be an instant, got ${describe(at)}`);
}

function checkModelName(name: string): void {
  if (typeof name !== "string") {
    throw new TypeError(`Expected \`name\` to be the name of a model, got ${describe(name)}`);
  }
  if (name === "" || name.length > NAME_LENGTH_MAX) {
    throw new RangeError(
      `Expected \`name\` to be 1 to ${NAME_LENGTH_MAX} characters, got ${describe(name)}`,
    );
  }
}

/** A free variant, with the limits of its model. */
function freeRow(id: string, { context, outputMax }: Partial<ModelRow> = {}): ModelRow {
  return {
    id,
    names: [],
    ...(context !== undefined && { context }),
    ...(outputMax !== undefined && { outputMax }),
    prices: [{ rates: { inputTokens: 0, outputTokens: 0 } }],
  };
}

/** The table's data other than prices stays; a class that the update omits keeps its rate. */
function renewedTable(table: ProviderTable, updates: readonly ModelRow[]): ProviderTable {
  const byId = new Map(updates.map((row) => [row.id, row]));
  const models = table.models.map((row) => {
    const update = byId.get(row.id);
    if (update === undefined) return row;
    byId.delete(row.id);
    const last = row.prices.at(-1)?.rates;
    const prices = update.prices.map((each) => withRatesBelow(each, last));
    return { ...row, prices };
  });
  return { ...table, models: [...models, ...byId.values()] };
}

function withRatesBelow(dated: DatedRates, last: Rates | undefined): DatedRates {
  return { ...dated, rates: { ...last, ...dated.rates } };
}

function highest(rate: Rate): number {
  return Math.max(...ratesUpTo(rate, Number.POSITIVE_INFINITY));
}

function rowIn(rows: readonly ModelRow[], model: string): ModelRow | undefined {
  const lower = model.toLowerCase();
  return (
    rows.find(({ id }) => id.toLowerCase() === lower) ??
    rows.find(({ names }) => isMeant(names, model))
  );
}

function withoutProvider(name: string, { id, aliases }: ProviderTable): string {
  const end = name.indexOf("/");
  const first = name.slice(0, Math.max(0, end)).toLowerCase();
  return first === id || aliases.includes(first) ? name.slice(end + 1) : name;
}
