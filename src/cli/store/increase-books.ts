// Requests for an increase, in an open store or behind a server.

import type {
  Decision,
  IncreaseRequest,
  IncreaseState,
  WantedIncrease,
} from "../../gateway/increase-requests.ts";
import type { OpenBooks } from "./open-books.ts";

/** Requests for an increase, as commands see them: `IncreaseRequests` implements it. */
export interface IncreaseBooks {
  ask(pool: string, by: string, wanted: WantedIncrease): Promise<IncreaseRequest>;
  list(options: {
    readonly subtree?: string | undefined;
    readonly state?: IncreaseState | undefined;
  }): Promise<readonly IncreaseRequest[]>;
  decide(id: string, decision: Decision): Promise<IncreaseRequest | undefined>;
}

/** Returns the requests that belong to the open books. */
export async function increasesOf({ store, client }: OpenBooks): Promise<IncreaseBooks> {
  if (client !== undefined) {
    const { ServerIncreases } = await import("../server/server.ts");
    return new ServerIncreases(client);
  }
  const { IncreaseRequests } = await import("../../gateway/increase-requests.ts");
  return new IncreaseRequests(store);
}
