// Opens the books that a command names: a store, or a gateway in front of one.

import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import type { ServerClient } from "../server/server-client.ts";
import { SERVER_FLAGS, serverFor } from "../server/server-address.ts";
import type { AllBooks } from "./books.ts";
import { openStore, STORE_FLAG } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

/** The flags that name the books. */
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
 * Opens the named books.
 *
 * @throws {UsageError} if an address or a flag is invalid.
 * @throws {Failure} if they cannot be opened.
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
