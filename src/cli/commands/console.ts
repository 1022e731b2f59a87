// `token-budget console`: the console in the browser, over a store, on this machine alone.

import { once } from "node:events";

import { budgetConsole } from "../../console/index.ts";
import type { CliCommand, ParsedArguments, CliContext } from "../command-line.ts";
import { Failure, UsageError } from "../command-line.ts";
import { LocalAccess } from "../console/local-access.ts";
import { listenWith } from "../console/web-server.ts";
import type { WebServer } from "../console/web-server.ts";
import { EXIT } from "../exit-codes.ts";
import { openStore, STORE_FLAG } from "../store/open-store.ts";
import type { OpenStore } from "../store/open-store.ts";

const PORT = 4142;
const PORT_MAX = 65_535;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `token-budget console`. */
export const consoleCommand: CliCommand = {
  name: "console",
  operands: "",
  operandsMax: 0,
  summary:
    "Serves a console for your browser on 127.0.0.1 until Ctrl-C: live pools, where the money went, who changed what, and actions such as raising a cap. The printed link works once; when you have used it, the next one is printed.",
  flags: {
    ...STORE_FLAG,
    port: { value: "PORT", help: `the port on 127.0.0.1, 0 for any (default: ${PORT})` },
    json: { help: "print the link as one line of JSON" },
  },
  examples: ["token-budget console", "token-budget console --store postgres://db/budgets --port 0"],
  async run(given, context) {
    const { err } = context;
    const open = await openStore(given, context);
    try {
      const server = await served(open, given, context);
      err("token-budget: press Ctrl-C to stop");
      await stopped();
      await server.close();
      return EXIT.success;
    } finally {
      await open.close();
    }
  },
};

async function served(
  { store }: OpenStore,
  given: ParsedArguments,
  { err, out }: CliContext,
): Promise<WebServer> {
  const port = portGiven(given);
  let origin = "";
  const linkTo = (token: string): string => `${origin}/?token=${token}`;
  const access = new LocalAccess((next) => err(`token-budget: another browser: ${linkTo(next)}`));
  try {
    const server = await listenWith(port, (bound) => {
      origin = `http://127.0.0.1:${bound}`;
      const hosts = [`127.0.0.1:${bound}`, `localhost:${bound}`];
      return budgetConsole(store, { signIn: access.signIn, hosts });
    });
    const link = linkTo(access.token);
    out(given.isOn("json") ? JSON.stringify({ url: link, port: server.port }) : link);
    return server;
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "EADDRINUSE") throw error;
    throw new Failure(
      `port ${port} is in use, perhaps by another console; stop that, or choose another port with --port`,
    );
  }
}

function portGiven(given: ParsedArguments): number {
  const text = given.text("port") ?? String(PORT);
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new UsageError(`Expected --port to be a port from 0 to ${PORT_MAX}, got "${text}"`);
}

/** Resolves when a signal ends it. */
async function stopped(): Promise<void> {
  const over = new AbortController();
  await Promise.race(
    SIGNALS.map((signal) => once(process, signal, { signal: over.signal }).catch(() => undefined)),
  );
  over.abort();
}
