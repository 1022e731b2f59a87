// Connects the two ends of a WebSocket to the session between them.

import type { SocketEnd } from "./socket-end.ts";

/** What a session does with messages. */
interface JoinedEnds {
  /** The bytes that came with the handshakes of the caller and of the upstream. */
  readonly heads: readonly [caller: Buffer, upstream: Buffer];
  readonly asked: (text: string) => Promise<void> | undefined;
  readonly askedInBytes: (bytes: Buffer) => Promise<void> | undefined;
  readonly answered: (text: string) => Promise<void> | undefined;
  /** One end is closed; the other one is not yet. */
  readonly ended: (other: SocketEnd, code: number, reason: string) => Promise<void> | undefined;
}

/** Begins to read from both ends; bytes of the upstream go to the caller unchanged. */
export function joinEnds(caller: SocketEnd, upstream: SocketEnd, session: JoinedEnds): void {
  const [callerHead, upstreamHead] = session.heads;
  caller.listen(
    {
      text: session.asked,
      binary: session.askedInBytes,
      closed: (code, reason) => session.ended(upstream, code, reason),
    },
    callerHead,
  );
  upstream.listen(
    {
      text: session.answered,
      binary: (bytes) => caller.sendBytes(bytes),
      closed: (code, reason) => session.ended(caller, code, reason),
    },
    upstreamHead,
  );
}
