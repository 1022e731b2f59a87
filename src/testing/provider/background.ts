// Responses in the background: answered at once as queued, and in full when they are fetched later.

import type { Behavior, ReceivedRequest } from "./behavior.ts";
import { field } from "./format.ts";
import { responsesFormat } from "./responses-format.ts";
import type { ModelAnswer } from "./work.ts";

interface Kept {
  readonly whole: object;
  /** How many polls find it in progress. */
  pollsLeft: number;
}

/** Responses that are worked on in the background. */
export class BackgroundResponses {
  readonly #kept = new Map<string, Kept>();

  /** Returns whether a request runs in the background. */
  static isFor({ route, body }: ReceivedRequest): boolean {
    return route === "responses" && field(body, "background") === true;
  }

  /** Starts a response, and returns the first answer. */
  keep(answer: ModelAnswer, behavior: Behavior, request: ReceivedRequest): object {
    const whole = { ...responsesFormat.whole(answer, behavior, request), background: true };
    this.#kept.set(answer.id, { whole, pollsLeft: behavior.polls ?? 1 });
    return { ...whole, ...UNDER_WAY, status: "queued" };
  }

  /** Returns the state of a response; undefined if there is none. */
  at({ method, path }: ReceivedRequest): object | undefined {
    const [, id = "", cancel] = /\/responses\/([^/?]+)(\/cancel)?(?:\?|$)/.exec(path) ?? [];
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    if (cancel !== undefined && method === "POST") kept.pollsLeft = 0;
    return kept.pollsLeft-- > 0 ? { ...kept.whole, ...UNDER_WAY } : kept.whole;
  }
}

const UNDER_WAY = { status: "in_progress", output: [], usage: null };
