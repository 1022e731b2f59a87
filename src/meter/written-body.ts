// What is written into a request, and how it is removed if the provider rejects it (M9).

import { edited } from "../wire/json/set-members.ts";
import type { Edit } from "../wire/json/set-members.ts";
import type { Addition, Wire, WireRequest } from "../wire/wire.ts";
import type { Held } from "./hold-request.ts";
import type { MeterSettings } from "./settings.ts";

const REJECTED_MAX = 1000;
/** Statuses with which a server rejects a request as invalid. */
const REJECTS: ReadonlySet<number> = new Set([400, 404, 415, 422]);
const NUMBERS = /\d{2,9}/g;

/** The body of a request as it is forwarded. */
export class WrittenBody {
  readonly #settings: MeterSettings;
  readonly #original: string;
  readonly #host: string;
  readonly #clarifications: readonly Edit[];
  /** The ways to write the limit, the next one to try first. */
  #limits: readonly (readonly Edit[])[];
  #usage: Addition | undefined;
  #hasRetried = false;
  text: string;

  constructor(
    wire: Wire,
    request: WireRequest & { readonly text: string },
    clarifications: readonly Edit[],
    { limit, thinkingTokens }: Pick<Held, "limit" | "thinkingTokens">,
    settings: MeterSettings,
  ) {
    this.#settings = settings;
    this.#original = request.text;
    this.#host = request.url.host;
    this.#clarifications = clarifications;
    this.#limits =
      limit === undefined ? [] : this.#takenLimits(wire.limitEdits(request, limit, thinkingTokens));
    const usage = settings.rewrites ? wire.usageAsked?.(request) : undefined;
    this.#usage = usage !== undefined && this.#isTaken(usage.field) ? usage : undefined;
    this.text = this.#written();
  }

  /** The thinking budget that was written with the limit; undefined if it was not changed. */
  get thinkingTokens(): number | undefined {
    const edit = this.#limits[0]?.find(([path]) => path.at(-1) === "budget_tokens");
    return edit === undefined ? undefined : Number(edit[1]);
  }

  /** Whether usage was requested on behalf of the caller, who does not expect it. */
  get asksForUsage(): boolean {
    return this.#usage !== undefined;
  }

  /** Returns whether a rejection may be due to what was written. */
  mayRetry(status: number): boolean {
    const hasAdded = this.#usage !== undefined || this.#limits.length > 0;
    return hasAdded && !this.#hasRetried && REJECTS.has(status);
  }

  /**
   * Returns whether to send the request again, because the answer rejects an added field; `text` no
   * longer has it. It is not added again for this host.
   */
  retry(answer: string): boolean {
    this.#hasRetried = true;
    if (this.#usage !== undefined && /stream_options|include_usage/.test(answer)) {
      this.#reject(this.#usage.field);
      this.#usage = undefined;
    } else if (!this.#retryLimit(answer)) return false;
    this.text = this.#written();
    return true;
  }

  /** Tries the other name of the limit, or the lower one that the server names. */
  #retryLimit(answer: string): boolean {
    const [edits = [], ...others] = this.#limits;
    const named = edits.find(([path]) => answer.includes(String(path.at(-1))));
    if (named === undefined) return false;
    const [path, limit] = named;
    const lower = (answer.match(NUMBERS) ?? [])
      .map(Number)
      .filter((each) => each < Number(limit))
      .reduce((most, each) => Math.max(most, each), 0);
    if (lower > 0) {
      this.#limits = [edits.map(([each, value]): Edit => [each, Math.min(Number(value), lower)])];
      return true;
    }
    if (others.length === 0) return false;
    this.#reject(String(path.at(-1)));
    this.#limits = others;
    return true;
  }

  #written(): string {
    return edited(this.#original, [
      ...this.#clarifications,
      ...(this.#limits[0] ?? []),
      ...(this.#usage?.edits ?? []),
    ]);
  }

  /** The ways without a name that this host has rejected, unless none would be left. */
  #takenLimits(ways: readonly (readonly Edit[])[]): readonly (readonly Edit[])[] {
    const taken = ways.filter((edits) =>
      edits.every(([path]) => this.#isTaken(String(path.at(-1)))),
    );
    return taken.length === 0 ? ways : taken;
  }

  #isTaken(field: string): boolean {
    return !this.#settings.state.rejected.has(`${this.#host} ${field}`);
  }

  #reject(field: string): void {
    const { rejected } = this.#settings.state;
    if (rejected.size < REJECTED_MAX) rejected.add(`${this.#host} ${field}`);
  }
}
