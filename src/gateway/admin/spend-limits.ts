// Anthropic's spend limits API over the pools of a store, for existing clients of it. A pool with a
// daily, weekly or monthly dollar cap is the limit of a user, whose id is the path of the pool.
// Amounts are cents, as integers in text, rounded down.
// https://platform.claude.com/docs/en/manage-claude/spend-limits-api

import { isWithin } from "../../api/access.ts";
import type { Access } from "../../api/access.ts";
import { readPath } from "../../stores/contract/path.ts";
import type { BudgetStore, StoredSnapshot } from "../../stores/index.ts";

const ROOT = "/v1/organizations/spend_limits";
const CENTS = 100;
const DAY_MS = 86_400_000;
const PAGE = 100;
const PAGE_MAX = 1000;
const BODY_MAX = 65_536;
const PERIODS = { daily: "day", weekly: "week", monthly: "month" } as const;
type Period = keyof typeof PERIODS;

/** A request that is answered with an error, in Anthropic's shape. */
class LimitError extends Error {
  override readonly name = "LimitError";
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Returns whether a path is one of the spend limits. */
export function isSpendLimitPath(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

/** Answers a request about spend limits; undefined for an unknown one. */
export async function answerSpendLimits(
  store: BudgetStore,
  access: Access,
  request: Request,
): Promise<Response> {
  try {
    if (access.role === "self")
      throw new LimitError(403, "permission_error", "This needs the key of an admin or a lead");
    const body = await answerOf(store, access, request);
    return Response.json(body, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    const known = asLimitError(error);
    const { status, type, message } = known;
    return Response.json({ type: "error", error: { type, message } }, { status });
  }
}

async function answerOf(store: BudgetStore, access: Access, request: Request): Promise<object> {
  const { pathname, searchParams } = new URL(request.url);
  const rest = pathname.slice(ROOT.length + 1);
  const { method } = request;
  if (method === "GET" && rest === "") return await listLimits(store, access, searchParams);
  if (method === "GET" && rest === "effective")
    return await listEffective(store, access, searchParams);
  if (method === "GET" && rest === "audit") return await listAudit(store, access, searchParams);
  if (method === "POST" && rest === "") return await setLimit(store, access, request);
  if ((method === "GET" || method === "DELETE") && rest.startsWith("spl_")) {
    const pool = await store.find(pathOfId(rest, access));
    const snapshot = await pool?.snapshot();
    if (pool === undefined || snapshot === undefined || periodOf(snapshot) === undefined)
      throw notFound();
    if (method === "GET") return limitOf(snapshot);
    const reason = "spend limit deleted over the API";
    await pool.configure({ caps: { usd: null }, actor: access.actor, reason });
    return { id: rest, type: "spend_limit_deleted" };
  }
  throw notFound();
}

async function listLimits(
  store: BudgetStore,
  access: Access,
  query: URLSearchParams,
): Promise<object> {
  const { pools, next } = await pageOf(store, access, query);
  const limits = pools.filter((pool) => periodOf(pool) !== undefined && "usd" in pool.caps);
  return { data: limits.map(limitOf), next_page: next ?? null };
}

async function listEffective(
  store: BudgetStore,
  access: Access,
  query: URLSearchParams,
): Promise<object> {
  const wanted = query.getAll("user_ids[]").concat(query.getAll("user_ids"));
  const { pools, next } = await pageOf(store, access, query);
  const shown = wanted.length === 0 ? pools : pools.filter(({ path }) => wanted.includes(path));
  const seen = (await store.pools()).filter(({ path }) => isWithin(path, access.subtree));
  const all = new Map(seen.map((pool) => [pool.path, pool]));
  const data = shown.flatMap((pool) => {
    const source = limitingPool(pool, all);
    const period = source && periodOf(source);
    if (source === undefined || period === undefined) return [];
    return [
      {
        actor: userOf(pool.path),
        amount: centsOf(source.caps.usd),
        currency: "USD",
        period,
        period_to_date_spend: centsOf(pool.used.usd) ?? "0",
        scope: scopeOf(pool.path),
        source: scopeOf(source.path),
        spend_limit_id: idOf(source.path),
      },
    ];
  });
  return { data, next_page: next ?? null };
}

/** The pool at or above a path that leaves it the least, of those that the caller may see. */
function limitingPool(
  pool: StoredSnapshot,
  all: ReadonlyMap<string, StoredSnapshot>,
): StoredSnapshot | undefined {
  let least: StoredSnapshot | undefined;
  const names = pool.path.split("/");
  for (let length = names.length; length > 0; length--) {
    const level = all.get(names.slice(0, length).join("/"));
    const left = level?.remaining.usd;
    if (level === undefined || left === undefined || periodOf(level) === undefined) continue;
    if (least === undefined || left < (least.remaining.usd ?? Infinity)) least = level;
  }
  return least;
}

async function listAudit(
  store: BudgetStore,
  access: Access,
  query: URLSearchParams,
): Promise<object> {
  const { pools, next } = await pageOf(store, access, query);
  const entries = await Promise.all(
    pools.map(async ({ path }) => {
      const changes = (await (await store.find(path))?.changes()) ?? [];
      // Limits of the pools below are listed with those pools.
      return changes.filter(({ pool }) => pool === path);
    }),
  );
  const data = entries.flat().map(({ pool: path, at, kind, actor, reason, change }) => ({
    type: "spend_limit_audit_entry",
    spend_limit_id: idOf(path),
    scope: scopeOf(path),
    action: kind,
    actor: actor ?? null,
    reason: reason ?? null,
    change: change ?? null,
    created_at: new Date(at).toISOString(),
  }));
  const newest = data.toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  return { data: newest, next_page: next ?? null };
}

async function setLimit(store: BudgetStore, access: Access, request: Request): Promise<object> {
  const { amount, scope, period = "monthly" } = await bodyOf(request);
  const path: unknown =
    Reflect.get(Object(scope), "user_id") ?? Reflect.get(Object(scope), "workspace_id");
  if (typeof path !== "string")
    throw invalid("Expected `scope` to be {type: user, user_id: the path of a pool}");
  const isAmount = amount === null || (typeof amount === "string" && /^\d{1,12}$/.test(amount));
  if (!isAmount) throw invalid("Expected `amount` to be cents, a whole number in text, or null");
  if (typeof period !== "string" || !Object.hasOwn(PERIODS, period))
    throw invalid("Expected `period` to be daily, weekly or monthly");
  readPath(path);
  if (!isWithin(path, access.subtree)) throw notFound();
  const usd = amount === null ? null : Number(amount) / CENTS;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked at above
  const window = PERIODS[period as Period];
  const pool = await store.pool(path);
  const reason = "spend limit set over the API";
  const isSame = periodOf(await pool.snapshot()) === period;
  const change = { caps: { usd }, actor: access.actor, reason };
  await pool.configure(isSame ? change : { ...change, window });
  return limitOf(await pool.snapshot());
}

async function bodyOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await request.text();
  if (text.length > BODY_MAX) throw invalid("The body is too long");
  try {
    const body: unknown = JSON.parse(text);
    return Object(body);
  } catch {
    throw invalid("Expected a body of JSON");
  }
}

async function pageOf(
  store: BudgetStore,
  { subtree }: Access,
  query: URLSearchParams,
): Promise<{ readonly pools: readonly StoredSnapshot[]; readonly next: string | undefined }> {
  const limit = Number(query.get("limit") ?? PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw invalid(`Expected \`limit\` to be from 1 to ${PAGE_MAX}`);
  const after = query.get("page");
  return await store.page({
    limit,
    ...(subtree !== "" && { below: subtree }),
    ...(after !== null && { after }),
  });
}

function limitOf(pool: StoredSnapshot): object {
  const at = new Date(pool.window?.startsAt ?? 0).toISOString();
  return {
    id: idOf(pool.path),
    type: "spend_limit",
    amount: centsOf(pool.caps.usd) ?? null,
    created_at: at,
    updated_at: at,
    currency: "USD",
    is_enabled: pool.frozen !== true,
    period: periodOf(pool) ?? "monthly",
    scope: scopeOf(pool.path),
  };
}

/** Returns the period of a pool, by the length of its window; undefined for others. */
function periodOf({ window }: Pick<StoredSnapshot, "window">): Period | undefined {
  if (window === undefined) return undefined;
  const days = (window.endsAt - window.startsAt) / DAY_MS;
  if (days > 0.9 && days < 1.1) return "daily";
  if (days > 6.9 && days < 7.1) return "weekly";
  return days > 27.9 && days < 31.1 ? "monthly" : undefined;
}

function centsOf(usd: number | undefined): string | undefined {
  return usd === undefined ? undefined : String(Math.floor(usd * CENTS + 1e-7));
}

function scopeOf(path: string): object {
  return { type: "user", user_id: path };
}

function userOf(path: string): object {
  return { type: "user_actor", user_id: path, name: path, email_address: null, deleted: false };
}

function idOf(path: string): string {
  return `spl_${Buffer.from(path).toString("base64url")}`;
}

function pathOfId(id: string, { subtree }: Access): string {
  const path = Buffer.from(id.slice("spl_".length), "base64url").toString();
  try {
    readPath(path);
  } catch {
    throw notFound();
  }
  if (!isWithin(path, subtree) || idOf(path) !== id) throw notFound();
  return path;
}

function notFound(): LimitError {
  return new LimitError(404, "not_found_error", "There is no spend limit with this id");
}

function invalid(message: string): LimitError {
  return new LimitError(400, "invalid_request_error", message);
}

function asLimitError(error: unknown): LimitError {
  if (error instanceof LimitError) return error;
  if (error instanceof RangeError || error instanceof TypeError) return invalid(error.message);
  const code: unknown = Reflect.get(Object(error), "code");
  if (code === "STORE_UNAVAILABLE")
    return new LimitError(503, "api_error", "The budget store is not answering");
  return new LimitError(500, "api_error", "The gateway failed to do this");
}
