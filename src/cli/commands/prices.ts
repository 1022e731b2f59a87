import { COUNT_CLASSES } from "../../core/usage.ts";
import type { Rates } from "../../prices/index.ts";
import type { CliCommand } from "../command-line.ts";
import { UsageError } from "../command-line.ts";
import { PRICES_FLAG } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";
import { dollars } from "../output/figures.ts";
import { pricesFor } from "../prices/own-prices.ts";
import { updatePrices } from "../prices/price-update.ts";

/** Classes that are counted, not tokens. */
const COUNTED: ReadonlySet<string> = new Set(COUNT_CLASSES);

/** `token-budget prices`. */
export const prices: CliCommand = {
  name: "prices",
  operands: "MODEL|update [URL|FILE]",
  operandsMax: 2,
  summary: "Shows a model's price and its source, in dollars for a million tokens.",
  flags: {
    ...PRICES_FLAG,
    json: { help: "as JSON" },
    force: { help: "with update: accept prices that are older, or far lower" },
  },
  examples: [
    "token-budget prices claude-sonnet-4-5",
    "token-budget prices openai/gpt-5.5 --json",
    "token-budget prices update",
  ],
  async run(given, cliContext) {
    const { out } = cliContext;
    const [name, from] = given.operands;
    if (name === "update") {
      const { asOf, added, path } = await updatePrices(cliContext, from, given.isOn("force"));
      out(`Saved prices as of ${asOf}, with ${added} more models than built in, to ${path}`);
      return EXIT.success;
    }
    if (name === undefined || from !== undefined)
      throw new UsageError("Missing model: name one, such as gpt-5.5");
    const {
      provider,
      model,
      rates = {},
      source,
      context,
    } = pricesFor(given, cliContext).find(name);
    if (given.isOn("json")) {
      out(JSON.stringify({ provider, model, rates, source, context }));
      return EXIT.success;
    }
    out(
      `${provider}/${model}${context === undefined ? "" : `, ${context.toLocaleString("en-US")} tokens of context`}`,
    );
    for (const [name_, rate] of Object.entries(rates))
      out(`  ${name_.padEnd(20)} ${rateText(rate)}${COUNTED.has(name_) ? " a thousand" : ""}`);
    out(`  ${source}`);
    return EXIT.success;
  },
};

function rateText(rate: Rates[keyof Rates]): string {
  if (rate === undefined) return "";
  if (typeof rate === "number") return dollars(rate);
  const tiers = rate.tiers.map(
    ({ above, rate: each }) =>
      `${dollars(each)} above ${above.toLocaleString("en-US")} tokens of input`,
  );
  return [dollars(rate.base), ...tiers].join(", ");
}
