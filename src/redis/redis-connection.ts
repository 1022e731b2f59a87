// What the store asks of every client of Redis, whatever its own methods are called.

/** Listens to channels over a connection of its own. */
export interface Subscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): unknown;
}

/** What every client is used for. */
export interface RedisConnection {
  readonly isCluster: boolean;
  /**
   * Sends one command about the slot of `key`. What the server refuses is an error whose message
   * begins with the server's code, such as `NOSCRIPT`.
   */
  send(key: string, words: readonly string[]): Promise<unknown>;
  /** Opens a connection that calls `heard` with the channel of each message. */
  readonly listen: ((heard: (channel: string) => void) => Promise<Subscriber>) | undefined;
}
