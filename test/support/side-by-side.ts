// Processes that write to one tree of a Postgres database at once, and a memory to which the same
// batches are applied in the order in which the server wrote them: every outcome, figure, hold and
// entry must be the same.

import { expect } from "vitest";

import type { PgClient } from "../../src/postgres/index.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import { applyCommands } from "../../src/stores/books/apply.ts";
import type { OpenReservation, StoredPool } from "../../src/stores/books/books.ts";
import type { Command, Outcome } from "../../src/stores/contract/command.ts";
import { rankOf } from "../../src/stores/contract/pool-page.ts";
import { MemoryBooks } from "../../src/stores/memory/memory-books.ts";
import { levelText } from "../../src/stores/slices/slice-state.ts";
import { quantitiesInRow } from "../../src/stores/sql/columns.ts";
import type { Row } from "../../src/stores/sql/columns.ts";
import { reservationOf } from "../../src/stores/sql/hold-row.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { plain } from "./batches.ts";

const ROOT = "acme";
const BROKEN = "the connection broke";

/** A batch that was executed. */
interface Sent {
  readonly commands: readonly Command[];
  /** The time at which it was applied. */
  now: number;
  /** The version of the tree that it was written as, if it was. */
  writtenAs?: string;
  /** The version of the books that were read last. */
  readAs: string;
  /** Undefined if the answer was lost. */
  outcomes?: readonly Outcome[];
}

/** What the functions on the server are given and return, of which a few fields are used. */
interface Message {
  readonly next: string;
  readonly at: number;
  readonly now: number;
  readonly version?: string;
}

function messageOf(text: unknown): Message | undefined {
  if (typeof text !== "string" || !text.startsWith("{")) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by the store or the server
  return JSON.parse(text) as Message;
}

/** One process: a store that executes batch after batch, over connections that may break. */
export class SideProcess {
  readonly clock: ManualClock | undefined;
  readonly store: PostgresStore;
  /** How many batches were written as differences. */
  differences = 0;
  #sent: Sent | undefined;

  constructor(
    client: PgClient,
    schema: string,
    { loses, isManual }: { readonly loses: () => boolean; readonly isManual: boolean },
  ) {
    const query: PgClient["query"] = async (text, values) => {
      const result = await client.query(text, values);
      const isWrite = /write_[23]/.test(text);
      this.#note(isWrite ? messageOf(values[3]) : undefined, messageOf(answerOf(result)));
      if (/write_3/.test(text) && this.#sent?.writtenAs !== undefined) this.differences++;
      if (isWrite && loses()) throw new Error(BROKEN);
      return result;
    };
    this.clock = isManual ? new ManualClock() : undefined;
    this.store = new PostgresStore({ query }, schema, { clock: this.clock });
  }

  async execute(commands: readonly Command[]): Promise<Sent> {
    const sent: Sent = { commands, readAs: "", now: this.clock?.now() ?? 0 };
    this.#sent = sent;
    try {
      sent.outcomes = await this.store.execute(ROOT, commands);
    } catch (error) {
      if (!String(error).includes(BROKEN)) throw error;
    }
    return sent;
  }

  #note(written: Message | undefined, answer: Message | undefined): void {
    const sent = this.#sent;
    if (sent === undefined || answer === undefined) return;
    if (answer.version !== undefined) sent.readAs = answer.version;
    else if (written !== undefined) sent.writtenAs = written.next;
    if (this.clock === undefined)
      sent.now = answer.version === undefined ? (written?.at ?? 0) : answer.now;
  }
}

/** Processes side by side, and the memory. */
export class SideBySide {
  readonly processes: readonly SideProcess[];
  readonly #client: PgClient;
  readonly #schema: string;
  readonly #books = new MemoryBooks();
  /** How many versions of the tree the memory has seen, and the last of them. */
  #place = 0;
  #version = "";

  constructor(client: PgClient, schema: string, processes: readonly SideProcess[]) {
    this.#client = client;
    this.#schema = schema;
    this.processes = processes;
  }

  /** Makes the tables, and has the server note the versions of the tree in their order. */
  async begin(): Promise<void> {
    const schema = this.#schema;
    for (const process of this.processes)
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await process.execute([{ kind: "snapshot", path: ROOT }]);
    for (const text of [
      `CREATE TABLE IF NOT EXISTS ${schema}.versions (place bigserial, version text)`,
      `CREATE OR REPLACE FUNCTION ${schema}.note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO ${schema}.versions (version) VALUES (NEW.version); RETURN NEW; END $$`,
      `CREATE OR REPLACE TRIGGER noting AFTER INSERT OR UPDATE OF version ON ${schema}.trees
        FOR EACH ROW EXECUTE FUNCTION ${schema}.note()`,
      `TRUNCATE ${["trees", "pools", "reservations", "ledger", "waiters", "versions"]
        .map((table) => `${schema}.${table}`)
        .join(", ")} RESTART IDENTITY`,
    ])
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await this.#client.query(text, []);
  }

