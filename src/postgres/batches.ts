// How a batch of commands is executed: applied in this process to books that are cached or were
// loaded for it, and written by one query if they are still current, or if nothing depends on that.

import { applyCommands } from "../stores/books/apply.ts";
import { newId } from "../stores/client/id.ts";
import type { Command, Outcome } from "../stores/contract/command.ts";
import { BooksBefore, movedOutcomes } from "./differences.ts";
import { KnownBooks } from "./known-books.ts";
import { loadedOf, writtenOf } from "./loaded.ts";
import type { Loaded, Written } from "./loaded.ts";
import { PostgresBooks } from "./postgres-books.ts";
import { answersOf, pause, unlessInTheWay } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";
import { lostAmong, withLost } from "./request.ts";
import type { Request } from "./request.ts";

/** The longest pause while another process has the turn; the server waits for it before. */
const [PAUSE_MS_MAX, TURN_WAIT_MS] = [8, "10"];
/** How often differences are tried before all figures are written, in a turn. */
const PLAIN_TRIES_MAX = 10;
/** The value when no process has the turn. */
const NOBODY = "";

/** The outcomes if the batch was written; or the current books, if the server returned them. */
interface Tried {
  readonly outcomes?: readonly Outcome[];
  readonly loaded?: Loaded;
  /** Whether the batch could be written as differences; undefined if it was not judged. */
  readonly isPlain?: boolean;
}

/** Executes the batches of one process. */
export class PostgresBatches {
  readonly #client: PostgresConnection;
  /** The name of the schema, quoted. */
  readonly #schema: string;
  readonly #timeoutMs: number;
  readonly #known = new KnownBooks();

  constructor(client: PostgresConnection, schema: string, timeoutMs: number) {
    this.#client = client;
    this.#schema = schema;
    this.#timeoutMs = timeoutMs;
  }

  /** Executes a batch of one tree. */
  async execute(
    root: string,
    commands: readonly Command[],
    request: Request,
  ): Promise<readonly Outcome[]> {
    const { outcomes, loaded, isPlain } = await this.#writeToKnown(root, commands, request);
    if (outcomes !== undefined) return outcomes;
    const isTurnTaken = isPlain === false && loaded === undefined;
    const turn = isTurnTaken && this.#known.needTurn(root, commands) ? newId() : NOBODY;
    return await this.#loadAndWrite(root, commands, request, turn, loaded);
  }

