// Writes batches in the form that the script reads: words, from the table of operations.

import type { WindowSpan } from "../core/window-rule.ts";
import type { Command } from "../stores/contract/command.ts";
import { OPERATIONS } from "./protocol.ts";

interface Writer {
  readonly letter: string;
  readonly writers: readonly ((command: Command) => string)[];
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each gets its own commands
const WRITERS = Object.fromEntries(
  Object.entries(OPERATIONS).map(([kind, { letter, words }]) => [
    kind,
    { letter, writers: Object.values(words) },
  ]),
) as unknown as { readonly [K in Command["kind"]]: Writer };

/** A batch as words: its paths and commands. */
export interface RequestWords {
  readonly paths: readonly string[];
  readonly words: readonly string[];
  /** Long texts, to which words refer by their position among the arguments, after a tab. */
  readonly texts: readonly string[];
}

/** Texts from this length on are separate arguments, which saves encoding them as JSON. */
const LONG = 256;
/** The position of the first of them among the arguments of the script. */
const FIRST_TEXT = 6;

/** Writes a batch as words. */
export function wordsOf(commands: readonly Command[]): RequestWords {
  const places = new Map<string, string>();
  const words: string[] = [];
  const texts: string[] = [];
  for (const command of commands) {
    let place = places.get(command.path);
    if (place === undefined) {
      place = String(places.size + 1);
      places.set(command.path, place);
    }
    addWords(words, command, place);
    const last = words.at(-1) ?? "";
    if (command.kind === "draw" && last.length >= LONG) {
      words[words.length - 1] = `\t${FIRST_TEXT + texts.length}`;
      texts.push(last);
    }
  }
  return { paths: withThoseAbove([...places.keys()]), words, texts };
}

/** Returns paths, followed by those of the pools above that are not among them. */
export function withThoseAbove(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1))
      all.add(path.slice(0, end));
  }
  return [...all];
}

/** Returns the words for the periods of windows, preceded by their number. */
export function spanWords(spans: ReadonlyMap<string, WindowSpan>): string[] {
  const words = [String(spans.size)];
  for (const [text, { startsAt, endsAt }] of spans)
    words.push(text, String(startsAt), String(endsAt));
  return words;
}

function addWords(words: string[], command: Command, path: string): void {
  const { letter, writers } = WRITERS[command.kind];
  words.push(letter, path);
  for (const write of writers) words.push(write(command));
}