  /** Has all processes execute their batches at once; checks the outcomes and the books. */
  async play(plans: readonly (readonly (readonly Command[])[])[]): Promise<readonly Sent[]> {
    const each = this.processes.map(async (process, index) => {
      const sent: Sent[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one batch at a time
      for (const commands of plans[index] ?? []) sent.push(await process.execute(commands));
      return sent;
    });
    const all = (await Promise.all(each)).flat();
    await this.#replay(all);
    await this.#expectSameBooks();
    return all;
  }

  /** Expects that the entries are the same, in the same order. */
  async expectSameLedger(): Promise<void> {
    const query = { path: ROOT, after: 0, sinceMs: 0, limit: 100_000 };
    const found = (await this.processes[0]?.store.ledger(query)) ?? [];
    expect(plain(found)).toEqual(plain(this.#books.entries));
  }

  async #replay(all: readonly Sent[]): Promise<void> {
    const rows = await this.#rows(
      `SELECT place, version FROM versions WHERE place > ${this.#place} ORDER BY place`,
    );
    const written = new Map(all.map((sent) => [sent.writtenAs, sent]));
    const readers = all.filter(
      ({ writtenAs, outcomes }) => writtenAs === undefined && outcomes !== undefined,
    );
    for (const version of [this.#version, ...rows.map((row) => String(row["version"]))]) {
      const writer = written.get(version);
      if (writer !== undefined) this.#apply(writer);
      for (const reader of readers) if (reader.readAs === version) this.#apply(reader);
      this.#version = version;
    }
    this.#place = Number(rows.at(-1)?.["place"] ?? this.#place);
  }

  #apply({ commands, now, outcomes }: Sent): void {
    const expected = applyCommands(this.#books, commands, now);
    if (outcomes === undefined) return;
    expect({ commands, outcomes: plain(outcomes) }).toEqual({
      commands,
      outcomes: plain(expected),
    });
  }

  async #expectSameBooks(): Promise<void> {
    const pools = await this.#rows("SELECT * FROM pools ORDER BY path");
    const holds = await this.#rows("SELECT * FROM reservations ORDER BY id");
    const [tree] = await this.#rows("SELECT lines FROM trees");
    expect(pools.map(figuresInRow)).toEqual(
      [...this.#books.pools.values()]
        .map(figuresOf)
        .toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    );
    expect(holds.map((row) => holdText(reservationOf(row)))).toEqual(
      this.#books
        .openReservations()
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .map(holdText),
    );
    expect(tree?.["lines"] ?? 0).toBe(this.#books.entries.length);
  }

  async #rows(text: string): Promise<readonly Row[]> {
    const named = text.replace("FROM ", `FROM ${this.#schema}.`);
    const result = await this.#client.query(
      `SELECT coalesce(json_agg(each), '[]')::text AS answer FROM (${named}) each`,
      [],
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of our query
    return JSON.parse(String(answerOf(result))) as Row[];
  }
}

function answerOf({ rows }: { readonly rows: readonly unknown[] }): unknown {
  return Reflect.get(Object(rows[0]), "answer");
}

interface Figures {
  readonly path: string;
  readonly [name: string]: unknown;
}

function figuresInRow(row: Row): Figures {
  return {
    path: String(row["path"]),
    taken: plain(quantitiesInRow(row, "taken_")),
    reserved: plain(quantitiesInRow(row, "reserved_")),
    unknown: plain(quantitiesInRow(row, "unknown_")),
    open: row["open_reservations"],
    rank: row["rank"],
    slices: row["slices"] ?? undefined,
  };
}

function figuresOf({ state, unknown, slices }: StoredPool): Figures {
  const { path, taken, reserved, openReservations } = state;
  return {
    path,
    taken: plain(taken),
    reserved: plain(reserved),
    unknown: plain(unknown),
    open: openReservations,
    rank: rankOf(taken.nanoUsd - reserved.nanoUsd),
    slices: slices && levelText(slices),
  };
}

/** All but when a slice last drew, in draws: its process may know of fewer than there were. */
function holdText({ slice, sent, ...rest }: OpenReservation): string {
  const { id, path, quantities, asOf, units, expiresAt, expired } = rest;
  const state = slice && { ...slice, drawnAt: 0 };
  const isSent = sent === true;
  const fields = { id, path, quantities, asOf, units, expiresAt, expired, isSent, state };
  return JSON.stringify(fields);
}
