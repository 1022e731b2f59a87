// Requests for more budget, over the admin API of a gateway.

import { isWithin } from "../../api/access.ts";
import type {
  Decision,
  IncreaseRequest,
  IncreaseState,
  WantedIncrease,
} from "../../gateway/increase-requests.ts";
import type { IncreaseBooks } from "../store/increase-books.ts";
import { ServerRefusal } from "./server-client.ts";
import type { ServerClient } from "./server-client.ts";

/** The requests of a gateway. */
export class ServerIncreases implements IncreaseBooks {
  readonly #client: ServerClient;

  constructor(client: ServerClient) {
    this.#client = client;
  }

  /** The caller is the owner of the key. */
  async ask(pool: string, _by: string, wanted: WantedIncrease): Promise<IncreaseRequest> {
    return await this.#client.change("POST", "/requests", { pool, ...wanted });
  }

  async list({
    subtree = "",
    state,
  }: {
    readonly subtree?: string | undefined;
    readonly state?: IncreaseState | undefined;
  }): Promise<readonly IncreaseRequest[]> {
    const { requests } = await this.#client.read<{ requests: readonly IncreaseRequest[] }>(
      "/requests",
      { state },
    );
    return requests.filter(({ pool }) => isWithin(pool, subtree));
  }

  async decide(
    id: string,
    { isGranted, note, usd, hours }: Decision,
  ): Promise<IncreaseRequest | undefined> {
    const place = `/requests/${encodeURIComponent(id)}/${isGranted ? "grant" : "refuse"}`;
    try {
      return await this.#client.change("POST", place, { note, usd, hours });
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }
}
