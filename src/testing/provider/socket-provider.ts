// What the provider does for requests that come over web sockets.

import type { Behavior, ReceivedRequest } from "./behavior.ts";
import type { BillEntry } from "./bill.ts";
import type { Format } from "./format.ts";
import type { ModelAnswer, Work } from "./work.ts";

/** What the provider does for requests, however they come. */
export interface SocketProvider {
  received(request: Omit<ReceivedRequest, "index">): ReceivedRequest;
  behave(request: ReceivedRequest): Behavior;
  work(request: ReceivedRequest, format: Format, behavior: Behavior): Work;
  book(
    request: ReceivedRequest,
    answer: ModelAnswer,
    ending: Pick<BillEntry, "how" | "status" | "isReported">,
  ): void;
  /** So many more requests are being answered. */
  working(count: number): void;
}
