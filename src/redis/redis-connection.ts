// The common interface of Redis clients, whatever their own methods are called.

/** Subscribes to channels over a connection of its own. */
export interface Subscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): unknown;
}

/** The operations that every client supports. */
export interface RedisConnection {
  readonly isCluster: boolean;
  /**
   * Whether the client puts a prefix before the keys of commands: some versions before those of
   * every command, some not of all, and none before a key that is an argument.
   */
  readonly hasKeyPrefix?: boolean;
  /**
   * Sends one command for the slot of `key`. The message of a server error begins with the server's
   * code, such as `NOSCRIPT`.
   */
  send(key: string, words: readonly string[]): Promise<unknown>;
  /** Opens a connection that calls `heard` with the channel of each message. */
  readonly listen: ((heard: (channel: string) => void) => Promise<Subscriber>) | undefined;
}
