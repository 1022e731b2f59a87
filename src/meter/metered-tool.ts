// Tools that cost money themselves: searches, scrapers, containers, or any function or Model
// Context Protocol server with a fee.

import { flag, optionalFunction, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { describe } from "../core/describe.ts";
import { readAmount } from "../core/amount.ts";
import type { Amount } from "../core/amount.ts";
import { BudgetError } from "../core/errors.ts";
import { aboutOf, checkPoolSource, keepsEntries, SENT } from "./metered-pool.ts";
import type { MeteredHold, MeteredPool, PoolSource } from "./metered-pool.ts";
import { CannotMeter } from "./refusals.ts";

/** One call of a tool. */
export interface ToolCall {
  /** The tool, if a client has several; otherwise the name of the function. */
  readonly name: string;
  /** The arguments of the call. */
  readonly args: readonly unknown[];
}

/** Options of `meteredTool`. */
export interface MeteredToolOptions {
  /**
   * The most that a call may cost, in dollars or on any axis, such as `{ usd: 0.005 }`; or a
   * function that returns it for a call, or undefined for a free one.
   */
  readonly fee: Amount | ((call: ToolCall) => Amount | undefined);
  /**
   * Returns the cost of a call from its result: `(result) => ({ usd: result.costDollars.total })`.
   * Undefined books the fee.
   *
   * @default the fee
   */
  readonly charged?: ((result: unknown, call: ToolCall) => Amount | undefined) | undefined;
  /**
   * Whether a failed call is free. A search that timed out may have been billed.
   *
   * @default false: the fee is booked, and marked as unknown in the ledger
   */
  readonly failuresAreFree?: boolean | undefined;
}

const TOOL = {
  fee: (fee: MeteredToolOptions["fee"]) => (typeof fee === "function" ? fee : readAmount(fee)),
  charged: optionalFunction<MeteredToolOptions["charged"]>,
  failuresAreFree: flag(false),
} satisfies TableFor<MeteredToolOptions>;

/** The part of a client of the Model Context Protocol that calls tools. */
export interface ToolClient {
  callTool(params: { readonly name: string }, ...rest: never[]): PromiseLike<unknown>;
}

/** A function that is a tool. */
export type ToolFunction = (...args: never[]) => PromiseLike<unknown>;

/** Wraps a function or a client, and returns one of the same type. */
export interface MeterTool {
  <Wrapped extends ToolFunction>(tool: Wrapped): Wrapped;
  <Wrapped extends ToolClient>(tool: Wrapped): Wrapped;
}

/**
 * Meters tools with a fee: the fee of each call is reserved before the call, which is refused if it
 * does not fit, and booked after it. The returned function wraps an async function, or a Model
 * Context Protocol client, and returns one of the same type.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option is unknown or invalid.
 * @example
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const search = meteredTool(pool, { fee: { usd: 0.005 } })(async (query: string) => [query]);
 *   await search("what is new?");
 *   pool.snapshot().used.usd; // 0.005
 */
export function meteredTool(pool: PoolSource, options: MeteredToolOptions): MeterTool {
  checkPoolSource(pool);
  if (typeof options !== "object" || options === null)
    throw new TypeError(
      `Expected \`options\` to be an object such as { fee: { usd: 0.005 } }, got ${describe(options)}`,
    );
  readOptions(options, TOOL);
  function wrapped<Wrapped extends ToolFunction>(tool: Wrapped): Wrapped;
  function wrapped<Wrapped extends ToolClient>(tool: Wrapped): Wrapped;
  function wrapped(tool: ToolFunction | ToolClient): ToolFunction | ToolClient {
    if (typeof tool === "function") return functionOf(pool, options, tool);
    if (typeof tool?.callTool === "function") return clientOf(pool, options, tool);
    throw new TypeError(`Expected a function or a client with \`callTool\`, got ${describe(tool)}`);
  }
  return wrapped;
}

function functionOf<Tool extends ToolFunction>(
  pool: PoolSource,
  options: MeteredToolOptions,
  tool: Tool,
): Tool {
  return new Proxy(tool, {
    apply: (target, self, args: unknown[]) =>
      metered(pool, options, { name: tool.name, args }, () => Reflect.apply(target, self, args)),
  });
}

function clientOf<Client extends ToolClient>(
  pool: PoolSource,
  options: MeteredToolOptions,
  client: Client,
): Client {
  return new Proxy(client, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key, target);
      if (typeof found !== "function") return found;
      if (key !== "callTool") return found.bind(target);
      return (...args: readonly unknown[]) =>
        metered(pool, options, { name: nameIn(args[0]), args }, () =>
          Reflect.apply(found, target, args),
        );
    },
  });
}

function nameIn(params: unknown): string {
  const name: unknown =
    typeof params === "object" && params !== null ? Reflect.get(params, "name") : "";
  return typeof name === "string" ? name : "";
}

/** Reserves the fee, makes the call, and books its cost. */
async function metered(
  source: PoolSource,
  { fee, charged, failuresAreFree = false }: MeteredToolOptions,
  call: ToolCall,
  make: () => unknown,
): Promise<unknown> {
  const most = typeof fee === "function" ? fee(call) : fee;
  if (most === undefined) return make();
  readAmount(most);
  const { pool, hold } = await holdOf(source, most);
  const isStored = keepsEntries(pool);
  const about = isStored ? aboutOf(call.name, undefined) : {};
  let result: unknown;
  try {
    result = await make();
  } catch (error) {
    // The caller must see the failure, whatever the state of the books.
    await Promise.resolve(
      failed(hold, { ...about, ...(isStored && { outcome: "unknown" as const }) }, failuresAreFree),
    ).catch(() => undefined);
    throw error;
  }
  await hold.commit({ ...chargeOf(charged, result, call), ...about });
  return result;
}

async function holdOf(
  source: PoolSource,
  most: Amount,
): Promise<{ readonly pool: MeteredPool; readonly hold: MeteredHold }> {
  const pool: MeteredPool | undefined = typeof source === "function" ? source() : source;
  if (pool === undefined)
    throw new CannotMeter(
      "budget_missing",
      "there is no budget here; make the call inside withBudget()",
    );
  const request = { fixed: { calls: 1, ...most }, unit: {}, min: 1, max: 1 };
  return { pool, hold: await pool.reserveUpTo(request, SENT) };
}

function failed(
  hold: MeteredHold,
  asHeld: Parameters<MeteredHold["commit"]>[0],
  isFree: boolean,
): unknown {
  return isFree ? hold.release() : hold.commit(asHeld);
}

/**
 * Returns the cost of a call from its result; the fee if the result has none that can be booked.
 */
function chargeOf(
  charged: MeteredToolOptions["charged"],
  result: unknown,
  call: ToolCall,
): Amount | undefined {
  try {
    const amount = charged?.(result, call);
    if (amount !== undefined) readAmount(amount);
    return amount === undefined ? undefined : { calls: 1, ...amount };
  } catch (error) {
    if (BudgetError.is(error)) throw error;
    return undefined;
  }
}
