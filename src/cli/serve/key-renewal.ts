// Reads the keys of providers again while the gateway runs: on request, and when a provider rejects
// a key that a file or a command may have replaced.

import type { BudgetGateway, ProviderKeyList } from "../../gateway/index.ts";

/** If a command ran for each refused call, callers could run it. */
const AGAIN_MS = 10_000;

/** Reads keys, of one provider or of all. */
type ReadKeys = (only?: string) => Promise<ProviderKeyList>;

/** Renews the keys of a gateway. */
export class KeyRenewal {
  readonly #read: ReadKeys;
  readonly #err: (line: string) => void;
  readonly #askedAt = new Map<string, number>();
  #gateway: BudgetGateway | undefined;

  constructor(read: ReadKeys, err: (line: string) => void) {
    this.#read = read;
    this.#err = err;
  }

  /** The gateway whose keys are renewed. */
  of(gateway: BudgetGateway): void {
    this.#gateway = gateway;
  }

  /** Called when a provider rejects a key. */
  refused(upstream: string): void {
    const now = performance.now();
    if (now - (this.#askedAt.get(upstream) ?? -Infinity) < AGAIN_MS) return;
    this.#askedAt.set(upstream, now);
    void this.renew(upstream);
  }

  /** Reads the keys of one provider, or of all, and replaces them in the gateway. */
  async renew(only?: string): Promise<void> {
    try {
      const keys = await this.#read(only);
      this.#gateway?.replaceProviderKeys(keys);
      this.#err(`token-budget: read the keys of ${only ?? "all providers"} again`);
    } catch (error) {
      const why = error instanceof Error ? error.message : "?";
      this.#err(`token-budget: kept the keys of ${only ?? "all providers"}: ${why}`);
    }
  }
}
