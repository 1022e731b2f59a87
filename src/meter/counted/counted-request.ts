// The bound of a request that continues one the provider has counted: the count of that request and
// of its answer, plus the bytes of everything new, including the answer's. Providers bill reasoning
// that they keep on their side, but leave it out of the count of the text, so both the count of an
// answer and its bytes are added.

import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../../core/usage.ts";
import type { Usage } from "../../core/usage.ts";
import type { Continuation, Conversation } from "../../wire/conversation.ts";
import { inputBytesOf } from "../../wire/input-bound.ts";
import type { WireUsage } from "../../wire/wire-usage.ts";

import { isSameModel } from "../settlement-table.ts";
import type { BoundRequest, BoundWire, TighterBound } from "../tighter-bounds.ts";
import type { KeptCount } from "./count-memory.ts";
import type { CountedRequests } from "./counted-requests.ts";
import { fingerprintOfAnswer, fingerprintOfPlace, fingerprintsOf } from "./fingerprints.ts";
import type { MessagePosition } from "./fingerprints.ts";
import type { Digest } from "./keyed-hash.ts";
import { placeOf } from "./place.ts";
import { cacheMark, cacheMarked, trustedTokens } from "./trusted-cache.ts";

/** What a template adds around existing messages. */
const TEMPLATE_TOKENS = 256;
/** What the first citation adds. https://platform.claude.com/docs/en/build-with-claude/citations */
const CITATIONS_TOKENS = 1024;

/** What is known of a request from earlier ones; everything is computed lazily. */
export class CountedRequest {
  readonly #counts: CountedRequests;
  readonly #request: BoundRequest;
  readonly #wire: BoundWire;
  readonly #isUsable: boolean;
  /** Whether the provider may search the web for it, and read the results in more passes. */
  readonly #maySearch: boolean;
  #place: MessagePosition | undefined;
  #prints: readonly Digest[] | undefined;
  #conversation: Conversation | undefined;
  #bound: { readonly value: TighterBound | undefined } | undefined;

  constructor(counts: CountedRequests, request: BoundRequest) {
    this.#counts = counts;
    this.#request = request;
    this.#wire = request.wire;
    const { asked, provider } = request;
    const { unbounded, passes, searchesMax } = asked.input;
    const isAlone = asked.otherModels.length === 0 && provider.switchesHosts !== true;
    // More passes that only searches cause: without a search there is one.
    this.#maySearch = searchesMax > 0 && passes === searchesMax + 1;
    const isOnePass = (passes === 1 && searchesMax === 0) || this.#maySearch;
    const isUsable = isAlone && isOnePass && unbounded.length === 0;
    this.#isUsable = this.#wire.conversation !== undefined && isUsable;
  }

  /** The bound; undefined if no counted request precedes it. */
  bound(): TighterBound | undefined {
    this.#bound ??= { value: this.#isUsable ? this.#findBound() : undefined };
    return this.#bound.value;
  }

