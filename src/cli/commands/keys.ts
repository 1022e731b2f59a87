// `token-budget keys`: creates, lists and revokes the keys of a gateway in its store.

import type { KeyRecord, KeyRole } from "../../gateway/index.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { instantText } from "../output/figures.ts";
import { CAP_FLAGS, typedCaps, typedWindow, WINDOW_FLAGS } from "../settings/caps.ts";
import { periodCapsOf } from "../settings/periods.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import type { AllBooks } from "../store/books.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";
import { keysOf } from "../store/key-books.ts";
import type { KeyBooks } from "../store/key-books.ts";
import { ACCOUNT_FLAGS, accountOf } from "./pool-commands.ts";

const DAY_MS = 86_400_000;
const DAYS_MAX = 3650;

/** `token-budget keys`. */
export const keys: CliCommand = {
  name: "keys",
  operands: "create | list | revoke ID",
  operandsMax: 2,
  summary:
    "Creates, lists and revokes the keys of a gateway. A new key is shown once; the store keeps only its SHA-256. If the command creates the key's pool, the caps apply to it; without caps, a template may set them.",
  flags: {
    pool: { value: "PATH", help: "the pool that calls with the key spend from, such as users/ada" },
    name: {
      value: "TEXT",
      help: "who uses the key; also the label of its ledger entries (default: the pool)",
    },
    role: { value: "ROLE", help: "self, lead of the pools at --subtree, or admin (default: self)" },
    subtree: {
      value: "PATH",
      help: "the pools that a lead can see and change (default: the key's pool)",
    },
    days: { value: "N", help: "how many days the key is valid (default: until it is revoked)" },
    ...CAP_FLAGS,
    ...WINDOW_FLAGS,
    ...ACCOUNT_FLAGS,
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget keys create --pool users/ada --usd 5 --per day",
    "token-budget keys list",
    "token-budget keys revoke key_0123456789abcdef",
  ],
  async run(given, context) {
    const [action, id] = given.operands;
    const work = { create, list, revoke }[action ?? "list"];
    if (work === undefined || (action === "revoke") !== (id !== undefined))
      throw new UsageError("Expected keys create, keys list, or keys revoke ID");
    const open = await openBooks(given, context);
    try {
      await work({ books: open.books, keys: await keysOf(open) }, given, context);
      return EXIT.success;
    } finally {
      await open.close();
    }
  },
};

/** The arguments of the commands about keys. */
interface Kept {
  readonly books: AllBooks;
  readonly keys: KeyBooks;
}

async function create(
  { books, keys: kept }: Kept,
  given: ParsedArguments,
  { out, err }: CliContext,
): Promise<void> {
  const pool = given.text("pool");
  if (pool === undefined) throw new UsageError("Missing pool: pass --pool users/ada");
  const days = given.text("days");
  if (
    days !== undefined &&
    !(/^\d{1,4}$/.test(days) && Number(days) > 0 && Number(days) <= DAYS_MAX)
  )
    throw new UsageError(`Expected --days to be a whole number up to ${DAYS_MAX}, got "${days}"`);
  const path = await capped(books, pool, given);
  const { actor } = accountOf(given);
  const { key, record } = await kept.create(
    {
      pool: path,
      name: given.text("name"),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `create` checks it
      role: given.text("role") as KeyRole | undefined,
      subtree: given.text("subtree"),
      expiresAt: days === undefined ? undefined : Date.now() + Number(days) * DAY_MS,
    },
    actor,
  );
  if (given.isOn("json")) {
    out(JSON.stringify({ key, ...record }));
    return;
  }
  err(`token-budget: ${record.id} for ${record.pool}; the key is shown this once:`);
  out(key);
}

/** Creates the pool with the typed caps, if any; returns the path to draw from. */
async function capped(books: AllBooks, pool: string, given: ParsedArguments): Promise<string> {
  const byPeriod = periodCapsOf(given);
  let path = pool;
  for (const [at, { usd, per }] of byPeriod.entries()) {
    const window = typedWindow({
      ...given,
      text: (flag) => (flag === "per" ? per : given.text(flag)),
    });
    if (at > 0) path = `${path}/${per}`;
    // oxlint-disable-next-line no-await-in-loop -- each is a child of the one before
    await books.pool(path, { caps: { usd }, ...window, overage: "allow" });
  }
  if (byPeriod.length > 0) return path;
  const caps = typedCaps(given);
  if (Object.keys(caps).length > 0)
    await books.pool(pool, { caps, ...typedWindow(given), overage: "allow" });
  return pool;
}

async function list(
  { keys: kept }: Kept,
  given: ParsedArguments,
  { out }: CliContext,
): Promise<void> {
  const found = await kept.list(given.text("pool"));
  if (given.isOn("json")) out(JSON.stringify(found));
  else for (const record of found) out(lineOf(record));
}

async function revoke(
  { keys: kept }: Kept,
  given: ParsedArguments,
  { out }: CliContext,
): Promise<void> {
  const id = given.operands[1] ?? "";
  const { actor } = accountOf(given);
  const record = await kept.revoke(id, actor);
  if (record === undefined)
    throw new Failure(`no key has the id "${id}": token-budget keys list shows all`);
  if (given.isOn("json")) out(JSON.stringify(record));
  else out(lineOf(record));
}

function lineOf(record: KeyRecord): string {
  const { id, prefix, pool, name, role, subtree, revokedAt, expiresAt, lastUsedAt } = record;
  const words = [
    id,
    `${prefix}…`,
    pool,
    name === pool ? undefined : name,
    role === "self" ? undefined : `${role}${subtree === "" ? "" : ` of ${subtree}`}`,
    lastUsedAt === undefined ? "never used" : `used ${instantText(lastUsedAt)}`,
    expiresAt === undefined ? undefined : `until ${instantText(expiresAt)}`,
    revokedAt === undefined ? undefined : `revoked ${instantText(revokedAt)}`,
  ];
  return words.filter((word) => word !== undefined).join("  ");
}
