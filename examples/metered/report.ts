import { toNanoUsd } from "token-budget";
import type { BudgetSnapshot } from "token-budget";
import type { ExchangeReport } from "token-budget/meter";
import type { SimulatedProvider } from "token-budget/testing/provider";
import type { Summaries } from "./summaries.ts";

/** What is known at the end. */
export interface Account {
  readonly snapshot: BudgetSnapshot;
  readonly provider: Pick<SimulatedProvider, "total" | "requests">;
  readonly reports: readonly Pick<ExchangeReport, "outcome" | "held" | "booked">[];
  readonly summaries: Pick<Summaries, "texts" | "refused" | "failed">;
}

interface Row {
  readonly name: string;
  readonly books: bigint;
  readonly bill: bigint;
}

function rowsOf({ snapshot: { used }, provider: { total } }: Account): Row[] {
  return [
    { name: "calls", books: BigInt(used.calls), bill: BigInt(total.calls) },
    { name: "input tokens", books: BigInt(used.inputTokens), bill: BigInt(total.inputTokens) },
    { name: "output tokens", books: BigInt(used.outputTokens), bill: BigInt(total.outputTokens) },
    { name: "nano-dollars", books: BigInt(toNanoUsd(used.usd)), bill: total.nanoUsd },
  ];
}

/** Everything that does not add up, as sentences; empty when all is well. */
export function findFaults(account: Account): string[] {
  const { snapshot, provider } = account;
  const faults = rowsOf(account)
    .filter(({ books, bill }) => books !== bill)
    .map(({ name, books, bill }) => `The books say ${books} ${name}, the provider's bill ${bill}`);
  const { usd } = snapshot.caps;
  if (usd !== undefined && provider.total.nanoUsd > BigInt(toNanoUsd(usd)))
    faults.push(`The bill is over the cap of $${usd}`);
  if (snapshot.openReservations > 0)
    faults.push(`${snapshot.openReservations} reservations are still open`);
  return faults;
}

/** Why calls were refused, with the counts only where the reasons differ. */
function whyText({ never, spent, busy }: Summaries["refused"]): string {
  if (never + busy === 0) return "the budget was spent";
  return `${spent} because the budget was spent, ${busy} after waiting, ${never} too large for it`;
}

/** What happened, as two small tables. */
export function reportText(account: Account): string {
  const { provider, reports, summaries } = account;
  const { never, spent, busy } = summaries.refused;
  const refused = never + spent + busy;
  const released = reports.filter(({ outcome }) => outcome === "released").length;
  const [held, used] = [sumOf(reports, "held"), sumOf(reports, "booked")];
  return [
    `${summaries.texts.length} summaries, ${summaries.failed} failed for good`,
    `${refused} refused before they were made: ${whyText(summaries.refused)}`,
    `${provider.requests.length} requests reached the provider, ${released} failed and cost nothing`,
    `$${(held / Math.max(used, Number.EPSILON)).toFixed(1)} held at most for each dollar used; the rest came back`,
    "",
    `${"".padEnd(14)}${"books".padStart(18)}${"bill".padStart(18)}`,
    ...rowsOf(account).map(
      ({ name, books, bill }) =>
        `${name.padEnd(14)}${shown(books).padStart(18)}${shown(bill).padStart(18)}`,
    ),
  ].join("\n");
}

function sumOf(reports: Account["reports"], name: "held" | "booked"): number {
  return reports
    .filter(({ outcome }) => outcome === "used")
    .reduce((sum, report) => sum + (report[name]?.usd ?? 0), 0);
}

function shown(count: bigint): string {
  return count.toLocaleString("en-US");
}
