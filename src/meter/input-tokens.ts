// The most input tokens of a call, from its request and from the context window.

import type { Price } from "../prices/index.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import type { MeterSettings } from "./settings.ts";
import { CannotMeter } from "./refusals.ts";

/** The arguments of an input bound. */
export interface InputFacts {
  readonly asked: Asked;
  /** The prices of the requested model, and of those that may answer instead. */
  readonly prices: readonly [Price, ...Price[]];
  readonly provider: Provider;
  readonly settings: MeterSettings;
  readonly model: string;
  /** The requested beta features; undefined if the transport does not know them. */
  readonly betas: string | undefined;
}

/**
 * Returns the most input tokens of a call, in as many passes as are held for; undefined if nothing
 * bounds them.
 */
export function inputTokensOf(facts: InputFacts): number | undefined {
  const { input } = facts.asked;
  const { unbounded } = facts.settings;
  const isLetThrough = unbounded === "overage";
  if (input.unbounded.length > 0 && unbounded === "refuse") return undefined;
  const readsOn = (input.unbounded.length > 0 || input.passes > 1) && !isLetThrough;
  const shown = shownTokensOf(facts);
  if (input.upToWindow.length === 0 && !readsOn) return onePassOf(facts, shown);
  const window = fullWindowOf(facts, shown);
  return window === undefined || isLetThrough ? window : window * input.passes;
}

/**
 * Returns the same with everything tools may read; undefined if no window is known, or no tool
 * reads.
 */
export function fullInputTokensOf(facts: InputFacts): number | undefined {
  const { unbounded, passes } = facts.asked.input;
  if (unbounded.length === 0 && passes === 1) return undefined;
  const window = fullWindowOf(facts, shownTokensOf(facts));
  return window === undefined ? undefined : window * passes;
}

/** Returns the context window of a call; undefined if unknown. */
function contextOf({ prices, provider, model, betas }: InputFacts): number | undefined {
  const byFeature = provider.contextOf?.({ model, betas }) ?? 0;
  let longest = 0;
  for (const { context, source } of prices) {
    if (context === undefined) return undefined;
    longest = Math.max(longest, source === "override" ? context : Math.max(context, byFeature));
  }
  return longest;
}

/**
 * The input of one pass fits into the context window: a provider rejects anything longer, for free.
 * The window of a guessed model, or at an unknown host, proves nothing.
 */
function onePassOf(facts: InputFacts, shown: number): number {
  const { asked, prices, provider } = facts;
  const isSaid = prices.every(
    ({ source, isGuess }) => source === "override" || (provider.prices !== undefined && !isGuess),
  );
  const context = isSaid && !asked.input.isMany ? contextOf(facts) : undefined;
  return Math.min(shown, context ?? shown);
}

function fullWindowOf(facts: InputFacts, shown: number): number | undefined {
  const context = contextOf(facts);
  return context === undefined ? undefined : Math.max(onePassOf(facts, shown), context);
}

/** Returns how many tokens the request itself shows. */
function shownTokensOf({ asked: { input }, settings, model }: InputFacts): number {
  const { tokenizer } = settings;
  if (tokenizer === undefined) return input.tokens;
  let tokens = 0;
  for (const text of input.texts()) tokens += tokenizer(text, model);
  return Math.ceil(tokens) + input.besides;
}

/** Returns the refusal of a call whose input is unbounded. */
export function unboundedInput({ asked: { input }, prices }: InputFacts): CannotMeter {
  const [what = "what is not known"] = [
    ...input.unbounded,
    ...input.passesFor,
    ...input.upToWindow,
  ];
  const help =
    input.unbounded.length > 0
      ? `pass the meter an \`estimate\`, or \`unbounded: "context window"\` or \`"overage"\``
      : `pass the meter an \`estimate\`, or the context of the model with \`prices: priceBook.with({ ${ownPrice(prices[0], "context")} })\``;
  return new CannotMeter(
    "input_unbounded",
    `the input of this call cannot be bounded because of ${what}; ${help}`,
  );
}

/** Returns the refusal of a call whose output is unbounded. */
export function unboundedOutput(price: Price): CannotMeter {
  const name = `${price.provider}/${price.model}`;
  const own = `\`prices: priceBook.with({ ${ownPrice(price, "outputMax")} })\``;
  return new CannotMeter(
    "output_unbounded",
    `the output of this call cannot be bounded: it has no limit, and the output maximum of ${name} is unknown; set an output limit in the request, or pass the maximum to the meter with ${own}`,
  );
}

/** The prefix of the user's own entry of a model. */
function ownPrice({ provider, model }: Price, name: string): string {
  return `${JSON.stringify(`${provider}/${model}`)}: { inputTokens, outputTokens, ${name} }`;
}
