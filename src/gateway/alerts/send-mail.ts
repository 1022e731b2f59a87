// Alerts by e-mail, over SMTP: with TLS from the start (smtps), or with STARTTLS if the server
// offers it. https://www.rfc-editor.org/rfc/rfc5321

import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectSecurely } from "node:tls";

import { describe } from "../../core/describe.ts";
import type { AlertTry } from "./send-webhook.ts";

/** The mail server, and the sender. */
export interface MailServer {
  /** `smtps://user:password@host`, `smtp://user:password@host:587`. */
  readonly url: string;
  readonly from: string;
}

const TIMEOUT_MS = 30_000;
const SUBMISSION_PORT = 587;
const SECURE_PORT = 465;
const ADDRESS = /^[^\s@<>,;"\\]{1,64}@[A-Za-z0-9.-]{1,253}$/;

/**
 * Checks a mail server.
 * @throws {RangeError} if it is invalid.
 */
export function checkMailServer({ url, from }: MailServer): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === "")
    throw new RangeError("Expected the mail server to be smtps://user:password@host");
  if (!ADDRESS.test(from))
    throw new RangeError(`Expected the sender to be an e-mail address, got ${describe(from)}`);
}

/** Sends a mail of one line of text. */
export async function sendMail(
  server: MailServer,
  {
    to,
    text,
    id,
    atMs,
  }: { readonly to: string; readonly text: string; readonly id: string; readonly atMs: number },
): Promise<AlertTry> {
  try {
    await deliver(server, to, messageOf(server.from, to, text, id, atMs));
    return { isDelivered: true, result: "accepted", isFinal: false };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A server's reply may repeat what it was sent.
    return { isDelivered: false, result: message.slice(0, 120), isFinal: false };
  }
}

function messageOf(from: string, to: string, text: string, id: string, atMs: number): string {
  const subject = `=?utf-8?B?${Buffer.from(`token-budget: ${text}`.slice(0, 150)).toString("base64")}?=`;
  const body = Buffer.from(`${text}\r\n`).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
  const [, host = "localhost"] = from.split("@");
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${subject.replaceAll(/[\r\n]/g, "")}`,
    `Date: ${new Date(atMs).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id.replaceAll(/[^\w.-]/g, "-")}.${randomUUID()}@${host}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "Auto-Submitted: auto-generated",
    "",
    body,
  ].join("\r\n");
}

async function deliver({ url, from }: MailServer, to: string, message: string): Promise<void> {
  const { protocol, hostname: host, port, username, password } = new URL(url);
  const isSecure = protocol === "smtps:";
  const number = Number(port) || (isSecure ? SECURE_PORT : SUBMISSION_PORT);
  let talk = new MailTalk(
    isSecure ? connectSecurely({ host, port: number, servername: host }) : connect(number, host),
  );
  try {
    await talk.expect(220);
    let offers = await talk.say(`EHLO ${hostname()}`, 250);
    if (!isSecure && /\bSTARTTLS\b/i.test(offers)) {
      await talk.say("STARTTLS", 220);
      talk = new MailTalk(connectSecurely({ socket: talk.handOver(), servername: host }));
      offers = await talk.say(`EHLO ${hostname()}`, 250);
    } else if (!isSecure && username !== "" && !isLoopback(host)) {
      throw new Error(
        "the server does not offer STARTTLS, and the password is not sent unencrypted",
      );
    }
    if (username !== "") {
      const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
      const plain = Buffer.from(`\0${user}\0${secret}`).toString("base64");
      await talk.say(`AUTH PLAIN ${plain}`, 235);
    }
    await talk.say(`MAIL FROM:<${from}>`, 250);
    await talk.say(`RCPT TO:<${to}>`, 250);
    await talk.say("DATA", 354);
    await talk.say(`${message.replaceAll(/^\./gm, "..")}\r\n.`, 250);
    await talk.say("QUIT", 221).catch(() => undefined);
  } finally {
    talk.end();
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}

/** One SMTP connection. */
class MailTalk {
  readonly #socket: Socket;
  #received = "";
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("the mail server is silent")));
    socket.on("data", this.#heard);
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("the mail server has hung up")));
  }

  readonly #heard = (text: string | Buffer): void => {
    this.#received += text.toString();
    this.#wake?.();
  };

  /**
   * Sends a line, and returns the reply.
   * @throws {Error} if it is not the expected one.
   */
  async say(text: string, wanted: number): Promise<string> {
    this.#socket.write(`${text}\r\n`);
    return await this.expect(wanted);
  }

  /**
   * Waits for a reply.
   * @throws {Error} if it is not the expected one.
   */
  async expect(wanted: number): Promise<string> {
    for (;;) {
      const last = /^(\d{3}) [^\n]*\n/m.exec(this.#received);
      if (last !== null) {
        const answer = this.#received;
        this.#received = "";
        if (Number(last[1]) !== wanted)
          throw new Error(`the mail server answered ${last[0].trim().slice(0, 80)}`);
        return answer;
      }
      if (this.#failure !== undefined) throw this.#failure;
      // oxlint-disable-next-line no-await-in-loop -- until there is more
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Returns the connection, to continue with TLS. */
  handOver(): Socket {
    this.#socket.off("data", this.#heard);
    this.#socket.setTimeout(0);
    return this.#socket;
  }

  end(): void {
    this.#socket.destroy();
  }

  #failed(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}