  /** One round trip, if the cache has all that the commands touch, and it is not stale. */
  async #writeToKnown(
    root: string,
    commands: readonly Command[],
    request: Request,
  ): Promise<Tried> {
    const known = this.#known.take(root, commands, request);
    if (known === undefined) return {};
    const { books, at } = known;
    const { now } = request;
    const judged = new JudgedBatch(books, commands, request, { at, now: now ?? at });
    // A write of all figures is cheaper, but it is too late once others write.
    const isAlone = books.isExact && !this.#known.needTurn(root, commands);
    const differences = isAlone ? undefined : judged.differences();
    if (differences !== undefined)
      return await this.#writeDifferences(root, judged, differences, NOBODY);
    if (!isAlone) return { isPlain: false };
    const written = books.written(at, { now, fresh: judged.fresh });
    // Read-only commands are answered from the current books.
    if (written === undefined) return {};
    const sent = { written, packs: books.packs };
    const answer = await this.#write("write_2", root, NOBODY, sent, request);
    if (answer === undefined) return {};
    if ("version" in answer) {
      this.#known.noteOthers(root);
      return { loaded: answer };
    }
    books.settle();
    this.#known.remember(root, books, answer.at);
    return { outcomes: judged.outcomes };
  }

  /** Two round trips, and two more for each time that another process was faster. */
  async #loadAndWrite(
    root: string,
    commands: readonly Command[],
    requested: Request,
    firstTurn: string,
    loadedBefore?: Loaded,
  ): Promise<readonly Outcome[]> {
    const endsAt = performance.now() + this.#timeoutMs;
    let request = requested;
    /** Requested once another process was faster. */
    let turn = firstTurn;
    let tries = 0;
    let loaded = loadedBefore ?? (await this.#load(root, request, turn));
    for (;;) {
      if (loaded !== undefined) {
        const books = new PostgresBooks(root, loaded);
        const lost = lostAmong(commands, books).filter((id) => !request.ids.includes(id));
        if (lost.length > 0) {
          request = withLost(request, lost);
          // oxlint-disable-next-line no-await-in-loop -- it is seldom, and the rest depends on it
          loaded = await this.#load(root, request, turn);
          continue;
        }
        // R11. Expired leases are freed before anything is judged, however many there are.
        const isComplete = loaded.more !== true;
        const judged = new JudgedBatch(books, isComplete ? commands : [], request, loaded);
        // oxlint-disable-next-line no-await-in-loop -- the next try waits for this one
        const tried = await this.#writeLoaded(root, judged, loaded, turn, tries < PLAIN_TRIES_MAX);
        if (tried.outcomes !== undefined && isComplete) return tried.outcomes;
        if (tried.outcomes === undefined) {
          // Differences are seldom too late twice, and a turn would delay those of all others.
          if (tried.isPlain !== true || ++tries >= PLAIN_TRIES_MAX) {
            this.#known.noteOthers(root);
            if (turn === NOBODY) turn = newId();
          }
          if (tried.loaded !== undefined && turn === NOBODY) {
            loaded = tried.loaded;
            continue;
          }
        }
      } else {
        // oxlint-disable-next-line no-await-in-loop -- it is another process's turn
        await pause(1 + Math.random() * (PAUSE_MS_MAX - 1));
      }
      if (performance.now() >= endsAt) throw new Error("other processes were faster every time");
      // oxlint-disable-next-line no-await-in-loop -- the next try begins with what is there by then
      loaded = await this.#load(root, request, turn);
    }
  }

  /** Loads the books, and takes the turn if named; undefined while another process has the turn. */
  async #load(root: string, request: Request, turn = NOBODY): Promise<Loaded | undefined> {
    const asked = JSON.stringify(request);
    const isFree = turn === NOBODY;
    const call = isFree ? "load_1($1, $2)" : "claim_2($1, $2, $3, $4::integer)";
    const values = isFree ? [root, asked] : [root, asked, turn, TURN_WAIT_MS];
    const answers = answersOf(this.#client, `SELECT ${this.#schema}.${call} AS answer`, values);
    const [answer] = await (isFree ? answers : unlessInTheWay(answers));
    return loadedOf(answer);
  }

  /** Whether the books are now stored: they were written, or did not change. */
  async #writeLoaded(
    root: string,
    judged: JudgedBatch,
    { at, turn: turnThere }: Loaded,
    turn: string,
    mayDiffer: boolean,
  ): Promise<Tried> {
    const { books, outcomes } = judged;
    const isOthersTurn = typeof turnThere === "string" && turnThere !== turn;
    const differences = mayDiffer ? judged.differences(isOthersTurn) : undefined;
    if (differences !== undefined)
      return await this.#writeDifferences(root, judged, differences, turn);
    const written = books.written(at, undefined);
    if (written === undefined && (turn === NOBODY || isOthersTurn)) {
      this.#known.remember(root, books, at);
      return { outcomes };
    }
    if (isOthersTurn) return {};
    const sent = { written: written ?? books.nothing(at), packs: books.packs };
    const answer = await this.#write("write_2", root, turn, sent, undefined);
    if (answer === undefined) return written === undefined ? { outcomes } : {};
    books.settle();
    this.#known.remember(root, books, answer.at);
    return { outcomes };
  }

  /** Writes what would be the same in all books with as much room. */
  async #writeDifferences(
    root: string,
    { books, outcomes, request }: JudgedBatch,
    written: string,
    turn: string,
  ): Promise<Tried> {
    const sent = { written, packs: books.packs };
    const answer = await this.#write("write_3", root, turn, sent, request);
    if (answer === undefined) return { isPlain: true };
    if ("version" in answer) return { loaded: answer, isPlain: true };
    const moved = books.settleDifferences(answer);
    if (!books.isExact) this.#known.noteOthers(root);
    this.#known.remember(root, books, answer.at);
    return { outcomes: movedOutcomes(outcomes, moved) };
  }

  async #write(
    call: "write_2" | "write_3",
    root: string,
    turn: string,
    { written, packs }: { readonly written: string; readonly packs: string },
    request: Request | undefined,
  ): Promise<Loaded | Written | undefined> {
    const text = `SELECT ${this.#schema}.${call}($1, $2, $3, $4, $5) AS answer`;
    const asked = request === undefined ? "" : JSON.stringify(request);
    const values = [root, turn, asked, written, packs];
    const [answer] = await unlessInTheWay(answersOf(this.#client, text, values));
    return writtenOf(answer);
  }
}

/** A batch that was applied to books. */
class JudgedBatch {
  readonly books: PostgresBooks;
  readonly request: Request;
  readonly outcomes: readonly Outcome[];
  /** The ids that no one may have used meanwhile. */
  readonly fresh: readonly string[];
  readonly #before: BooksBefore;
  readonly #at: number;

  constructor(
    books: PostgresBooks,
    commands: readonly Command[],
    request: Request,
    { at, now }: { readonly at: number; readonly now: number },
  ) {
    this.books = books;
    this.request = request;
    this.#at = at;
    this.#before = new BooksBefore(books, commands, request);
    this.fresh = request.ids.filter((id) => books.reservation(id) === undefined);
    this.outcomes = applyCommands(books, commands, now);
  }

  /**
   * Returns the changes as differences, if they are the same in all books with as much room. If it
   * `waits`, the server waits while it is another process's turn: that makes the query longer.
   */
  differences(waits = false): string | undefined {
    const { now } = this.request;
    const known = { now, fresh: this.fresh, ...(waits && { waits }) };
    return this.books.writtenAsDifferences(this.#at, known, this.#before, this.outcomes);
  }
}
