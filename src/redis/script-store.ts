// The store contract over one client: a script call for every batch.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { windowAt } from "../core/window.ts";
import type { WindowSpan } from "../core/window-rule.ts";
import type { Command, Outcome } from "../stores/contract/command.ts";
import type { TreeHeads } from "../stores/contract/events.ts";
import { StoreIncompatible, StoreUnavailable } from "../stores/contract/errors.ts";
import { CLOCK_BACK_MS } from "../stores/books/first-since.ts";
import type { LineTime } from "../stores/books/first-since.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { isBelow, rootPath } from "../stores/contract/path.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import type { ForgetQuery, LedgerQuery, NewestQuery, Store } from "../stores/contract/store.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import { Unsummed } from "../stores/books/unsummed.ts";
import { storedWindow } from "../stores/contract/stored-settings.ts";
import { Channels } from "./channels.ts";
import { sumsIn, sumUp } from "./ledger-sums.ts";
import type { SumsPlace } from "./ledger-sums.ts";
import { warnOfEviction } from "./eviction.ts";
import { holdsInRedis } from "./open-holds.ts";
import { PoolIndex } from "./pool-index.ts";
import { RankIndex } from "./rank-index.ts";
import { RedisDocuments } from "./redis-documents.ts";
import { RedisJournal } from "./redis-journal.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { FIRST_SINCE, MANY_FIGURES, SUM_UP } from "./lua/scripts.ts";
import type { LuaScript } from "./lua/scripts.ts";
import { ScriptCalls } from "./script-calls.ts";
import { streamEntriesOf, replyTextsOf } from "./server-replies.ts";
import { outcomeOf } from "./reply.ts";
import { spanWords, withThoseAbove, wordsOf } from "./request.ts";
import { templatesInRedis, writeTemplate } from "./redis-templates.ts";
import { TreeCalls } from "./tree-calls.ts";

const REPLICAS_MS = 1000;
const ENTRIES_AT_ONCE = 100;
const ROOTS_AT_ONCE = 1000;
/**
 * Errors of the server that are final: missing rights do not appear a second later, and books with
 * missing parts, or keys of another type, do not repair themselves.
 */
const REFUSED_FOR_GOOD = /^(?:NOAUTH|WRONGPASS|NOPERM|WRONGTYPE|BOOKSDAMAGED)/;

/** The arguments of the store; redis-store.ts documents each. */
interface ScriptStoreSettings {
  readonly clock?: Clock | undefined;
  readonly prefix: string;
  readonly retentionMs: number;
  readonly waitForReplicas: number;
}

/** Keeps trees of pools in Redis. */
export class ScriptStore implements Store {
  readonly batchesAtOnce: number = 4;
  readonly commandsAtOnce: number = 256;
  readonly documents: RedisDocuments;
  readonly journal: RedisJournal = new RedisJournal(
    (root) => this.#baseOf(root),
    (root, script, keys, words) => this.#call(this.#baseOf(root), script, keys, words),
  );
  readonly #connection: RedisConnection;
  readonly #settings: ScriptStoreSettings;
  readonly #scripts: ScriptCalls;
  readonly #channels: Channels | undefined;
  readonly #calls: TreeCalls;
  readonly #index: PoolIndex;
  /** Not with a cluster. */
  readonly #ranks: RankIndex | undefined;
  readonly #unsummed = new Unsummed((root) => sumUp(this.#sumsPlaceOf(root)));
  #isEvictionChecked = false;

  readonly figures?: (paths: readonly string[]) => Promise<readonly (Outcome | undefined)[]>;
  readonly watch?: (root: string, listener: () => void) => Promise<() => Promise<void>>;

