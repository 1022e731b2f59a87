// What is held for a request: its bound, or an estimate in place of it.

import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage } from "../core/usage.ts";
import type { GrantRequest } from "../pool/requests.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { Bound, Price } from "../prices/index.ts";
import type { Asked } from "../wire/wire.ts";
import type { EstimateRequest, Observed } from "./estimate.ts";
import { CannotMeter } from "./refusals.ts";
import type { MeterSettings } from "./options.ts";

/** A request with its price and its bound. */
export interface Bounded {
  readonly price: Price;
  readonly service: string | undefined;
  readonly bound: Bound;
  /** How many answers each token of the output limit may be written for. */
  readonly choices: number;
  readonly grant: GrantRequest;
  /** Whether the limit of the request is to be what is granted. */
  readonly isClamped: boolean;
  readonly request: EstimateRequest;
}

/**
 * Bounds a request.
 *
 * @throws {CannotMeter} when its input cannot be bounded.
 */
export function boundOf(
  asked: Asked,
  price: Price,
  settings: MeterSettings,
  about: Pick<EstimateRequest, "wire" | "provider" | "model" | "body">,
): Bounded {
  const limit = asked.outputLimit ?? Math.min(settings.outputTokensMax, price.context ?? Infinity);
  const known = inputTokensOf(asked, price, settings, about.model);
  const request = { ...about, inputTokens: known, outputTokens: limit * asked.choices };
  const expected = settings.estimator?.estimate(request);
  const inputTokens = expected?.inputTokens ?? known;
  if (inputTokens === undefined) throw unboundedInput(asked, price);
  const isExpected = expected?.outputTokens !== undefined;
  const bound: Bound = {
    inputTokens,
    outputTokens: expected?.outputTokens ?? limit * asked.choices,
    media: { input: asked.input.hasMedia, output: asked.hasMediaOutput },
  };
  const { service } = asked;
  const isClamped = settings.clampOutput && !isExpected;
  const units = isExpected ? 1 : limit;
  const least = Math.max(settings.outputTokensMin, asked.outputLimitMin);
  return {
    price,
    service,
    bound,
    choices: asked.choices,
    isClamped,
    request,
    grant: {
      fixed: price.ceiling({ ...bound, outputTokens: 0 }, { service }),
      // Where nothing comes out, output may have no price either.
      unit:
        bound.outputTokens === 0
          ? {}
          : scaled(
              price.outputUnit(bound, { service }),
              isExpected ? bound.outputTokens : asked.choices,
            ),
      min: isClamped ? Math.min(least, units) : units,
      max: units,
    },
  };
}

/** How many tokens go in at the most; undefined when nobody can say. */
function inputTokensOf(
  { input }: Asked,
  price: Price,
  { tokenizer, unbounded }: MeterSettings,
  model: string,
): number | undefined {
  const told =
    tokenizer === undefined
      ? input.tokens
      : Math.ceil(input.texts().reduce((sum, text) => sum + tokenizer(text, model), 0)) +
        input.besides;
  const isUnbounded = input.unbounded.length > 0 && unbounded !== "overage";
  if (input.upToWindow.length === 0 && !isUnbounded) return told;
  if (isUnbounded && unbounded === "refuse") return undefined;
  // All that goes in at once fits into the window; what does not is refused by the provider.
  return price.context === undefined ? undefined : Math.max(told, price.context);
}

function unboundedInput({ input }: Asked, price: Price): CannotMeter {
  const [what = ""] = input.unbounded.length > 0 ? input.unbounded : input.upToWindow;
  const help =
    input.unbounded.length > 0
      ? `give the meter an \`estimate\`, or \`unbounded: "context window"\` or \`"overage"\``
      : `give the meter an \`estimate\`, or the context of ${price.provider}/${price.model} with prices.with()`;
  return new CannotMeter(
    "input_unbounded",
    `the input of this call cannot be bounded because of ${what}; ${help}`,
  );
}

/** An amount so many times over. */
function scaled(
  { outputTokens = 0, usd }: ReturnType<Price["outputUnit"]>,
  times: number,
): GrantRequest["unit"] {
  return {
    outputTokens: outputTokens * times,
    ...(usd !== undefined && { usd: toUsd(toNanoUsd(usd) * times) }),
  };
}

/** What some usage comes to on the axes of tokens. */
export function observedOf(usage: Usage): Observed {
  const whole = readUsage(usage);
  return {
    inputTokens: sumOf(whole, INPUT_CLASSES),
    outputTokens: sumOf(whole, OUTPUT_CLASSES),
  };
}
