// Alerts over HTTP: webhooks signed according to Standard Webhooks, and Slack's incoming webhooks.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

import { createHmac } from "node:crypto";

const TIMEOUT_MS = 15_000;
const SECRET = "whsec_";

/** The result of one attempt. */
export interface AlertTry {
  readonly isDelivered: boolean;
  /** The status, or the error. */
  readonly result: string;
  /** Whether retrying is useless: the receiver is gone for good. */
  readonly isFinal: boolean;
}

/** Sends a webhook: `{ type, timestamp, data }`, signed. */
export async function sendWebhook(
  to: string,
  secret: string,
  { id, atMs, payload }: { readonly id: string; readonly atMs: number; readonly payload: object },
): Promise<AlertTry> {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(atMs / 1000));
  return await post(to, body, {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatureOf(secret, id, timestamp, body),
  });
}

/** Sends a line to a Slack channel. */
export async function sendToSlack(to: string, text: string): Promise<AlertTry> {
  // Slack reads these three as markup. https://docs.slack.dev/messaging/formatting-message-text
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return await post(to, JSON.stringify({ text: plain }), {});
}

/** The signature of a webhook. */
function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice(SECRET.length), "base64");
  const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return `v1,${signed}`;
}

async function post(
  to: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<AlertTry> {
  try {
    const answer = await fetch(to, {
      method: "POST",
      body,
      headers: { ...headers, "content-type": "application/json", "user-agent": "token-budget" },
      // The redirect target is not the address that an administrator chose.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    const { status } = answer;
    return { isDelivered: answer.ok, result: `status ${status}`, isFinal: status === 410 };
  } catch (error) {
    const cause: unknown = Reflect.get(Object(error), "cause");
    const code: unknown = Reflect.get(Object(cause), "code");
    const name = error instanceof Error ? error.name : "Error";
    return { isDelivered: false, result: typeof code === "string" ? code : name, isFinal: false };
  }
}