  constructor(connection: RedisConnection, settings: ScriptStoreSettings) {
    this.#connection = connection;
    this.#scripts = new ScriptCalls(connection);
    this.#settings = settings;
    this.documents = new RedisDocuments(connection, settings.prefix, (...call) =>
      this.#call(...call),
    );
    // The key of the ranks is an argument of the scripts that write them.
    if (!connection.isCluster && connection.hasKeyPrefix !== true)
      this.#ranks = new RankIndex(connection, settings.prefix, (...call) => this.#call(...call));
    this.#calls = new TreeCalls(this.#scripts, settings.retentionMs, this.#ranks?.key);
    this.#index = new PoolIndex(connection, settings.prefix);
    if (!connection.isCluster) this.figures = (paths) => this.#figuresOf(paths);
    if (connection.listen === undefined) return;
    const channels = new Channels(connection.listen);
    this.#channels = channels;
    this.watch = (root, listener) => channels.watch(this.#channelOf(root), listener);
  }

  async execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    try {
      const made = commands.filter(makesPool).map(({ path }) => path);
      if (made.length > 0) {
        await this.#index.begin(this.#rootsKey(), () => this.#ranks?.begin());
        await Promise.all([this.#addRoot(root), this.#index.add(withThoseAbove(made))]);
      }
      const outcomes = await this.#run(root, commands);
      this.#unsummed.count(root, commands.length);
      if (!this.#isEvictionChecked) this.#checkEviction();
      if (this.#settings.waitForReplicas > 0) await this.#waitForReplicas(root);
      return outcomes;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("BOOKSNEWER"))
        throw new StoreIncompatible(
          `${error.message.slice("BOOKSNEWER ".length)}; install the version of token-budget that wrote them, or a later one`,
        );
      if (error instanceof Error && REFUSED_FOR_GOOD.test(error.message))
        throw new StoreUnavailable(root, 0, error);
      throw error;
    }
  }

  async paths(): Promise<readonly string[]> {
    const rootsKey = this.#rootsKey();
    const roots = replyTextsOf(await this.#connection.send(rootsKey, ["SMEMBERS", rootsKey]));
    const paths: string[] = [];
    for (let first = 0; first < roots.length; first += ROOTS_AT_ONCE) {
      const some = roots.slice(first, first + ROOTS_AT_ONCE).map(async (root) => {
        const key = `${this.#baseOf(root)}:paths`;
        return replyTextsOf(await this.#connection.send(key, ["SMEMBERS", key]));
      });
      // oxlint-disable-next-line no-await-in-loop -- all at once, the last would wait too long
      for (const each of (await Promise.all(some)).flat()) paths.push(each);
    }
    return paths;
  }

  pathsAfter(query: PathsQuery): Promise<readonly PlacedPath[]> | undefined {
    if (query.by === "path") return this.#index.after(query, () => this.paths());
    if (query.below !== undefined) return undefined;
    return this.#ranks?.after(
      query,
      () => this.paths(),
      (paths) => this.#usedOf(paths),
    );
  }

  /** One call for pools of many trees. */
  async #figuresOf(paths: readonly string[]): Promise<readonly (Outcome | undefined)[]> {
    const { clock, prefix } = this.#settings;
    const keys = paths.flatMap((path) => {
      const base = this.#baseOf(rootPath(path));
      return [`${base}:tree`, `${base}:pool:${path}`];
    });
    const now = clock === undefined ? "" : String(Math.floor(readClock(clock)));
    const words = [now, JSON.stringify(keys)];
    const texts = await this.#call(prefix, MANY_FIGURES, [], words);
    return texts.map((text, at) => (text === "" ? undefined : outcomeOf(text, paths[at] ?? "")));
  }

  /** Returns the used nano-dollars of pools; undefined for missing ones. */
  async #usedOf(paths: readonly string[]): Promise<readonly (number | undefined)[]> {
    const outcomes = await this.#figuresOf(paths);
    const used = outcomes.map(async (outcome, index) => {
      const path = paths[index] ?? "";
      const known = outcome ?? (await this.#run(rootPath(path), [{ kind: "snapshot", path }]))[0];
      if (known?.kind !== "figures") return undefined;
      return known.figures.taken.nanoUsd - known.figures.reserved.nanoUsd;
    });
    return await Promise.all(used);
  }

  async ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> {
    const { path, after, sinceMs, limit, only } = query;
    const key = `${this.#baseOf(rootPath(path))}:${only ?? "ledger"}`;
    const lines: StoredEntry[] = [];
    const start = sinceMs > 0 ? await this.#firstSince(key, sinceMs, after) : after;
    let from = start > after ? `(${start}-1` : await this.#entryWith(key, after + 1);
    while (lines.length < limit) {
      const words = ["XRANGE", key, from, "+", "COUNT", String(ENTRIES_AT_ONCE)];
      // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
      const entries = streamEntriesOf(await this.#connection.send(key, words));
      for (const line of entries.flatMap(({ lines: those }) => those)) {
        const isWanted = line.seq > after && line.at >= sinceMs && isBelow(line.path, path);
        if (isWanted && lines.length < limit) lines.push(line);
      }
      if (entries.length < ENTRIES_AT_ONCE) break;
      from = `(${entries.at(-1)?.id}`;
    }
    return lines;
  }

  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    const { path, after, before, sinceMs, limit, only } = query;
    const key = `${this.#baseOf(rootPath(path))}:${only ?? "ledger"}`;
    const lines: StoredEntry[] = [];
    let from = before > Number.MAX_SAFE_INTEGER - 1 ? "+" : `(${before}-1`;
    while (lines.length < limit) {
      const words = ["XREVRANGE", key, from, "-", "COUNT", String(ENTRIES_AT_ONCE)];
      // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
      const entries = streamEntriesOf(await this.#connection.send(key, words));
      for (const line of entries.flatMap((entry) => entry.lines.toReversed())) {
        const isWanted = line.seq < before && line.seq > after && line.at >= sinceMs;
        if (isWanted && isBelow(line.path, path) && lines.length < limit) lines.push(line);
      }
      const last = entries.at(-1);
      const oldest = last?.lines[0];
      if (last === undefined || entries.length < ENTRIES_AT_ONCE) break;
      if (oldest !== undefined && (oldest.seq <= after || oldest.at < sinceMs - CLOCK_BACK_MS))
        break;
      from = `(${last.id}`;
    }
    return lines;
  }

  async holds(query: HoldsQuery): Promise<readonly ListedHold[]> {
    const base = this.#baseOf(rootPath(query.path));
    return await holdsInRedis(base, (words) => this.#connection.send(base, words), query);
  }

  /**
   * Returns the id of the stream entry that contains a ledger entry: the entries of a batch share
   * one, named by the first.
   */
  async #entryWith(key: string, seq: number): Promise<string> {
    if (seq <= 1) return "-";
    const words = ["XREVRANGE", key, `${seq}-1`, "-", "COUNT", "1"];
    const [entry] = streamEntriesOf(await this.#connection.send(key, words));
    return entry?.id ?? "-";
  }

  /** Returns a number below that of all entries since a time. */
  async #firstSince(key: string, sinceMs: number, after: number): Promise<number> {
    const words = [String(after), String(sinceMs - CLOCK_BACK_MS)];
    const [number] = await this.#call(key, FIRST_SINCE, [key], words);
    return Number(number);
  }

  async #firstOf(key: string, ...words: string[]): Promise<LineTime | undefined> {
    const page = await this.#connection.send(key, [...words, "COUNT", "1"]);
    return streamEntriesOf(page)[0]?.lines[0];
  }

  async sums(query: SumsQuery): Promise<readonly ListedSum[]> {
    return await sumsIn(this.#sumsPlaceOf(rootPath(query.path)), query);
  }

  #sumsPlaceOf(root: string): SumsPlace {
    const base = this.#baseOf(root);
    const key = `${base}:ledger`;
    return {
      base,
      send: async (words) => replyTextsOf(await this.#connection.send(base, words)),
      sumUp: (entries) => this.#call(base, SUM_UP, [`${base}:tree`], [entries]),
      firstAt: async () => (await this.#firstOf(key, "XRANGE", key, "-", "+"))?.at,
      lines: (query) => this.ledger(query),
    };
  }

  async forget({ root, through }: ForgetQuery): Promise<void> {
    const key = `${this.#baseOf(root)}:ledger`;
    await sumUp(this.#sumsPlaceOf(root));
    const words = ["XREVRANGE", key, `${through}-1`, "-", "COUNT", "1"];
    const page = await this.#connection.send(key, words);
    // The entries of a batch share one stream entry, which is deleted with the last of them.
    const [entry] = streamEntriesOf(page);
    const isWhole = (entry?.lines.at(-1)?.seq ?? 0) <= through;
    const first = isWhole ? `${through + 1}` : (entry?.id ?? "0");
    await this.#connection.send(key, ["XTRIM", key, "MINID", first]);
  }

  async heads(place: string): Promise<TreeHeads> {
    const rootsKey = this.#rootsKey();
    const roots = replyTextsOf(await this.#connection.send(rootsKey, ["SMEMBERS", rootsKey]));
    const atOnce = this.#connection.isCluster ? 1 : ROOTS_AT_ONCE / 2;
    return { heads: await this.journal.heads(roots, atOnce), place };
  }

  templates(): Promise<readonly TemplateText[]> {
    return templatesInRedis(this.#connection, this.#templatesKey());
  }

  async setTemplate(pattern: string, text: string | undefined): Promise<void> {
    await writeTemplate(this.#connection, this.#templatesKey(), pattern, text);
  }

  async close(): Promise<void> {
    await this.#channels?.close();
  }

  /** Calls the script until it has executed the batch. */
  async #run(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    const base = this.#baseOf(root);
    const { clock } = this.#settings;
    const { paths, words, texts: longTexts } = wordsOf(commands);
    const spans = new Map<string, WindowSpan>();
    let isReading = commands.every(readsOnly);
    for (;;) {
      const now = clock === undefined ? "" : String(Math.floor(readClock(clock)));
      const batch = [String(paths.length), ...paths, ...spanWords(spans), ...words];
      // oxlint-disable-next-line no-await-in-loop -- it says what is missing, or that there is more
      const [kind, ...texts] = await this.#calls.ask({
        base,
        keys: isReading ? paths.map((path) => `${base}:pool:${path}`) : [base],
        isReading,
        now,
        // Only texts, and no numbers: one word is faster than hundreds.
        words: JSON.stringify(batch),
        count: commands.length,
        longTexts,
      });
      if (kind === "ok") {
        return texts.map((text, index) => outcomeOf(text, commands[index]?.path ?? ""));
      }
      if (kind === "roll") addSpans(spans, texts);
      else if (kind === "all") isReading = false;
      else if (kind !== "more") throw new Error(`The script has answered with ${describe(kind)}`);
    }
  }

  async #call(
    base: string,
    script: LuaScript,
    keys: readonly string[],
    words: readonly string[],
  ): Promise<readonly string[]> {
    return replyTextsOf(await this.#scripts.call(base, script, keys, words));
  }

  async #addRoot(root: string): Promise<void> {
    const key = this.#rootsKey();
    await this.#connection.send(key, ["SADD", key, root]);
  }

  async #waitForReplicas(root: string): Promise<void> {
    const { waitForReplicas } = this.#settings;
    const words = ["WAIT", String(waitForReplicas), String(REPLICAS_MS)];
    const reached = await this.#connection.send(this.#baseOf(root), words);
    if (Number(reached) < waitForReplicas) {
      throw new Error(`only ${String(reached)} of ${waitForReplicas} replicas confirmed the write`);
    }
  }

  #checkEviction(): void {
    this.#isEvictionChecked = true;
    void warnOfEviction(this.#connection, this.#rootsKey(), this.#settings.prefix);
  }

  /** Returns the prefix of a tree's keys. Braces make Redis put them all into one slot. */
  #baseOf(root: string): string {
    return `${this.#settings.prefix}:{${encodeURIComponent(root)}}`;
  }

  #channelOf(root: string): string {
    return `${this.#baseOf(root)}:freed`;
  }

  #templatesKey(): string {
    return `${this.#settings.prefix}:templates`;
  }

  #rootsKey(): string {
    return `${this.#settings.prefix}:roots`;
  }
}

/** Whether a command may create a root. */
function makesPool(command: Command): boolean {
  return command.kind === "open" && command.ifThere !== true;
}

/** Whether a command touches only pools. */
function readsOnly({ kind }: Command): boolean {
  return kind === "snapshot" || kind === "check";
}

/** The windows that are to roll at the server's time. */
function addSpans(spans: Map<string, WindowSpan>, [now, ...windows]: readonly string[]): void {
  for (const text of windows) {
    const rule = storedWindow(text);
    if (rule !== undefined) spans.set(text, windowAt(rule, Number(now)));
  }
}
