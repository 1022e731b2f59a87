// Makes the bound of a call tighter, step by step, for as long as that is of use (M6). What costs
// nothing comes first, what asks a provider last.

import { boundOf } from "./bound-request.ts";
import type { BoundParts } from "./bound-request.ts";
import type { Bounded } from "./bounded.ts";
import type { BoundRequest, BoundSource, Sent, TighterBound } from "./tighter-bounds.ts";
import type { WireUsage } from "../wire/wire-usage.ts";

/** The longest request, in characters, that is looked at before there is need. */
const SHORT = 65_536;
/** Hardly any text has more bytes a token than this: English has four. */
const BYTES_A_TOKEN_MAX = 8;

/** What is left of the tighter bounds of a call once it is over. */
export interface Refined extends Pick<Refinement, "names" | "isAsked" | "requests" | "isBroken"> {
  /** The call as its sources see it. */
  readonly request: BoundRequest;
  readonly sources: readonly BoundSource[];
  /** What the sources have said. */
  readonly said: ReadonlyMap<BoundSource, TighterBound> | undefined;
}

/** Tells every source what the provider has reported. */
export function teach({ sources, request, said }: Refined, reported: WireUsage, sent: Sent): void {
  for (const source of sources) {
    try {
      source.learn?.(request, reported, said?.get(source), sent);
    } catch {
      // What cannot be learned from is forgotten: the call has its answer.
    }
  }
}

/** The tighter bounds of one call. */
export class Refinement implements Refined {
  readonly #parts: BoundParts;
  readonly request: BoundRequest;
  readonly sources: readonly BoundSource[];
  readonly said: Map<BoundSource, TighterBound> = new Map();
  readonly #asked = new Set<BoundSource>();
  #best: TighterBound | undefined;
  /** Whether room is held for what tools of the provider may read: that gives way first. */
  #holdsForTools: boolean;

  constructor(parts: BoundParts, request: BoundRequest, sources: readonly BoundSource[]) {
    this.#parts = parts;
    this.request = request;
    this.sources = sources;
    this.#holdsForTools = parts.room !== undefined;
  }

  /** The sources whose word counts, by their names; empty for the request's own bytes. */
  get names(): readonly string[] {
    return [...this.said.keys()].map(({ name }) => name);
  }

  /** Whether any source was asked. */
  get isAsked(): boolean {
    return this.#asked.size > 0;
  }

  /** How often a provider was asked. */
  get requests(): number {
    return [...this.#asked].filter(({ isRemote }) => isRemote).length;
  }

  /**
   * Returns the next tighter bound, of sources that ask a provider or of the others; undefined
   * when they know none.
   */
  async next(isRemote: boolean): Promise<Bounded | undefined> {
    if (this.#holdsForTools) {
      this.#holdsForTools = false;
      return this.#bounded(this.#best);
    }
    return (await this.#ask(isRemote)) ? this.#bounded(this.#best) : undefined;
  }

  /**
   * Returns the first bound: by the bytes, and for a short request that only the context window
   * bounds, such as one that continues a response, by what is known of it here. A window is too
   * much to be held where a look costs next to nothing.
   *
   * @throws as `boundOf`.
   */
  async first(): Promise<Bounded> {
    const { upToWindow } = this.#parts.asked.input;
    if (upToWindow.length > 0 && this.request.text.length <= SHORT) await this.#ask(false);
    return boundOf({
      ...this.#parts,
      tighter: this.#best && { inputTokens: this.#best.inputTokens },
    });
  }

  /** The tightest bound that a count may come to: a hint of whether it is worth asking for. */
  hopedFor(bounded: Bounded, thinkingTokens = 0): Bounded {
    const hints = [...this.said.values()].map(({ inputTokensLeast = 0 }) => inputTokensLeast);
    const { input } = this.#parts.asked;
    const isText = input.upToWindow.length === 0 && !input.hasMedia;
    const shown = isText ? Math.floor(bounded.bound.inputTokens / BYTES_A_TOKEN_MAX) : 0;
    const inputTokens = Math.max(shown, ...hints);
    return this.#bounded({ ...this.#best, inputTokens }, thinkingTokens);
  }

  /**
   * The tightest bound so far for a request with this thinking budget in place of its own: a cache
   * is trusted only where it was written with the same.
   */
  withThinking(thinkingTokens: number): Bounded {
    return this.#bounded(this.#best, thinkingTokens);
  }

  /** The thinking budget with which the cache was written; 0 for the request's own, or no cache. */
  get cacheThinkingTokens(): number {
    return this.#best?.cacheThinkingTokens ?? 0;
  }

  /**
   * Returns whether the provider has counted more than follows from the bound that stood for the
   * call; what tools of its own have read is beside it.
   */
  isBroken(inputTokens: number): boolean {
    const { passes, unbounded } = this.#parts.asked.input;
    const isOnce = passes === 1 && unbounded.length === 0;
    return isOnce && inputTokens > (this.#best?.inputTokens ?? Number.POSITIVE_INFINITY);
  }

  /** Asks one source after the other; returns whether one of them has a tighter bound. */
  async #ask(isRemote: boolean): Promise<boolean> {
    for (const source of this.sources) {
      if (source.isRemote !== isRemote || this.#asked.has(source)) continue;
      this.#asked.add(source);
      // oxlint-disable-next-line no-await-in-loop -- the dearer ones only when they are needed
      const bound = await askedOf(source, this.request);
      if (bound !== undefined && this.#takes(source, bound)) return true;
    }
    return false;
  }

  #takes(source: BoundSource, bound: TighterBound): boolean {
    const { inputTokens, cacheReadTokens = 0 } = this.#best ?? { inputTokens: Infinity };
    const tokens = Math.min(inputTokens, bound.inputTokens);
    const read = Math.min(tokens, Math.max(cacheReadTokens, bound.cacheReadTokens ?? 0));
    if (tokens === inputTokens && read <= cacheReadTokens) return false;
    this.said.set(source, bound);
    const { cacheThinkingTokens } =
      bound.cacheReadTokens === undefined ? (this.#best ?? {}) : bound;
    this.#best = {
      inputTokens: tokens,
      ...(read > 0 && { cacheReadTokens: read, cacheThinkingTokens }),
    };
    return true;
  }

  #bounded(tighter: TighterBound | undefined, thinkingTokens = 0): Bounded {
    const isRead = (tighter?.cacheThinkingTokens ?? 0) === thinkingTokens;
    const bound = isRead ? tighter : tighter && { inputTokens: tighter.inputTokens };
    return boundOf({ ...this.#parts, room: undefined, tighter: bound });
  }
}

/** What a source says, as far as it can be counted with. */
async function askedOf(
  source: BoundSource,
  request: BoundRequest,
): Promise<TighterBound | undefined> {
  try {
    const bound = await source.tighten(request);
    if (bound === undefined || !isCount(bound.inputTokens)) return undefined;
    return isCount(bound.cacheReadTokens ?? 0) ? bound : { inputTokens: bound.inputTokens };
  } catch {
    return undefined;
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
