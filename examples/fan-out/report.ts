import { toNanoUsd } from "token-budget";
import type { BudgetSnapshot } from "token-budget";
import { figuresOf } from "./figures.ts";
import type { Figures } from "./figures.ts";
import type { Bill } from "./provider.ts";
import { ANSWERS, noAnswers, WAYS } from "./tally.ts";
import type { Answers, Tally } from "./tally.ts";

type Field = keyof Figures;

const LABELS: Readonly<Record<Field, string>> = {
  tokens: "tokens",
  inputTokens: "input tokens",
  outputTokens: "output tokens",
  calls: "calls",
  nanoUsd: "usd",
};
const FIELDS = ["tokens", "inputTokens", "outputTokens", "calls", "nanoUsd"] as const;

/** Everything that is known at the end, in integers. */
export interface Account {
  /** What the pool has in its books as used. */
  readonly books: Figures;
  /** What the provider charges for. */
  readonly bill: Figures;
  /** Σ of what records and commits reported as booked. */
  readonly reported: Figures;
  /** Σ of the overage that was booked. */
  readonly overage: Figures;
  readonly caps: Partial<Figures>;
  readonly openReservations: number;
}

/** Puts together what the pool, the provider and the tasks say. */
export function accountOf(snapshot: BudgetSnapshot, bill: Bill, tally: Tally): Account {
  return {
    books: figuresOf(snapshot.used),
    bill: { ...bill, tokens: bill.inputTokens + bill.outputTokens },
    reported: tally.reported,
    overage: tally.overage,
    caps: capsOf(snapshot),
    openReservations: snapshot.openReservations,
  };
}

/** Everything that does not add up, as sentences; empty when all is well. */
export function findFaults(account: Account): string[] {
  const { books, bill, reported, overage, caps, openReservations } = account;
  const faults: string[] = [];
  for (const field of FIELDS) {
    const differs = (other: Figures, whose: string): void => {
      if (books[field] === other[field]) return;
      const [ours, theirs] = [show(field, books[field]), show(field, other[field])];
      faults.push(`The books say ${ours} ${LABELS[field]}, ${whose} ${theirs}`);
    };
    differs(bill, "the provider's bill");
    differs(reported, "commits and records reported");
    const cap = caps[field];
    if (cap !== undefined && books[field] > cap + overage[field]) {
      const beyond = show(field, books[field] - cap);
      faults.push(
        `Used is ${beyond} ${LABELS[field]} over the cap, booked overage only ${show(field, overage[field])}`,
      );
    }
  }
  if (openReservations > 0) faults.push(`Reservations left open: ${openReservations}`);
  return faults;
}

/** Where used + reserved is over a cap by more than the overage that was booked (R2). To be asked at any time. */
export function findBreach(snapshot: BudgetSnapshot, overage: Figures): string | undefined {
  const used = figuresOf(snapshot.used);
  const reserved = figuresOf(snapshot.reserved);
  const caps = capsOf(snapshot);
  for (const field of FIELDS) {
    const cap = caps[field];
    const taken = used[field] + reserved[field];
    if (cap !== undefined && taken > cap + overage[field]) {
      return `In mid-run used + reserved was ${show(field, taken)} ${LABELS[field]}, over the cap of ${show(field, cap)}`;
    }
  }
  return undefined;
}

/** The tables that are shown at the end. */
export function reportText(tally: Tally, account: Account): string {
  return [...answersTable(tally), "", ...outcomes(tally, account), "", ...booksTable(account)].join(
    "\n",
  );
}

function answersTable({ answers }: Tally): string[] {
  const all = noAnswers();
  const rows = WAYS.map((way) => {
    for (const column of ANSWERS) all[column] += answers[way][column];
    return answersRow(way, answers[way]);
  });
  const refused = ["", "", "refused:", "refused:", "refused:"];
  return [
    tableRow("", refused, [18, 10]),
    tableRow("asked by", ANSWERS, [18, 10]),
    ...rows,
    answersRow("all", all),
  ];
}

function answersRow(label: string, answers: Answers): string {
  const cells = ANSWERS.map((answer) => count(answers[answer]));
  return tableRow(label, cells, [18, 10]);
}

function outcomes(tally: Tally, { overage }: Account): string[] {
  const { committed, billedAfterFailure, releasedAfterFailure, committedWithOverage } = tally;
  const admitted = committed + billedAfterFailure + releasedAfterFailure;
  const beyond = `${show("tokens", overage.tokens)} tokens, ${show("nanoUsd", overage.nanoUsd)}`;
  return [
    `${count(admitted)} admitted: ${count(committed)} committed, ` +
      `${count(billedAfterFailure)} billed after failure, ` +
      `${count(releasedAfterFailure)} released after failure.`,
    `Overage of ${count(committedWithOverage)} commits: ${beyond}; used may pass a cap by that.`,
  ];
}

function booksTable({ books, bill, reported, caps }: Account): string[] {
  const widths = [14, 13, 14, 10, 14, 14];
  return [
    tableRow("", ["used", "cap", "% of cap", "the bill", "reported"], widths),
    ...FIELDS.map((field) => {
      const cap = caps[field];
      const cells = [
        show(field, books[field]),
        cap === undefined ? "-" : show(field, cap),
        cap === undefined ? "-" : percent(books[field], cap),
        show(field, bill[field]),
        show(field, reported[field]),
      ];
      return tableRow(LABELS[field], cells, widths);
    }),
  ];
}

/** A label and cells to its right; the last of the widths is that of every cell from there on. */
function tableRow(label: string, cells: readonly string[], widths: readonly number[]): string {
  const last = widths.at(-1) ?? 0;
  const padded = cells.map((cell, at) => ` ${cell}`.padStart(widths[at + 1] ?? last));
  return label.padEnd(widths[0] ?? 0) + padded.join("");
}

function capsOf({ caps }: BudgetSnapshot): Partial<Figures> {
  return {
    ...(caps.tokens !== undefined && { tokens: BigInt(caps.tokens) }),
    ...(caps.usd !== undefined && { nanoUsd: BigInt(toNanoUsd(caps.usd)) }),
  };
}

function percent(part: bigint, whole: bigint): string {
  return whole === 0n ? "-" : `${(Number((part * 10_000n) / whole) / 100).toFixed(2)}%`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** Integers with separators; money with all nine places, straight from the nano-dollars. */
function show(field: Field, quantity: bigint): string {
  if (field !== "nanoUsd") return quantity.toLocaleString("en-US");
  const digits = quantity.toString().padStart(10, "0");
  return `$${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
