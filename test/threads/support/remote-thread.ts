// A worker that does what a test tells it, call by call, so that what happens in which thread, and
// in which order, is written in the test.

import { Worker } from "node:worker_threads";

import { bundle } from "./bundle.ts";
import type { Bundle } from "./bundle.ts";
import type { RemoteAnswer, RemoteCall, RemoteCommands, RemoteError } from "./remote-commands.ts";

type Parameters<C extends keyof RemoteCommands> = RemoteCommands[C] extends (
  ...given: infer P
) => unknown
  ? P
  : never;
type Answer<C extends keyof RemoteCommands> = Awaited<ReturnType<RemoteCommands[C]>>;

const SYNC_TIMEOUT_MS = 10_000;

/** What a call in another thread was answered with instead of a value. */
class RemoteFailure extends Error {
  readonly error: RemoteError;

  constructor(error: RemoteError) {
    super(error.text);
    this.error = error;
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts remote threads, and ends what is left of them. */
export class RemoteThreads {
  readonly #bundle: Bundle = bundle(new URL("../remote-worker.ts", import.meta.url));
  readonly #started: RemoteThread[] = [];

  start(): RemoteThread {
    const thread = new RemoteThread(this.#bundle.url);
    this.#started.push(thread);
    return thread;
  }

  async end(): Promise<void> {
    for (const { worker } of this.#started.splice(0)) await worker.terminate();
  }

  remove(): void {
    this.#bundle.remove();
  }
}

/** A thread that does what it is told. */
export class RemoteThread {
  readonly worker: Worker;
  readonly exit: Promise<unknown>;
  readonly #ended: Int32Array;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor(url: URL) {
    const ended = new SharedArrayBuffer(4);
    this.#ended = new Int32Array(ended);
    this.worker = new Worker(url, { workerData: ended });
    this.exit = new Promise((resolve) => this.worker.once("exit", resolve));
    this.worker.on("message", (answer: RemoteAnswer) => this.#hear(answer));
    this.worker.on("error", () => {});
  }

  /** Has the thread do something; ends when that has, and rejects with a `RemoteFailure`. */
  async call<C extends keyof RemoteCommands>(
    command: C,
    ...parameters: Parameters<C>
  ): Promise<Answer<C>> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#pending.set(this.#post(command, parameters), { resolve, reject });
    });
    return answer as Answer<C>;
  }

  /** Has the thread begin to wait for room; the answer is of the wait. */
  async wait(...parameters: Parameters<"wait">): Promise<{ readonly done: Promise<string> }> {
    const done = this.call("wait", ...parameters).then(
      () => "let in",
      (failure: RemoteFailure) => failure.error.reason ?? failure.error.text,
    );
    await this.call("hear");
    return { done };
  }

  /** The same without turning to anything else in this thread meanwhile. */
  callSync<C extends keyof RemoteCommands>(command: C, ...parameters: Parameters<C>): void {
    const before = Atomics.load(this.#ended, 0);
    this.#post(command, parameters);
    if (Atomics.wait(this.#ended, 0, before, SYNC_TIMEOUT_MS) === "timed-out") {
      throw new Error(`${command} did not end`);
    }
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
    await this.exit;
  }

  #post(command: keyof RemoteCommands, parameters: readonly unknown[]): number {
    const call: RemoteCall = { id: ++this.#calls, command, parameters };
    this.worker.postMessage(call, []);
    return call.id;
  }

  #hear({ id, value, error }: RemoteAnswer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new RemoteFailure(error));
  }
}

/** Waits until something holds; looks often, and gives up when it takes far too long. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`it did not come about that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
