// The sender of alerts. Every event creates one delivery in the store for each subscribed target,
// whichever gateway saw it. A delivery is retried until it arrives, for about a day, by any running
// gateway.

import { createHash } from "node:crypto";

import type { BudgetEvent, BudgetStore, Documents } from "../../stores/index.ts";
import { AlertTargets, isFor } from "./alert-target.ts";
import type { AlertTarget } from "./alert-target.ts";
import { alertText } from "./alert-text.ts";
import { sendMail } from "./send-mail.ts";
import type { MailServer } from "./send-mail.ts";
import { sendToSlack, sendWebhook } from "./send-webhook.ts";
import type { AlertTry } from "./send-webhook.ts";

/** A delivery of an alert, with its state. */
export interface Delivery {
  readonly id: string;
  readonly target: string;
  /** The pool, and the kind of event. */
  readonly pool: string;
  readonly kind: string;
  readonly text: string;
  readonly at: number;
  readonly state: "pending" | "delivered" | "failed";
  /** Each attempt, with its time and result. */
  readonly attempts: readonly { readonly at: number; readonly result: string }[];
  /** When it is retried; for a pending one. */
  readonly nextAt?: number | undefined;
  readonly event: BudgetEvent | TestEvent;
}

interface TestEvent {
  readonly kind: "test";
  readonly id: string;
  readonly pool: string;
  readonly at: number;
}

/** Options of the sender. */
export interface SenderOptions {
  /** @default no e-mail */
  readonly mail?: MailServer | undefined;
  /**
   * How often it looks for new events, in milliseconds.
   * @default 1,000
   */
  readonly pollMs?: number | undefined;
  /**
   * The fractions of caps that are reported.
   * @default [0.5, 0.8, 1]
   */
  readonly thresholds?: readonly number[] | undefined;
  /**
   * The delays between attempts, in milliseconds.
   *
   * @default 5 s, 5 min, 30 min, 2 h, 5 h and 10 h
   */
  readonly retriesMs?: readonly number[] | undefined;
}

const DELIVERIES = "alert-deliveries";
const POLL_MS = 1000;
/** How much less often it looks for deliveries that other gateways left unfinished. */
const SWEEPS_EVERY = 5;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const RETRIES_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
/** How long a gateway may take for an attempt before another one may try. */
const CLAIM_MS = MINUTE;
const KEPT_MS = 7 * 24 * HOUR;
const PAGE = 500;

