// R18. The journals of refusals of a schema, and the last numbers of its trees.

import type { TreeHead, TreeHeads } from "../stores/contract/events.ts";
import {
  countNamed,
  countNameOf,
  firstMinuteKept,
  keptRefusalOf,
  refusalText,
} from "../stores/contract/refusals.ts";
import type {
  RefusalBatch,
  RefusalJournal,
  RefusalsKept,
  RefusalsQuery,
} from "../stores/contract/refusals.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

const MINUTE_MS = 60_000;

/** Runs a query once the tables exist. */
type Ask = <T>(run: () => Promise<T>) => Promise<T>;

/** The journals of one schema. */
export class PostgresJournal implements RefusalJournal {
  readonly #client: PostgresConnection;
  /** The name of the schema, quoted. */
  readonly #schema: string;
  readonly #ask: Ask;

  constructor(client: PostgresConnection, schema: string, ask: Ask) {
    this.#client = client;
    this.#schema = schema;
    this.#ask = ask;
  }

  async add(root: string, { at, lines, counts }: RefusalBatch): Promise<void> {
    const batch = {
      from: firstMinuteKept(at),
      lines: lines.map((line) => [line.at, refusalText(line)]),
      counts: counts.map((each) => [each.minute, countNameOf(each), each.count]),
    };
    await this.#answers("SELECT $schema.refuse_1($1, $2) AS answer", [root, JSON.stringify(batch)]);
  }

  async read({ root, after, sinceMs }: RefusalsQuery): Promise<RefusalsKept> {
    const lines = await this.#answers(
      `SELECT seq || ' ' || text AS answer FROM $schema.refusals
        WHERE root = $1 AND seq > $2::bigint AND at >= $3::bigint ORDER BY seq`,
      [root, String(after), String(sinceMs)],
    );
    const counts = await this.#answers(
      `SELECT minute || ' ' || count || ' ' || name AS answer FROM $schema.refusal_counts
        WHERE root = $1 AND minute > $2::bigint`,
      [root, String(sinceMs - MINUTE_MS)],
    );
    return {
      lines: lines.map((answer) => {
        const [seq, text] = partsOf(answer, 2);
        return keptRefusalOf(Number(seq), text ?? "");
      }),
      counts: counts.map((answer) => {
        const [minute, count, name] = partsOf(answer, 3);
        return countNamed(Number(minute), name ?? "", Number(count));
      }),
    };
  }

  /** Trees with refusals after a position, and all trees with entries. */
  async heads(place: string): Promise<TreeHeads> {
    const after = place === "" ? 0 : Number(place);
    const lines = await this.#answers(
      "SELECT lines || ' ' || root AS answer FROM $schema.trees WHERE lines > 0",
      [],
    );
    const refusals = await this.#answers(
      `SELECT max(seq) || ' ' || root AS answer FROM $schema.refusals
        WHERE seq > $1::bigint GROUP BY root`,
      [String(after)],
    );
    const heads = new Map<string, TreeHead>();
    for (const answer of lines) {
      const [number, root = ""] = partsOf(answer, 2);
      heads.set(root, { root, lines: Number(number), refusals: 0 });
    }
    let last = after;
    for (const answer of refusals) {
      const [number, root = ""] = partsOf(answer, 2);
      last = Math.max(last, Number(number));
      heads.set(root, { root, lines: heads.get(root)?.lines ?? 0, refusals: Number(number) });
    }
    return { heads: [...heads.values()], place: String(last) };
  }

  #answers(text: string, values: readonly string[]): Promise<readonly (string | null)[]> {
    const statement = text.replaceAll("$schema", this.#schema);
    return this.#ask(() => answersOf(this.#client, statement, values));
  }
}

/** The parts of an answer, separated by spaces; the last part has the rest. */
function partsOf(answer: string | null, count: number): readonly string[] {
  const words = (answer ?? "").split(" ");
  return [...words.slice(0, count - 1), words.slice(count - 1).join(" ")];
}
