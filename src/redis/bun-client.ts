// The `RedisClient` of Bun.

import type { RedisConnection, Subscriber } from "./redis-connection.ts";

/** Bun's `redis`, or a client from `new RedisClient(url)`. */
export interface BunRedisClient {
  send(command: string, words: string[]): Promise<unknown>;
  duplicate(): Promise<BunRedisSubscriber>;
}

/** A connection of Bun that is subscribed to channels. */
export interface BunRedisSubscriber {
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): unknown;
}

/** Returns such a client in the form the store uses. */
export function connectionOfBun(client: BunRedisClient): RedisConnection {
  return {
    isCluster: false,
    send: (_key, [command = "", ...words]) => client.send(command, words),
    listen: async (heard) => subscriberOf(await client.duplicate(), heard),
  };
}

function subscriberOf(
  subscriber: BunRedisSubscriber,
  heard: (channel: string) => void,
): Subscriber {
  return {
    subscribe: (channel) => subscriber.subscribe(channel, () => heard(channel)),
    unsubscribe: (channel) => subscriber.unsubscribe(channel),
    disconnect: () => subscriber.close(),
  };
}
