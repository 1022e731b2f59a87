// A request that asks for nothing out of the ordinary.

import type { Asked } from "./wire.ts";

/** The members of `Asked` that most formats have nothing to say about. */
type PlainMembers =
  | "otherModels"
  | "cacheWrites"
  | "overshoot"
  | "outputLimitMin"
  | "choices"
  | "outputMedia"
  | "service"
  | "clarifications";

/**
 * One answer of text, from the model that is named, within its limit, served by default, and kept
 * in no cache. What a format knows better it writes after this.
 */
export const PLAIN_REQUEST: Pick<Asked, PlainMembers> = {
  otherModels: [],
  cacheWrites: "none",
  overshoot: { times: 1, plus: 0 },
  outputLimitMin: 1,
  choices: 1,
  outputMedia: [],
  service: {},
  clarifications: [],
};
