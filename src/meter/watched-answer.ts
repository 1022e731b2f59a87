// An answer that is watched itself, instead of a copy around its body: Node.js reads a body only by
// the methods of its `Response`. Other runtimes also read the body of a response that is handed to
// them, so that they get a copy (docs/decisions/0131).

import type { Exchange } from "./exchange.ts";

/** What is known of an answer that is watched. */
interface WatchedAnswer {
  readonly exchange: Exchange;
  readonly signal: AbortSignal | undefined;
  /** Returns a copy whose body is a stream that reports what is read of it; called once. */
  readonly asStream: () => Response;
  /** Called when the body is taken: its reader settles the exchange, and not its answer. */
  readonly onTaken: () => void;
}

/** Returns the same response, whose methods report what they read. */
export type AnswerWatcher = (response: Response, answer: WatchedAnswer) => Response;

/** Of an answer that is watched: how it is read. A `WeakMap` would cost as much as the rest. */
const STATE: unique symbol = Symbol("token-budget");

interface State extends WatchedAnswer {
  /** The copy that all is read from, once a stream was asked for. */
  copy: Response | undefined;
  isRead: boolean;
}

/** What the members below are of. */
const OF_NODE = Response.prototype;

/** Makes the response itself report what its methods read. */
export const watchedAnswer: AnswerWatcher = (response, answer) => {
  // The program may have put another `Response` in place of that of Node.js since.
  if (Object.getPrototypeOf(response) !== OF_NODE || !Object.isExtensible(response)) {
    answer.onTaken();
    return answer.asStream();
  }
  const state: State = { ...answer, copy: undefined, isRead: false };
  Object.setPrototypeOf(response, WATCHING);
  return Object.assign(response, { [STATE]: state });
};

function stateOf(response: Response & { readonly [STATE]?: State }): State | undefined {
  return response[STATE];
}

/** Reads a body whole with one of its own methods, and reports it. */
async function whole<T>(
  response: Response,
  read: () => Promise<T>,
  report: (exchange: Exchange, found: T) => void,
): Promise<T> {
  const state = stateOf(response);
  // A body is read once; its own method says so.
  if (state === undefined || state.isRead) return read();
  state.isRead = true;
  const { exchange, signal } = state;
  let found: T;
  try {
    found = await read();
    if (signal?.aborted === true) throw signal.reason;
  } catch (error) {
    await exchange.interrupted();
    throw error;
  } finally {
    // Until here, a reading that can end keeps the answer: one that cannot is collected with it.
    state.onTaken();
  }
  report(exchange, found);
  const booking = exchange.end();
  // Most books are up to date at once.
  if ("then" in booking) await booking;
  return found;
}

function reportText(exchange: Exchange, text: string): void {
  exchange.readText(text);
}

function reportBytes(exchange: Exchange, bytes: ArrayBuffer | Uint8Array): void {
  exchange.read(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
}

/** What an answer is read from: the copy, once it is not read whole. */
function copyOf(response: Response): Response | undefined {
  const state = stateOf(response);
  if (state === undefined || state.isRead) return undefined;
  if (state.copy === undefined) {
    state.onTaken();
    state.copy = state.asStream();
  }
  return state.copy;
}

function copied(response: Response): Response | undefined {
  return stateOf(response)?.copy;
}

const { text, arrayBuffer, bytes } = OF_NODE;

/** The methods that read a body whole. */
const WHOLE = {
  text(this: Response) {
    const copy = copied(this);
    return copy === undefined ? whole(this, () => text.call(this), reportText) : copy.text();
  },
  async json(this: Response): Promise<unknown> {
    return JSON.parse(await this.text());
  },
  arrayBuffer(this: Response) {
    const copy = copied(this);
    return copy?.arrayBuffer() ?? whole(this, () => arrayBuffer.call(this), reportBytes);
  },
  bytes(this: Response) {
    return copied(this)?.bytes() ?? whole(this, () => bytes.call(this), reportBytes);
  },
};

/** A response that is watched: every member that may read its body. */
const WATCHING: object = Object.create(OF_NODE, watchingMembers());

function watchingMembers(): PropertyDescriptorMap {
  const members: PropertyDescriptorMap = {};
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(OF_NODE))) {
    const { value } = member;
    if (Object.hasOwn(WHOLE, name)) members[name] = { ...member, value: Reflect.get(WHOLE, name) };
    else if (name === "body" || name === "bodyUsed")
      members[name] = {
        ...member,
        get(this: Response) {
          const from = name === "body" ? copyOf(this) : copied(this);
          return from === undefined ? member.get?.call(this) : from[name];
        },
      };
    else if (typeof value === "function" && name !== "constructor")
      members[name] = {
        ...member,
        value(this: Response, ...given: unknown[]): unknown {
          return Reflect.apply(value, copyOf(this) ?? this, given);
        },
      };
  }
  return members;
}
