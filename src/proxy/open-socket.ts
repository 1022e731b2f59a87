// New connections to upstreams for the dispatcher of the runtime.

import { connect as connectSocket, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { SecureContext } from "node:tls";

/** The dispatcher's connection request. */
export interface Destination {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly servername?: string | null;
}

/** How far a connection got before it failed. */
export interface SocketFigures {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

type Opened = (error: Error | null, socket: Socket | null) => void;

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
/** After this long without traffic, the system checks whether the other side is still there. */
const PROBE_MS = 60_000;
const SESSIONS_MAX = 100;

/** Opens connections, and remembers how far failed ones got. */
export class SocketOpener {
  readonly #timeoutMs: number;
  readonly #trusted: () => { readonly secureContext?: SecureContext };
  readonly #sessions = new Map<string, Buffer>();
  readonly #failed = new WeakMap<Error, SocketFigures>();

  constructor(timeoutMs: number, trusted: () => { readonly secureContext?: SecureContext }) {
    this.#timeoutMs = timeoutMs;
    this.#trusted = trusted;
  }

  /** Returns how far the connection got that failed with this error. */
  figuresOf(error: Error): SocketFigures | undefined {
    return this.#failed.get(error);
  }

  open(destination: Destination, opened: Opened): Socket {
    const isSecure = destination.protocol === "https:";
    const socket = isSecure ? this.#secure(destination) : plain(destination);
    let isOpen = false;
    const late = setTimeout(() => {
      const error = new Error(`no connection was made within ${this.#timeoutMs} ms`);
      socket.destroy(Object.assign(error, { code: "UND_ERR_CONNECT_TIMEOUT" }));
    }, this.#timeoutMs);
    socket.setKeepAlive(true, PROBE_MS);
    socket.setNoDelay(true);
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      isOpen = true;
      opened(null, socket);
    });
    socket.on("error", (error: Error) => {
      clearTimeout(late);
      const { bytesRead, bytesWritten } = socket;
      this.#failed.set(error, { bytesRead, bytesWritten });
      if (!isOpen) opened(error, null);
    });
    return socket;
  }

  #secure({ hostname, port, servername }: Destination): Socket {
    const host = withoutBrackets(hostname);
    const at = `${host}:${port}`;
    const name = servername ?? (isIP(host) === 0 ? host : "");
    const socket = connectSecurely({
      ...this.#trusted(),
      host,
      port: Number(port) || HTTPS_PORT,
      servername: isIP(name) === 0 ? name : "",
      ALPNProtocols: ["http/1.1"],
      session: this.#sessions.get(at),
    });
    socket.on("session", (session) => {
      if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.clear();
      this.#sessions.set(at, session);
    });
    return socket;
  }
}

function plain({ hostname, port }: Destination): Socket {
  return connectSocket({ host: withoutBrackets(hostname), port: Number(port) || HTTP_PORT });
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
