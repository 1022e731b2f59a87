// The keys of a gateway, over its admin API.

import type { KeyRecord, MadeKey, NewKey } from "../../gateway/index.ts";
import type { KeyBooks } from "../store/key-books.ts";
import { ServerRefusal } from "./server-client.ts";
import type { ServerClient } from "./server-client.ts";

const DAY_MS = 86_400_000;

/** The keys of a gateway. */
export class ServerKeys implements KeyBooks {
  readonly #client: ServerClient;

  constructor(client: ServerClient) {
    this.#client = client;
  }

  async create({ expiresAt, ...wanted }: NewKey): Promise<MadeKey> {
    const days =
      expiresAt === undefined ? undefined : Math.round((expiresAt - Date.now()) / DAY_MS);
    return await this.#client.change("POST", "/keys", { ...wanted, days });
  }

  async list(subtree = ""): Promise<readonly KeyRecord[]> {
    const { keys } = await this.#client.read<{ keys: readonly KeyRecord[] }>("/keys");
    return keys.filter(
      ({ pool }) => subtree === "" || pool === subtree || pool.startsWith(`${subtree}/`),
    );
  }

  async revoke(id: string): Promise<KeyRecord | undefined> {
    try {
      return await this.#client.change("DELETE", `/keys/${encodeURIComponent(id)}`);
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }
}