/** Sends alerts as long as it runs. */
export class AlertSender {
  readonly #store: BudgetStore;
  readonly #documents: Documents;
  readonly #targets: AlertTargets;
  readonly #options: SenderOptions;
  readonly #retries: readonly number[];
  readonly #over = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: BudgetStore, options: SenderOptions) {
    this.#store = store;
    this.#documents = store.documents;
    this.#targets = new AlertTargets(store);
    this.#options = options;
    this.#retries = options.retriesMs ?? RETRIES_MS;
  }

  /** Begins to listen for events. */
  start(): void {
    this.#running = this.#listen().catch(() => undefined);
    this.#timer = setInterval(
      () => {
        this.sendDue().catch(() => undefined);
      },
      SWEEPS_EVERY * (this.#options.pollMs ?? POLL_MS),
    );
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#over.abort();
    await this.#running;
  }

  /** Sends a test alert, and returns the result. */
  async test(target: AlertTarget): Promise<Delivery> {
    const at = Date.now();
    const event = { kind: "test", id: `test-${at}`, pool: target.subtree, at } as const;
    const delivery = await this.#add(target, event, "This is a test of token-budget's alerts");
    return delivery === undefined ? await this.test(target) : await this.#try(delivery, target);
  }

  /** Returns the deliveries of the last days, the newest first. */
  async deliveries(): Promise<readonly Delivery[]> {
    const all: Delivery[] = [];
    for (let after = ""; ;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const page = await this.#documents.list({ kind: DELIVERIES, after, limit: PAGE });
      for (const { text } of page) all.push(deliveryIn(text));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last.key;
    }
    return all.toSorted((one, other) => other.at - one.at);
  }

  /** Sends due deliveries, and deletes old ones. */
  async sendDue(): Promise<void> {
    const now = Date.now();
    for (const delivery of await this.deliveries()) {
      if (this.#over.signal.aborted) return;
      const { id, state, at, nextAt = 0, target } = delivery;
      if (state !== "pending" && now - at > KEPT_MS)
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await this.#documents.replace(DELIVERIES, id, JSON.stringify(delivery), undefined);
      if (state !== "pending" || nextAt > now) continue;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const found = await this.#targets.find(target);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (found === undefined) await this.#settle(delivery, "failed", "the target was deleted");
      // oxlint-disable-next-line no-await-in-loop -- as above
      else await this.#try(delivery, found);
    }
  }

  async #listen(): Promise<void> {
    const { pollMs = POLL_MS, thresholds } = this.#options;
    const { signal } = this.#over;
    const events = this.#store.events({ consumer: "gateway-alerts", pollMs, signal, thresholds });
    for await (const event of events) {
      const targets = (await this.#targets.list()).filter((target) => isFor(target, event));
      // The deliveries are stored before the event is acknowledged.
      const made = targets.map((target) => this.#add(target, event, alertText(event)));
      const deliveries = await Promise.all(made);
      await events.ack();
      for (const [at, target] of targets.entries()) {
        const delivery = deliveries[at];
        if (delivery !== undefined) this.#try(delivery, target).catch(() => undefined);
      }
    }
  }

  /** Creates a delivery; undefined if it exists already. */
  async #add(
    target: AlertTarget,
    event: Delivery["event"],
    text: string,
  ): Promise<Delivery | undefined> {
    const digest = createHash("sha256").update(`${event.id} ${target.id}`).digest("hex");
    const delivery: Delivery = {
      id: `msg_${digest.slice(0, 32)}`,
      target: target.id,
      pool: event.pool,
      kind: event.kind,
      text,
      at: event.at,
      state: "pending",
      attempts: [],
      nextAt: 0,
      event,
    };
    const content = JSON.stringify(delivery);
    const isNew = await this.#documents.replace(DELIVERIES, delivery.id, undefined, content);
    return isNew ? delivery : undefined;
  }

  /** Attempts a delivery, unless another gateway does. */
  async #try(delivery: Delivery, target: AlertTarget): Promise<Delivery> {
    const claimed: Delivery = { ...delivery, nextAt: Date.now() + CLAIM_MS };
    const [before, after] = [JSON.stringify(delivery), JSON.stringify(claimed)];
    if (!(await this.#documents.replace(DELIVERIES, delivery.id, before, after))) return delivery;
    const { isDelivered, result, isFinal } = await this.#send(claimed, target);
    if (isDelivered) return await this.#settle(claimed, "delivered", result);
    const wait = this.#retries[claimed.attempts.length];
    if (isFinal || wait === undefined || delivery.kind === "test")
      return await this.#settle(claimed, "failed", result);
    return await this.#settle(claimed, "pending", result, Date.now() + wait);
  }

  async #send({ id, text, event }: Delivery, target: AlertTarget): Promise<AlertTry> {
    const { channel, to, secret = "" } = target;
    const atMs = Date.now();
    if (channel === "slack") return await sendToSlack(to, text);
    if (channel === "webhook") {
      const timestamp = new Date(event.at).toISOString();
      const payload = { type: `budget.${event.kind}`, timestamp, data: { ...event, text } };
      return await sendWebhook(to, secret, { id, atMs, payload });
    }
    const { mail } = this.#options;
    if (mail === undefined)
      return { isDelivered: false, result: "this gateway has no mail server", isFinal: false };
    return await sendMail(mail, { to, text, id, atMs });
  }

  async #settle(
    delivery: Delivery,
    state: Delivery["state"],
    result: string,
    nextAt?: number,
  ): Promise<Delivery> {
    const attempts = [...delivery.attempts, { at: Date.now(), result }];
    const { nextAt: _before, ...rest } = delivery;
    const settled = { ...rest, state, attempts, ...(nextAt !== undefined && { nextAt }) };
    const [before, after] = [JSON.stringify(delivery), JSON.stringify(settled)];
    await this.#documents.replace(DELIVERIES, delivery.id, before, after);
    return settled;
  }
}

function deliveryIn(text: string): Delivery {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
  return JSON.parse(text) as Delivery;
}
