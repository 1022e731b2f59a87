// The ledger as CSV with the column names of FOCUS, the FinOps Open Cost and Usage Specification
// (https://focus.finops.org), so that tools for cloud costs read it beside other bills.

import type { LedgerEntry } from "../../stores/index.ts";

const COLUMNS = [
  "ChargePeriodStart",
  "ChargePeriodEnd",
  "BilledCost",
  "EffectiveCost",
  "BillingCurrency",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ServiceCategory",
  "SkuId",
  "ResourceId",
  "ConsumedQuantity",
  "ConsumedUnit",
  "Tags",
] as const;
const NANO_DIGITS = 9;

/** The first line. */
export const CSV_HEAD: string = COLUMNS.join(",");

/** Returns one booking as a line. An amendment is a correction of what it amends. */
export function csvLineOf(entry: LedgerEntry): string {
  const { at, amount, kind, model = "", label, pool, unknown, seq } = entry;
  const cost = amount.usd.toFixed(NANO_DIGITS).replace(/\.?0+$/, "");
  const tags = { ...(label !== undefined && { label }), seq, certain: !unknown };
  const values: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    ChargePeriodStart: new Date(at).toISOString(),
    // The end is exclusive.
    ChargePeriodEnd: new Date(at + 1).toISOString(),
    BilledCost: cost,
    EffectiveCost: cost,
    BillingCurrency: "USD",
    ChargeCategory: "Usage",
    ChargeClass: kind === "amend" ? "Correction" : "",
    ChargeDescription: textCell(model === "" ? "Model call" : `Call of ${model}`),
    ServiceCategory: "AI and Machine Learning",
    SkuId: textCell(model),
    ResourceId: textCell(pool),
    ConsumedQuantity: String(amount.tokens),
    ConsumedUnit: "Tokens",
    Tags: textCell(JSON.stringify(tags)),
  };
  return COLUMNS.map((column) => values[column]).join(",");
}

/** Returns a text as RFC 4180 has it; a spreadsheet must not take it for a formula. */
export function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
