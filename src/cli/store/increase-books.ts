// Requests for more budget, in a store that is open here or behind a server.

import type {
  Decision,
  IncreaseRequest,
  IncreaseState,
  WantedIncrease,
} from "../../gateway/increase-requests.ts";
import type { OpenBooks } from "./open-books.ts";

/** Requests for more, as commands see them: `IncreaseRequests` is one. */
export interface IncreaseBooks {
  ask(pool: string, by: string, wanted: WantedIncrease): Promise<IncreaseRequest>;
  list(options: {
    readonly subtree?: string | undefined;
    readonly state?: IncreaseState | undefined;
  }): Promise<readonly IncreaseRequest[]>;
  decide(id: string, decision: Decision): Promise<IncreaseRequest | undefined>;
}

/** Returns the requests beside the books that are open. */
export async function increasesOf({ store, client }: OpenBooks): Promise<IncreaseBooks> {
  if (client !== undefined) {
    const { ServerIncreases } = await import("../server/server.ts");
    return new ServerIncreases(client);
  }
  const { IncreaseRequests } = await import("../../gateway/increase-requests.ts");
  return new IncreaseRequests(store);
}
