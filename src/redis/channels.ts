// Notifications of freed room. One connection subscribes for a whole store; it is opened with the
// first listener and closed with the last.

import type { RedisConnection, Subscriber } from "./redis-connection.ts";

/** The channels to which a store is subscribed. */
export class Channels {
  readonly #listen: NonNullable<RedisConnection["listen"]>;
  readonly #listeners = new Map<string, Set<() => void>>();
  #subscriber: Promise<Subscriber> | undefined;

  constructor(listen: NonNullable<RedisConnection["listen"]>) {
    this.#listen = listen;
  }

  /** Calls `listener` at each message of a channel; returns a function that stops it. */
  async watch(channel: string, listener: () => void): Promise<() => Promise<void>> {
    let listeners = this.#listeners.get(channel);
    if (listeners === undefined) this.#listeners.set(channel, (listeners = new Set()));
    listeners.add(listener);
    this.#subscriber ??= this.#listen((heard) => this.#tell(heard));
    try {
      const subscriber = await this.#subscriber;
      await subscriber.subscribe(channel);
    } catch (error) {
      await this.#stop(channel, listener);
      throw error;
    }
    return () => this.#stop(channel, listener);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#disconnect();
  }

  #tell(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }

  async #stop(channel: string, listener: () => void): Promise<void> {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(listener);
    if (listeners === undefined || listeners.size > 0) return;
    this.#listeners.delete(channel);
    if (this.#listeners.size === 0) {
      await this.#disconnect();
      return;
    }
    const subscriber = await this.#subscriber;
    await subscriber?.unsubscribe(channel);
  }

  async #disconnect(): Promise<void> {
    const opening = this.#subscriber;
    this.#subscriber = undefined;
    try {
      (await opening)?.disconnect();
    } catch {
      // It was never connected.
    }
  }
}
