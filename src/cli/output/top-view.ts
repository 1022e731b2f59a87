// Which part of the list of pools `top` shows, as keys move it: no terminal here.

import { nextOrder } from "../store/pool-selection.ts";
import type { Selection } from "../store/pool-selection.ts";

/** A key as a terminal sends it: a sequence that begins with Esc, or a character. */
const KEY = new RegExp(String.raw`${"\u001B"}(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|[^]`, "gu");
const CTRL_C = "\u0003";
const ESCAPE = "\u001B";
const ENTER_KEYS: ReadonlySet<string> = new Set(["\r", "\n"]);
const DELETE_KEYS: ReadonlySet<string> = new Set(["\u007F", "\b"]);
/** The keys that move, and by how many lines or pages. */
const LINES: Readonly<Record<string, number>> = { "\u001B[A": -1, k: -1, "\u001B[B": 1, j: 1 };
const PAGES: Readonly<Record<string, number>> = { "\u001B[5~": -1, "\u001B[6~": 1, " ": 1, b: -1 };
const ENDS: Readonly<Record<string, number>> = {
  g: 0,
  "\u001B[H": 0,
  G: Number.MAX_SAFE_INTEGER,
  "\u001B[F": Number.MAX_SAFE_INTEGER,
};

/** Returns the keys in what a terminal has sent: several, where the program was busy meanwhile. */
export function keysIn(text: string): readonly string[] {
  return text.match(KEY) ?? [];
}

/** The selection, and the first visible pool in it. */
export class View {
  #selection: Selection;
  #first = 0;
  #rows = 1;
  #isTyping = false;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  get selection(): Selection {
    return this.#selection;
  }

  /** The index of the first pool on the screen. */
  get first(): number {
    return this.#first;
  }

  /** The search and order in the first line. */
  get note(): string {
    const { search, order } = this.#selection;
    if (this.#isTyping) return `/${search}_`;
    return [
      ...(search === "" ? [] : [`/${search}`]),
      ...(order === "name" ? [] : [`by ${order}`]),
    ].join(" ");
  }

  /** Keeps the screen within the list, which may be shorter now. */
  fit(pools: number, rows: number): void {
    this.#rows = Math.max(1, rows);
    this.#first = Math.max(0, Math.min(this.#first, pools - this.#rows));
  }

  /** Handles a key; returns whether it ends the program. */
  press(key: string): boolean {
    if (key === CTRL_C) return true;
    if (this.#isTyping) {
      this.#type(key);
      return false;
    }
    if (key === "q" || key === "Q") return true;
    if (key === "/") {
      this.#isTyping = true;
      this.#search("");
    } else if (key === "s") {
      this.#selection = { ...this.#selection, order: nextOrder(this.#selection.order) };
      this.#first = 0;
    } else if (key === ESCAPE) this.#search("");
    else {
      const by = LINES[key] ?? (PAGES[key] ?? 0) * this.#rows;
      this.#first = Math.max(0, ENDS[key] ?? this.#first + by);
    }
    return false;
  }

  #type(key: string): void {
    const { search } = this.#selection;
    if (ENTER_KEYS.has(key)) this.#isTyping = false;
    else if (key === ESCAPE) {
      this.#isTyping = false;
      this.#search("");
    } else if (DELETE_KEYS.has(key)) this.#search(search.slice(0, -1));
    else if (!key.startsWith(ESCAPE)) this.#search(search + key.toLowerCase());
  }

  #search(search: string): void {
    this.#selection = { ...this.#selection, search };
    this.#first = 0;
  }
}
