// Why a call may cost as much as it was refused for, and what the user of a meter can do about it,
// in the words of the meter's own options.

import { BudgetExceeded } from "../core/errors.ts";
import type { Price } from "../prices/index.ts";
import type { Asked } from "../wire/wire.ts";
import type { Bounded } from "./bounded.ts";
import type { MeterSettings } from "./settings.ts";

/** Digits of dollars, as far as people read them. */
const DECIMALS = 4;

/** Reasons by refusal, for those who say it in words of their own. */
const REASONS = new WeakMap<Error, readonly string[]>();

/** Returns why a call that was refused may cost as much; empty when what it shows says so. */
export function reasonsOf(error: Error): readonly string[] {
  return REASONS.get(error) ?? [];
}

/** What a call has to be held for at the least, in tokens. */
export interface LeastHold {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const LEASTS = new WeakMap<Error, LeastHold>();

/** Returns what would have done for a call that was refused; undefined if unknown. */
export function leastHoldOf(error: Error): LeastHold | undefined {
  return LEASTS.get(error);
}

/** The tightest bound of the input that was found, and the shortest answer that is of use. */
function leastOf(bounded: Bounded, { limitsOutput }: MeterSettings): LeastHold {
  const { bound, output, limitMin, limitFloor = limitMin } = bounded;
  const max = output.kind === "fixed" ? 0 : (output.max ?? limitFloor);
  const limit = limitsOutput ? Math.min(limitFloor, limitMin, max) : max;
  return { inputTokens: bound.inputTokens, outputTokens: bounded.outputFor(limit) };
}

/** What is said of a model whose price is a guess. */
export const HAS_NO_PRICE = "has no price, and the highest rates of its provider are held";

/** Returns why the bound of a call is more than what the request shows. */
export function boundReasons(
  { input, overshoot, outputLimit }: Asked,
  { model, isGuess, context, outputMax = context }: Price,
  { unbounded, limitsOutput }: MeterSettings,
): readonly string[] {
  const reasons: string[] = [];
  if (isGuess) reasons.push(`the model ${model} ${HAS_NO_PRICE}`);
  if (context !== undefined) {
    const window = `the context of ${counted(context)} tokens`;
    if (input.upToWindow.length > 0) reasons.push(`${listed(input.upToWindow)} may fill ${window}`);
    const readers = [...input.passesFor, ...input.unbounded];
    const times = input.passes > 1 ? ` up to ${counted(input.passes)} times` : "";
    if (readers.length > 0 && unbounded !== "overage")
      reasons.push(`${listed(readers)} may make the model read ${window}${times}`);
  }
  if (overshoot === "model maximum" && outputMax !== undefined)
    reasons.push(
      `the output limit of this call does not bound what is billed, and the model may write ${counted(outputMax)} tokens`,
    );
  else if (outputLimit === undefined && !limitsOutput && outputMax !== undefined)
    reasons.push(
      `the call has no output limit, and the model may write ${counted(outputMax)} tokens`,
    );
  return reasons;
}

/** Returns the same refusal, whose message says what its caller has. */
export function toldWhy(error: unknown, bounded: Bounded, settings: MeterSettings): unknown {
  const { wait } = settings;
  if (!(error instanceof Error) || !BudgetExceeded.is(error)) return error;
  // R17. Nothing about the call would change it.
  if (error.reason === "frozen") return error;
  const reasons = bounded.reasons();
  REASONS.set(error, reasons);
  LEASTS.set(error, leastOf(bounded, settings));
  const parts = [...reasons];
  if (error.reason === "busy") {
    const { axis, reserved } = error;
    const held = axis === "usd" ? `$${reserved.toFixed(DECIMALS)}` : counted(reserved);
    parts.push(
      wait === undefined
        ? `running calls hold ${held}: the meter waits for them with \`wait: true\``
        : `running calls have held ${held} for ${counted(wait.timeoutMs ?? 0)} ms: the meter waits longer with \`wait: { timeoutMs }\``,
    );
  }
  if (parts.length > 0) error.message = `${error.message}; ${parts.join("; ")}`;
  return error;
}

function listed(what: readonly string[]): string {
  return what
    .slice(0, 3)
    .map((each) => each.replace(/, (?:which|whose|that) .*$/, ""))
    .join(" and ");
}

function counted(tokens: number): string {
  return tokens.toLocaleString("en-US");
}
