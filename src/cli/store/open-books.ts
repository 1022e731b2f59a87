// Opens the books that a command was pointed at: a store, or a gateway before one.

import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import type { ServerClient } from "../server/server-client.ts";
import { SERVER_FLAGS, serverFor } from "../server/server-address.ts";
import type { AllBooks } from "./books.ts";
import { openStore, STORE_FLAG } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

/** The flags that say where the books are. */
export const BOOKS_FLAGS: Readonly<Record<string, Flag>> = { ...STORE_FLAG, ...SERVER_FLAGS };

/** AllBooks that are open. */
export type OpenBooks = {
  readonly books: AllBooks;
  readonly close: () => Promise<void>;
} & (
  | { readonly store: OpenStore["store"]; readonly client?: undefined }
  | { readonly store?: undefined; readonly client: ServerClient }
);

/**
 * Opens the books that were asked for.
 *
 * @throws {UsageError} on an address or a flag that is wrong.
 * @throws {Failure} when they cannot be opened.
 */
export async function openBooks(given: ParsedArguments, context: CliContext): Promise<OpenBooks> {
  const server = serverFor(given, context);
  if (server === undefined) {
    const { store, close } = await openStore(given, context);
    return { books: store, store, close };
  }
  if (given.text("actor") !== undefined)
    throw new UsageError("--actor goes with a store: over a server, changes are those of your key");
  // Loaded only here: most books are stores.
  const { ServerBooks, ServerClient } = await import("../server/server.ts");
  const client = new ServerClient(server);
  return { books: new ServerBooks(client), client, close: async () => undefined };
}
