// The keys of a gateway, in a store that is open here or behind a server.

import type { KeyRecord, MadeKey, NewKey } from "../../gateway/index.ts";
import type { OpenBooks } from "./open-books.ts";

/** Keys, as commands see them: `KeyStore` implements it. */
export interface KeyBooks {
  create(given: NewKey, actor: string): Promise<MadeKey>;
  list(subtree?: string): Promise<readonly KeyRecord[]>;
  revoke(id: string, actor: string): Promise<KeyRecord | undefined>;
}

/** Returns the keys that belong to the open books. */
export async function keysOf({ store, client }: OpenBooks): Promise<KeyBooks> {
  if (client !== undefined) {
    const { ServerKeys } = await import("../server/server.ts");
    return new ServerKeys(client);
  }
  const { KeyStore } = await import("../../gateway/index.ts");
  return new KeyStore(store);
}
