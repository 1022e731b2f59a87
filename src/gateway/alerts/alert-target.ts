// The targets of alerts: a webhook, Slack, or e-mail; and the events they subscribe to.

import { isWithin } from "../../api/access.ts";
import { randomBytes } from "node:crypto";

import { describe } from "../../core/describe.ts";
import { readPath } from "../../stores/contract/path.ts";
import type { BudgetEvent, BudgetStore, Documents } from "../../stores/index.ts";

/** The kinds of events an alert can be about. */
export const EVENT_KINDS = [
  "threshold",
  "refused",
  "changed",
  "frozen",
  "thawed",
  "reset",
  "deleted",
] as const;

/** How an alert is sent. */
type AlertChannel = "webhook" | "slack" | "email";

/** A target of alerts. */
export interface AlertTarget {
  /** Such as `alert_0123456789abcdef`. */
  readonly id: string;
  readonly channel: AlertChannel;
  /** An https address, or an e-mail address. */
  readonly to: string;
  /** The kinds of events it receives. */
  readonly events: readonly BudgetEvent["kind"][];
  /** Only events of the pool of this path and those below it; "" for all. */
  readonly subtree: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The secret that signs webhooks (`whsec_…`). */
  readonly secret?: string | undefined;
}

/** The settings of a new target. */
export interface NewTarget {
  readonly channel: AlertChannel;
  readonly to: string;
  readonly events?: readonly BudgetEvent["kind"][] | undefined;
  readonly subtree?: string | undefined;
}

const TARGETS = "alert-targets";
const TARGETS_MAX = 200;
const EMAIL = /^[^\s@<>,;"\\]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const DEFAULT_EVENTS: readonly BudgetEvent["kind"][] = ["threshold", "refused", "frozen"];
const SECRET_BYTES = 32;

/** The targets of a store. */
export class AlertTargets {
  readonly #documents: Documents;

  constructor(store: BudgetStore) {
    this.#documents = store.documents;
  }

  /**
   * Adds one.
   * @throws {TypeError | RangeError} if a setting is invalid.
   */
  async add(given: NewTarget, actor: string): Promise<AlertTarget> {
    const { channel, to, subtree = "", events = DEFAULT_EVENTS } = given;
    if (subtree !== "") readPath(subtree);
    checkAddress(channel, to);
    if ((await this.list()).length >= TARGETS_MAX)
      throw new RangeError(`Expected at most ${TARGETS_MAX} targets; delete one first`);
    const target: AlertTarget = {
      id: `alert_${randomBytes(8).toString("hex")}`,
      channel,
      to,
      events,
      subtree,
      createdAt: Date.now(),
      createdBy: actor,
      ...(channel === "webhook" && {
        secret: `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`,
      }),
    };
    await this.#documents.replace(TARGETS, target.id, undefined, JSON.stringify(target));
    return target;
  }

  /** Returns all targets. */
  async list(): Promise<readonly AlertTarget[]> {
    const found = await this.#documents.list({ kind: TARGETS, after: "", limit: TARGETS_MAX });
    return found.map(({ text }) => targetIn(text));
  }

  /** Returns the target of that id; undefined if there is none. */
  async find(id: string): Promise<AlertTarget | undefined> {
    const text = await this.#documents.read(TARGETS, id);
    return text === undefined ? undefined : targetIn(text);
  }

  /** Deletes a target and returns it; undefined if there is none of that id. */
  async remove(id: string): Promise<AlertTarget | undefined> {
    const text = await this.#documents.read(TARGETS, id);
    if (text === undefined) return undefined;
    await this.#documents.replace(TARGETS, id, text, undefined);
    return targetIn(text);
  }
}

/** Returns whether a target receives an event. */
export function isFor({ events, subtree }: AlertTarget, { kind, pool }: BudgetEvent): boolean {
  return events.includes(kind) && isWithin(pool, subtree);
}

function checkAddress(channel: AlertChannel, to: string): void {
  if (channel === "email") {
    if (!EMAIL.test(to))
      throw new RangeError(`Expected \`to\` to be an e-mail address, got ${describe(to)}`);
    return;
  }
  const url = URL.canParse(to) ? new URL(to) : undefined;
  const isNear = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isAllowed = url?.protocol === "https:" || (url?.protocol === "http:" && isNear);
  if (!isAllowed || url.username + url.password !== "")
    throw new RangeError(`Expected \`to\` to be an https address, got ${describe(to)}`);
}

function targetIn(text: string): AlertTarget {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
  return JSON.parse(text) as AlertTarget;
}