  /** The bound, including counts of other processes if this one has none. */
  async boundAmongProcesses(): Promise<TighterBound | undefined> {
    if (!this.#isUsable) return undefined;
    const continuation = this.#wire.continuation?.(this.#request.body);
    const prints = this.#maySearch ? [] : this.#printsOfMessages();
    const known = continuation === undefined ? prints : [...prints, this.#print(continuation)];
    const beginning = continuation === undefined ? prints[0] : this.#print(continuation);
    if (beginning !== undefined && this.#counts.findLast(known) === undefined)
      await this.#counts.fetch(beginning);
    return this.bound();
  }

  /**
   * Remembers the provider's count of the request and its answer, if it is certain. A count above
   * the bound shows that the provider does not keep to its own counts: after several, none is used
   * as a bound.
   */
  answered(reported: WireUsage, thinkingTokens = 0): void {
    const counted = this.#countedIn(reported, thinkingTokens);
    if (counted === undefined) return;
    const whole = this.#maySearch ? undefined : this.#printsOfMessages().at(-1);
    if (whole !== undefined) this.#counts.remember(whole, counted, this.#prints?.[0]);
    this.#rememberAnswer(reported.id, counted, true);
  }

  /** Remembers only by the id of the answer, which costs next to nothing. */
  answeredById(reported: WireUsage): void {
    if (reported.id === undefined || this.#wire.continuation === undefined) return;
    this.#rememberAnswer(reported.id, this.#countedIn(reported), false);
  }

  #findBound(): TighterBound | undefined {
    if (this.#counts.isDistrusted(this.#placePrint())) return undefined;
    const continuation = this.#wire.continuation?.(this.#request.body);
    const known = this.#maySearch ? undefined : this.#boundOfMessages();
    return known ?? (continuation && this.#boundOfContinuation(continuation));
  }

  #boundOfMessages(): TighterBound | undefined {
    const prints = this.#printsOfMessages();
    const found = this.#counts.findLast(prints);
    const conversation = this.#conversationOf();
    if (found === undefined || conversation === undefined) return undefined;
    const { counted } = found;
    const { messages, isFetched, cites, bodyOf } = conversation;
    const begun = found.index + 1;
    // Content at an address may have changed.
    const added = messages.filter((message, index) => index >= begun || isFetched(message));
    const tokens = added.length === 0 ? TEMPLATE_TOKENS : this.#tokensOf(bodyOf(added));
    if (tokens === undefined) return undefined;
    // A repeated request does not continue an answer.
    const answer = begun === messages.length ? 0 : counted.outputTokens;
    const firstCitation = added.some(cites) && !messages.slice(0, begun).some(cites);
    return {
      inputTokens: counted.inputTokens + answer + tokens + (firstCitation ? CITATIONS_TOKENS : 0),
      cacheReadTokens: this.#trusted(counted, conversation, begun),
      cacheThinkingTokens: cacheMarked(counted.cachedTokens).thinking,
      inputTokensLeast: counted.inputTokens,
    };
  }

  #boundOfContinuation(continuation: Continuation): TighterBound | undefined {
    const found = this.#counts.findLast([this.#print(continuation)]);
    const tokens = found && this.#tokensOf(continuation.body);
    if (found === undefined || tokens === undefined) return undefined;
    const { inputTokens, outputTokens } = found.counted;
    return { inputTokens: inputTokens + outputTokens + tokens, inputTokensLeast: inputTokens };
  }

  #trusted(counted: KeptCount, conversation: Conversation, begun: number): number {
    const { cacheTrustMs: trustMs, now } = this.#counts;
    const { asked, provider, isAccountHidden } = this.#request;
    // A cache belongs to an account.
    const isTrusted = trustMs > 0 && provider.keepsCaches === true && isAccountHidden !== true;
    if (!isTrusted || asked.cacheWrites === "none") return 0;
    return trustedTokens(counted, conversation, begun, { trustMs, now });
  }

  /** Returns the most tokens of a part of the request; undefined if only its window bounds it. */
  #tokensOf(part: object): number | undefined {
    const { url, provider } = this.#request;
    const text = JSON.stringify(part);
    const bytes = inputBytesOf(text);
    const input = this.#wire.asked({ body: part, text, bytes, url, provider }).input;
    if (input === undefined) return undefined;
    const isBounded = input.upToWindow.length === 0 && input.unbounded.length === 0;
    if (!isBounded || (input.passes !== 1 && !this.#maySearch)) return undefined;
    // Text between messages, which is not visible in their JSON.
    return input.tokens + input.spared;
  }

  /** Whether the report is complete, and about the requested model only. */
  #isSure({ doubts, passes, model }: WireUsage): boolean {
    const asked = this.#request.model;
    const isAsked =
      model === undefined ||
      isSameModel(model, asked) ||
      isSameModel(model, this.#counts.meant(asked));
    return doubts.length === 0 && passes.length === 0 && isAsked;
  }

  /** Returns what to remember; undefined if something is unsure, or was above the bound. */
  #countedIn(reported: WireUsage, thinkingTokens = 0): KeptCount | undefined {
    if (!this.#isUsable || !reported.isWhole) return undefined;
    const { usage } = reported;
    // Search results stay in the context, and nothing reports their size.
    if (this.#maySearch && (usage.webSearches ?? 0) > 0) return undefined;
    const inputTokens = sumOf(readUsage(usage), INPUT_CLASSES);
    if (inputTokens > (this.#bound?.value?.inputTokens ?? Number.POSITIVE_INFINITY))
      this.#counts.broken(this.#placePrint());
    if (!this.#isSure(reported)) return undefined;
    const { provider, asked } = this.#request;
    const keepsCache = provider.keepsCaches === true && asked.cacheWrites !== "none";
    return {
      inputTokens,
      outputTokens: sumOf(readUsage(usage), OUTPUT_CLASSES),
      cachedTokens: keepsCache
        ? cacheMark(Math.min(inputTokens, cachedIn(usage)), thinkingTokens)
        : 0,
      at: this.#counts.now,
    };
  }

  /** Remembers an answer by its id, unless content from an address went into it. */
  #rememberAnswer(id: string | undefined, counted: KeptCount | undefined, isNeeded: boolean): void {
    if (id === undefined || counted === undefined) return;
    const { body } = this.#request;
    const next = this.#wire.continuation?.(body, id);
    const conversation = this.#conversationOf();
    if (next === undefined || conversation === undefined) return;
    const { messages, isFetched } = conversation;
    const before = this.#wire.continuation?.(body);
    const isKnown = before === undefined || this.#counts.findLast([this.#print(before)]);
    if (!isKnown || messages.some(isFetched)) return;
    const print = this.#print(next);
    const keptCount = { ...counted, cachedTokens: 0 };
    this.#counts.remember(print, keptCount, isNeeded ? print : undefined);
  }

  #print(continuation: Continuation): Digest {
    return fingerprintOfAnswer(this.#counts.key, this.#placeOfRequest(), continuation);
  }

  #printsOfMessages(): readonly Digest[] {
    if (this.#prints !== undefined) return this.#prints;
    const conversation = this.#conversationOf();
    this.#prints =
      conversation === undefined
        ? []
        : fingerprintsOf(this.#counts.key, this.#placeOfRequest(), conversation);
    return this.#prints;
  }

  #conversationOf(): Conversation | undefined {
    this.#conversation ??= this.#wire.conversation?.(this.#request.body);
    return this.#conversation;
  }

  #placeOfRequest(): MessagePosition {
    this.#place ??= placeOf(this.#request);
    return this.#place;
  }

  #placePrint(): Digest {
    return fingerprintOfPlace(this.#counts.key, this.#placeOfRequest());
  }
}

function cachedIn({
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
  cacheWrite1hTokens = 0,
}: Usage): number {
  return cacheReadTokens + cacheWriteTokens + cacheWrite1hTokens;
}
